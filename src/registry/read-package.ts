import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../kit/errors.js";
import { type LoadedPackage, loadPackage } from "../policy/runtime/index.js";

const MOST_FILES = 64;
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Reads and verifies a policy package: every digest, every weight, every feature. Only plain files are read, never links.
 * @throws {InputError} see `loadPackage`; NO_PACKAGE, NOT_A_FILE, TOO_LARGE
 */
export async function readPackage(folder: string): Promise<LoadedPackage> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new InputError(
      "NO_PACKAGE",
      {
        what:
          cause.code === "ENOENT" ? "there is no such folder" : `the folder cannot be read: ${cause.message}`,
        where: folder,
        mend: "give the folder of a policy package, e.g. policies/<name>/<version>",
      },
      { cause },
    );
  });
  if (names.length > MOST_FILES) {
    throw new InputError("NO_PACKAGE", {
      what: `a package has a handful of files, and here are ${names.length}`,
      where: folder,
    });
  }
  const files = new Map<string, Uint8Array>();
  for (const name of names.sort()) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (!found.isFile()) {
      throw new InputError("NOT_A_FILE", {
        what: "a package holds plain files only, no folders and no links",
        where: path,
        mend: "get the package anew",
      });
    }
    if (found.size > MOST_BYTES) {
      throw new InputError("TOO_LARGE", {
        what: `the file has ${found.size} bytes, and at most ${MOST_BYTES} are read`,
        where: path,
      });
    }
    files.set(name, await readFile(path));
  }
  return loadPackage(files);
}
