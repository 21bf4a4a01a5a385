import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../kit/errors.js";
import { heuristic } from "../policy/catalogue.js";
import { type LoadedPackage, loadPackage, MANIFEST_BYTES, MANIFEST_FILE } from "../policy/runtime/index.js";

const MOST_FILES = 64;
/** Of all files together: weights and the ONNX model both hold every parameter. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads and verifies a policy package: every digest, every weight, every feature. Only plain files are read, never links.
 * @throws {InputError} see `loadPackage`; UNKNOWN_POLICY where a table's heuristic is none; NO_PACKAGE, NOT_A_FILE, TOO_LARGE
 */
export async function readPackage(folder: string): Promise<LoadedPackage> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) =>
    refuse(folder, cause.code === "ENOENT" ? "there is no such folder" : "the folder cannot be read", cause),
  );
  if (names.length > MOST_FILES) {
    throw new InputError("NO_PACKAGE", {
      what: `a package has a handful of files, and here are ${names.length}`,
      where: folder,
    });
  }
  const files = new Map<string, Uint8Array>();
  let left = MOST_BYTES;
  for (const name of names.sort()) {
    const path = join(folder, name);
    const found = await lstat(path).catch((cause) => refuse(path, "the file cannot be read", cause));
    if (!found.isFile()) {
      throw new InputError("NOT_A_FILE", {
        what: "a package holds plain files only, no folders and no links",
        where: path,
        mend: "get the package anew",
      });
    }
    const most = name === MANIFEST_FILE ? MANIFEST_BYTES : left;
    if (found.size > most) {
      throw new InputError("TOO_LARGE", {
        what: `the file has ${found.size} bytes, and at most ${most} are read`,
        where: path,
        mend: `a package has at most ${MOST_BYTES} bytes, its manifest ${MANIFEST_BYTES}`,
      });
    }
    left -= found.size;
    files.set(name, await readFile(path).catch((cause) => refuse(path, "the file cannot be read", cause)));
  }
  const loaded = loadPackage(files);
  if (loaded.manifest.table !== undefined) heuristic(loaded.manifest.table.otherwise); // complains here
  return loaded;
}

function refuse(where: string, what: string, cause: NodeJS.ErrnoException): never {
  throw new InputError(
    "NO_PACKAGE",
    {
      what: cause.code === "ENOENT" ? what : `${what}: ${cause.message}`,
      where,
      mend: "give the folder of a policy package, e.g. policies/<name>/<version>",
    },
    { cause },
  );
}
