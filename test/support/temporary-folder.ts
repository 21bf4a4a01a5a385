import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/**
 * A folder for the tests of the suite that calls this, with some files in it, removed after them.
 * @returns paths in it, once the tests run
 */
export function temporaryFolder(
  name: string,
  files: Readonly<Record<string, string>> = {},
): (...names: readonly string[]) => string {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), `switchyard-${name}-`));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (...names) => join(folder, ...names);
}
