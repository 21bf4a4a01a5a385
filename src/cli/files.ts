import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FailureError, InputError } from "../kit/errors.js";

/**
 * Writes a file whole or not at all: into a temporary file beside it, flushed, then renamed. Folders are made.
 * @throws {FailureError} CANNOT_WRITE; what was there before is then untouched, and nothing is left behind
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new FailureError(
      "CANNOT_WRITE",
      {
        what: `the file cannot be written: ${(cause as Error).message}`,
        where: path,
        mend: "check the folder's permissions and the space left",
      },
      { cause },
    );
  }
}

/**
 * Reads a file of at most `most` bytes. The size is checked before anything is read; what is appended meanwhile is left.
 * @throws {InputError} NO_FILE, NOT_A_FILE or TOO_LARGE
 */
export async function readBounded(path: string, most: number): Promise<Uint8Array> {
  const refuse = (cause: NodeJS.ErrnoException): never => {
    const missing = cause.code === "ENOENT";
    throw new InputError(
      "NO_FILE",
      {
        what: missing ? "there is no such file" : `the file cannot be read: ${cause.message}`,
        where: path,
        mend: missing ? "check the path" : "check the path and the file's permissions",
      },
      { cause },
    );
  };
  const found = await stat(path).catch(refuse);
  if (!found.isFile()) {
    throw new InputError("NOT_A_FILE", {
      what: found.isDirectory() ? "this is a folder" : "this is not a regular file",
      where: path,
      mend: "give a file",
    });
  }
  if (found.size > most) throw tooLarge(path, found.size, most);
  const file = await open(path, "r").catch(refuse);
  try {
    const bytes = new Uint8Array(found.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await file.close();
  }
}

function tooLarge(path: string, size: number, most: number): InputError {
  return new InputError("TOO_LARGE", {
    what: `the file has ${size} bytes, and at most ${most} are read`,
    where: path,
    mend: "give a smaller file, or split it",
  });
}
