import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputFiles } from "../../src/cli/input-files.js";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "inputs-"));
  await mkdir(join(home, "logs/deep"), { recursive: true });
  for (const name of [
    "b.csv",
    "a.csv",
    "c.json",
    ".hidden.csv",
    "logs/x.csv",
    "logs/deep/y.csv",
    "odd[1].csv",
  ])
    await writeFile(join(home, name), "");
});
afterAll(() => rm(home, { recursive: true }));

test.each([
  [
    ["b.csv", "a.csv", "b.csv"],
    ["b.csv", "a.csv"],
  ],
  [["logs"], ["logs/deep/y.csv", "logs/x.csv"]],
  [["?.csv"], ["a.csv", "b.csv"]],
  [["**/*.csv"], ["a.csv", "b.csv", "logs/deep/y.csv", "logs/x.csv", "odd[1].csv"]],
  [["logs/**/y.*"], ["logs/deep/y.csv"]],
  [["odd[1].csv", "odd[?].csv"], ["odd[1].csv"]],
])("%j names %j", async (names, files) => {
  expect(await inputFiles(names.map((name) => join(home, name)))).toEqual(
    files.map((name) => join(home, name)),
  );
});

test("what is not there is left to whoever opens it; a pattern without files is refused", async () => {
  expect(await inputFiles(["missing.csv"])).toEqual(["missing.csv"]);
  await expect(inputFiles([join(home, "*.xml")])).rejects.toMatchObject({ code: "NO_FILE" });
});
