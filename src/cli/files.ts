import { InputError } from "../kit/errors.js";
import { writePieces } from "../workload/atomic-file.js";
import { fileSource } from "../workload/import/source.js";

/**
 * Writes a file whole or not at all: into a temporary file beside it, flushed, then renamed. Folders are made.
 * @throws {FailureError} CANNOT_WRITE; what was there before is then untouched, and nothing is left behind
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await writePieces(path, [data]);
}

/**
 * Reads a file of at most `most` bytes. The size is checked before anything is read; what is appended meanwhile is left.
 * @throws {InputError} NO_FILE, NOT_A_FILE or TOO_LARGE
 */
export async function readBounded(path: string, most: number): Promise<Uint8Array> {
  const { size, read } = await fileSource(path);
  if (size > most) {
    throw new InputError("TOO_LARGE", {
      what: `the file has ${size} bytes, and at most ${most} are read`,
      where: path,
      mend: "give a smaller file, or split it",
    });
  }
  return read(0, size);
}
