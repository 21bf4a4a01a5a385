import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FailureError } from "../kit/errors.js";

/**
 * Writes a file piece by piece, under a temporary name beside it until all is written. Folders are made.
 * @throws {FailureError} CANNOT_WRITE; what the pieces themselves throw. Nothing is then left behind
 */
export async function writePieces(
  path: string,
  pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const temporary = temporaryBeside(path);
  let file: FileHandle | undefined;
  try {
    file = await onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return open(temporary, "wx");
    });
    for await (const piece of pieces) await onDisk(path, () => file!.writeFile(piece));
    await onDisk(path, async () => {
      await file!.sync();
      await file!.close();
      file = undefined;
      await rename(temporary, path);
    });
  } finally {
    await file?.close();
    // Where the folder is none, there is nothing to take away, and the first error tells it better.
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/** A name that nothing else has, in the same folder: renaming from it to `path` is atomic. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
}

/** @param what that was to be written, e.g. "the file" */
export function cannotWrite(what: string, path: string, cause: Error): FailureError {
  return new FailureError(
    "CANNOT_WRITE",
    {
      what: `${what} cannot be written: ${cause.message}`,
      where: path,
      mend: "check the folder's permissions and the space left",
    },
    { cause },
  );
}

async function onDisk<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw cannotWrite("the file", path, cause as Error);
  }
}
