import { isAscii } from "node:buffer";
import { assert } from "../../kit/assert.js";
import { InputError } from "../../kit/errors.js";
import { type CellBlock, CellBlockBuilder } from "./cell-block.js";
import { wholeLineBytes } from "./lines.js";
import type { Source } from "./source.js";

export interface CsvRecord {
  /** Line on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvOptions {
  /** One ASCII character; a comma by default. */
  readonly delimiter?: string;
}

/** The records of `csvBlocks` as text. */
export async function* csvRecords(
  source: Source,
  options: CsvOptions = {},
): AsyncGenerator<readonly CsvRecord[]> {
  for await (const { bytes, records, firstCell, start, end, line } of csvBlocks(source, options)) {
    // Where every character is one byte, cells are parts of one string, which is made at once.
    const text = isAscii(bytes) ? bytes.toString("latin1") : null;
    yield Array.from({ length: records }, (_, r) => {
      const cells: string[] = [];
      for (let c = firstCell[r]!; c < firstCell[r + 1]!; c++) {
        cells.push(text?.slice(start[c], end[c]) ?? bytes.toString("utf8", start[c], end[c]));
      }
      return { line: line[r]!, cells };
    });
  }
}

/** A quote that stays open longer than this was never meant to be one. */
const QUOTED_BYTES = 16 * 1024 * 1024;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Records of comma-separated values (RFC 4180), a block at a time: quoted cells may hold the delimiter, doubled quotes and
 * line ends; a quote within a cell that does not begin with one stands for itself. Empty lines are no records. Cells come as
 * they stand, blanks included.
 * @throws {InputError} BAD_CSV for a quote that is not closed or is followed by text; what `wholeLines` throws
 */
export async function* csvBlocks(
  source: Source,
  { delimiter = "," }: CsvOptions = {},
): AsyncGenerator<CellBlock> {
  const scanner = new CsvScanner(delimiter, source.name);
  let open: Buffer<ArrayBuffer> | null = null;
  for await (const lines of wholeLineBytes(source)) {
    const bytes: Buffer<ArrayBuffer> = open === null ? lines : Buffer.concat([open, lines]);
    const end = scanner.scan(bytes);
    open = end < bytes.length ? bytes.subarray(end) : null;
    if (open !== null && open.length > QUOTED_BYTES) throw scanner.unclosed();
    if (scanner.block.records > 0) yield scanner.block.block(bytes);
  }
  if (open !== null) throw scanner.unclosed();
}

class CsvScanner {
  readonly block = new CellBlockBuilder();
  private readonly delimiter: number;
  /** Line of the next record. */
  private line = 1;
  /** Cells of the record at hand that hold doubled quotes. */
  private readonly doubled: number[] = [];

  constructor(
    delimiter: string,
    private readonly name: string,
  ) {
    this.delimiter = delimiter.charCodeAt(0);
    assert(
      delimiter.length === 1 && this.delimiter < 0x80,
      `a delimiter is one ASCII character: ${delimiter}`,
    );
  }

  /** Takes whole records into the block; answers where the first one begins that ends beyond the bytes. */
  scan(bytes: Buffer): number {
    const { block, delimiter } = this;
    const { length } = bytes;
    block.clear();
    for (let at = 0; at < length; ) {
      const begin = at;
      const firstCell = block.cells;
      let lines = 1;
      for (;;) {
        if (bytes[at] === QUOTE) {
          const closing = this.closingQuote(bytes, at + 1);
          if (closing < 0) {
            block.cells = firstCell;
            this.doubled.length = 0;
            return begin;
          }
          block.addCell(at + 1, closing);
          for (let i = at; i < closing; i++) if (bytes[i] === LF) lines++;
          at = closing + 1;
          if (bytes[at] === CR && (at + 1 >= length || bytes[at + 1] === LF)) at++;
          if (at < length && bytes[at] !== LF && bytes[at] !== delimiter) {
            throw this.textAfterQuote(block.cells - firstCell, lines);
          }
        } else {
          const start = at;
          while (at < length && bytes[at] !== delimiter && bytes[at] !== LF) at++;
          const last = at >= length || bytes[at] === LF;
          block.addCell(start, last && at > start && bytes[at - 1] === CR ? at - 1 : at);
        }
        const last = at >= length || bytes[at] === LF;
        at++;
        if (last) break;
      }
      if (block.cells === firstCell + 1 && block.start[firstCell] === block.end[firstCell])
        block.cells = firstCell;
      else block.endRecord(this.line);
      this.line += lines;
      if (this.doubled.length > 0) this.undouble(bytes);
    }
    return length;
  }

  unclosed(): InputError {
    return new InputError("BAD_CSV", {
      what: "a quoted cell is not closed",
      where: `${this.name}:${this.line}`,
      mend: 'close it with "',
    });
  }

  private closingQuote(bytes: Buffer, from: number): number {
    let closing = bytes.indexOf(QUOTE, from);
    if (closing >= 0 && bytes[closing + 1] === QUOTE) {
      this.doubled.push(this.block.cells);
      do closing = bytes.indexOf(QUOTE, closing + 2);
      while (closing >= 0 && bytes[closing + 1] === QUOTE);
    }
    return closing;
  }

  /** Where a record is whole, its bytes are read no more: doubled quotes are made single in their place. */
  private undouble(bytes: Buffer): void {
    const { start, end } = this.block;
    for (const cell of this.doubled) {
      let to = start[cell]!;
      for (let from = to; from < end[cell]!; from++) {
        bytes[to++] = bytes[from]!;
        if (bytes[from] === QUOTE) from++;
      }
      end[cell] = to;
    }
    this.doubled.length = 0;
  }

  private textAfterQuote(cell: number, lines: number): InputError {
    return new InputError("BAD_CSV", {
      what: `text follows the closing quote of cell ${cell}`,
      where: `${this.name}:${this.line + lines - 1}`,
      mend: 'double the quotes inside a quoted cell ("")',
    });
  }
}
