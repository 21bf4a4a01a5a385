import { InputError } from "../../kit/errors.js";
import { firstInvalidUtf8, markLength } from "../../kit/utf8.js";
import { contentOf } from "./content.js";
import type { Source } from "./source.js";

/** Lines that stand together in a file, without their ends. */
export interface Lines {
  /** Number of the first of them, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** A longer line is no line of a log. */
const LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

/**
 * The lines of a text in UTF-8, a portion at a time. They end with LF or CRLF, the last one need not; one byte-order
 * mark is skipped.
 * @throws {InputError} BAD_ENCODING with the line and the offset of the byte; TOO_LARGE for a line without end
 */
export async function* linesOf(source: Source): AsyncGenerator<Lines> {
  let first = 1;
  for await (const text of wholeLines(source)) {
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i]!;
      if (line.endsWith("\r")) lines[i] = line.slice(0, -1);
    }
    yield { first, lines };
    first += lines.length;
  }
}

/** Text in portions that end with a line: what a reader of records works on. The first begins behind the mark. */
export async function* wholeLines(source: Source): AsyncGenerator<string> {
  for await (const bytes of wholeLineBytes(source)) yield bytes.toString("utf8");
}

/** As `wholeLines`, as bytes that are known to be UTF-8 and that nobody else has. */
export async function* wholeLineBytes(source: Source): AsyncGenerator<Buffer<ArrayBuffer>> {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  let offset = 0;
  let line = 1;
  const checked = (bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> => {
    const bad = firstInvalidUtf8(bytes);
    if (bad >= 0) {
      throw new InputError("BAD_ENCODING", {
        what: `byte 0x${bytes[bad]!.toString(16).toUpperCase()} at offset ${offset + bad} is not valid UTF-8`,
        where: `${source.name}:${line + newlines(bytes, bad)}`,
        mend: "save the file as UTF-8",
      });
    }
    const start = offset === 0 ? markLength(bytes) : 0;
    offset += bytes.length;
    line += newlines(bytes, bytes.length);
    return bytes.subarray(start);
  };
  for await (const piece of contentOf(source)) {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      yield checked(Buffer.concat([...kept, piece.subarray(0, end)]));
      kept = [];
      keptBytes = 0;
    }
    if (end < piece.length) kept.push(piece.slice(end));
    keptBytes += piece.length - end;
    if (keptBytes > LINE_BYTES) {
      throw new InputError("TOO_LARGE", {
        what: `a line has more than ${LINE_BYTES} bytes`,
        where: `${source.name}:${line}`,
        mend: "check that the file is text, a record a line",
      });
    }
  }
  if (kept.length > 0) yield checked(Buffer.concat(kept));
}

function newlines(bytes: Uint8Array, end: number): number {
  let count = 0;
  for (let i = 0; i < end; i++) if (bytes[i] === NEWLINE) count++;
  return count;
}
