import { InputError } from "../../kit/errors.js";
import { markLength } from "../../kit/utf8.js";
import { decompressed } from "./decompress.js";
import type { Source } from "./source.js";

/** Bytes of the content by which a format is told. */
const HEAD_BYTES = 64 * 1024;
/** A content that is read whole; larger files must be of a format that streams. */
const WHOLE_BYTES = 1024 * 1024 * 1024;

/** The content: decompressed where the file is gzip or Zstandard, told by its first bytes, whatever its name. */
export async function* contentOf(source: Source): AsyncGenerator<Uint8Array> {
  yield* decompressed(source.stored(), source.name);
}

/** The first bytes of the content, 64 KiB at most, without the mark of their order. */
export async function headOf(source: Source): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of contentOf(source)) {
    // A decompressor may use its buffer again for the next piece.
    parts.push(piece.slice(0, HEAD_BYTES - length));
    length += piece.length;
    if (length >= HEAD_BYTES) break;
  }
  const head = Buffer.concat(parts);
  return head.subarray(markLength(head));
}

/**
 * The whole content.
 * @throws {InputError} TOO_LARGE before more than `most` bytes are held
 */
export async function wholeOf(source: Source, most = WHOLE_BYTES): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of contentOf(source)) {
    length += piece.length;
    if (length > most) {
      throw new InputError("TOO_LARGE", {
        what: `the content has more than ${most} bytes, and the format has to be read whole`,
        where: source.name,
        mend: "split it into smaller files",
      });
    }
    parts.push(piece.slice());
  }
  return Buffer.concat(parts);
}
