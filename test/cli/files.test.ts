import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readBounded, writeFileAtomic } from "../../src/cli/files.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a file is written whole or not at all", () => {
  test("with its folders, over what was there", async () => {
    const path = join(folder, "a", "b.txt");
    await writeFileAtomic(path, "first");
    await writeFileAtomic(path, new TextEncoder().encode("second"));
    expect(await readFile(path, "utf8")).toBe("second");
    expect(await readdir(join(folder, "a"))).toEqual(["b.txt"]);
  });

  test("a failure leaves what was there, and nothing else", async () => {
    // A folder cannot be replaced by a file: the rename fails after everything was written.
    const path = join(folder, "taken");
    await mkdir(join(path, "inside"), { recursive: true });
    await expect(writeFileAtomic(path, "x")).rejects.toMatchObject({ code: "CANNOT_WRITE", exitCode: 1 });
    expect(await readdir(folder)).toEqual(["taken"]);
    expect(await readdir(path)).toEqual(["inside"]);
  });
});

describe("a file is read within bounds", () => {
  test("up to its limit, also through a link", async () => {
    const path = join(folder, "a.txt");
    await writeFile(path, "12345");
    await symlink(path, join(folder, "link"));
    expect(new TextDecoder().decode(await readBounded(join(folder, "link"), 5))).toBe("12345");
    await expect(readBounded(path, 4)).rejects.toMatchObject({ code: "TOO_LARGE", exitCode: 2 });
  });

  test("a file of two gigabytes is refused before it is read", async () => {
    const path = join(folder, "huge");
    await writeFile(path, "");
    await truncate(path, 2 * 1024 ** 3); // sparse: takes no room on the disk
    await expect(readBounded(path, 4 * 1024 * 1024)).rejects.toMatchObject({
      code: "TOO_LARGE",
      where: path,
    });
  });

  test.each([
    ["nowhere", "NO_FILE"],
    ["", "NOT_A_FILE"],
  ])('what is no file ("%s") is named', async (name, code) => {
    await expect(readBounded(join(folder, name), 10)).rejects.toMatchObject({ code, exitCode: 2 });
  });
});
