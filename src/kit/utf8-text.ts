import { InputError } from "./errors.js";
import { firstInvalidUtf8, markLength } from "./utf8.js";

/**
 * The text of a file without its byte-order mark, known to be UTF-8.
 * @param name for complaints
 * @throws {InputError} BAD_ENCODING
 */
export function utf8Text(bytes: Uint8Array, name: string): Buffer {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new InputError("BAD_ENCODING", {
      what: "the file is UTF-16 (it begins with a UTF-16 byte-order mark), and only UTF-8 is read",
      where: name,
      mend: "convert it: iconv -f UTF-16 -t UTF-8",
    });
  }
  const bad = firstInvalidUtf8(bytes);
  if (bad >= 0) {
    throw new InputError("BAD_ENCODING", {
      what: `byte 0x${bytes[bad]!.toString(16).toUpperCase().padStart(2, "0")} at offset ${bad} is not valid UTF-8`,
      where: placeIn(bytes, bad, name),
      mend: "convert the file to UTF-8",
    });
  }
  const start = markLength(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
}

/** `file:line:column` of a byte, from 1; columns are characters. */
export function placeIn(text: Uint8Array, offset: number, name: string): string {
  let line = 1;
  let start = 0;
  for (let i = 0; i < offset; i++) {
    if (text[i] === NEWLINE) {
      line++;
      start = i + 1;
    }
  }
  let column = 1;
  // Continuation bytes do not count.
  for (let i = start; i < offset; i++) if ((text[i]! & 0xc0) !== 0x80) column++;
  return `${name}:${line}:${column}`;
}

const NEWLINE = 0x0a;
