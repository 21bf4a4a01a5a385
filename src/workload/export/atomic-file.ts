import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FailureError } from "../../kit/errors.js";

/**
 * Writes a file piece by piece, under a temporary name beside it until all is written.
 * @throws {FailureError} CANNOT_WRITE; what the writing itself throws. Nothing is then left behind
 */
export async function writePieces(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
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
    await rm(temporary, { force: true });
  }
}

async function onDisk<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
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
