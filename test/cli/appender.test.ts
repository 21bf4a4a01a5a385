import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Appender } from "../../src/cli/appender.js";

test("what is added stands in its file, in order", async () => {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-appender-"));
  const files = new Appender();
  for (let i = 0; i < 100; i++) {
    files.add(join(folder, "all"), `${i},`);
    if (i % 2 === 0) files.add(join(folder, "even"), Uint8Array.of(i));
  }
  await files.flush();
  files.add(join(folder, "all"), "end");
  await files.flush();
  expect(await readFile(join(folder, "all"), "utf8")).toBe(
    `${Array.from({ length: 100 }, (_, i) => `${i},`).join("")}end`,
  );
  expect([...(await readFile(join(folder, "even")))]).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
});

test("who adds faster than is written holds no more than one write: the next one takes all that has come", async () => {
  const written: string[] = [];
  let done = (): void => {};
  const files = new Appender(async (_, data) => {
    written.push(String(data));
    await new Promise<void>((resolve) => {
      done = resolve;
    });
  });
  for (const piece of ["a", "b", "c", "d"]) files.add("log", piece);
  done();
  await Promise.resolve();
  for (let turn = 0; turn < 10 && written.length < 2; turn++) await Promise.resolve();
  expect(written).toEqual(["a", "bcd"]);
  done();
  await files.flush();
  expect(written).toHaveLength(2);
});

test("a write that fails is told by flush", async () => {
  const files = new Appender(() => Promise.reject(new Error("disk full")));
  files.add("log", "a");
  await expect(files.flush()).rejects.toThrow("disk full");
});
