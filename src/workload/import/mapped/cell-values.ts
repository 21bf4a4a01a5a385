import { InputError } from "../../../kit/errors.js";
import { shorten } from "../../../kit/shorten.js";
import { decimalOf } from "../decimal-bytes.js";
import type { Reading } from "../format.js";
import { onClock, parseInstant } from "../instant.js";
import type { FieldSource, NumberSource, TimeSource } from "./mapping.js";
import type { TableBlock } from "./table-block.js";

/** Where the cell at hand lies, without the blanks around it; moved by `CellCursor.to`. */
export class CellCursor {
  from = 0;
  to = 0;
  private readonly missing: readonly Buffer[];
  private readonly fallback: Buffer | null;
  private readonly emptyIsMissing: boolean;
  private place = 0;
  private block!: TableBlock;
  /** The bytes in which the cell lies: those of the block, or of what stands for missing values. */
  bytes: Buffer = Buffer.alloc(0);

  /** @param column the field's column among the wanted ones; -1: it is the same in all rows */
  constructor(
    readonly name: string,
    field: FieldSource,
    private readonly column: number,
  ) {
    this.missing = field.missing.filter((text) => text !== "").map((text) => Buffer.from(text));
    this.emptyIsMissing = field.missing.includes("");
    this.fallback = field.fallback === null ? null : Buffer.from(field.fallback);
  }

  enter(block: TableBlock): void {
    this.block = block;
    this.place = this.column < 0 ? -1 : block.places[this.column]!;
  }

  /** To a record; false where nothing is known there. */
  at(record: number): boolean {
    if (this.place < 0) return this.useFallback();
    const { bytes, firstCell, start, end } = this.block.cells;
    const cell = firstCell[record]! + this.place;
    let from = start[cell]!;
    let to = end[cell]!;
    while (from < to && (bytes[from] === 0x20 || bytes[from] === 0x09)) from++;
    while (from < to && (bytes[to - 1] === 0x20 || bytes[to - 1] === 0x09)) to--;
    if (to < from || (to === from ? this.emptyIsMissing : this.isMissing(bytes, from, to)))
      return this.useFallback();
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    return true;
  }

  get text(): string {
    return this.bytes.toString("utf8", this.from, this.to);
  }

  private isMissing(bytes: Buffer, from: number, to: number): boolean {
    for (const text of this.missing) {
      if (
        text.length === to - from &&
        text[0] === bytes[from] &&
        bytes.compare(text, 0, text.length, from, to) === 0
      ) {
        return true;
      }
    }
    return false;
  }

  private useFallback(): boolean {
    if (this.fallback === null) return false;
    this.bytes = this.fallback;
    this.from = 0;
    this.to = this.fallback.length;
    return true;
  }
}

/**
 * The number in the cell.
 * @throws {InputError} BAD_CELL
 */
export function numberIn(cell: CellCursor, { shift, factor }: NumberSource, where: () => string): number {
  const value = decimalOf(cell.bytes, cell.from, cell.to, shift) * factor;
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  if (value < 0 && cell.name === "priority") return value;
  throw badCell(cell, value < 0 ? "cannot be negative" : "is not a number", where());
}

/**
 * Seconds on the clock of the reading.
 * @throws {InputError} BAD_CELL
 */
export function timeIn(
  cell: CellCursor,
  { clock, shift, factor }: TimeSource,
  reading: Reading,
  where: () => string,
): number {
  if (clock === "text") {
    const instant = parseInstant(cell.text);
    if (instant === null) throw badCell(cell, "is no instant in a spelling that is known", where());
    return onClock(reading, instant);
  }
  const value =
    clock === "plain"
      ? decimalOf(cell.bytes, cell.from, cell.to, shift) * factor
      : sinceUnix(cell, shift, reading);
  if (Number.isFinite(value)) return value;
  throw badCell(cell, "is not a number", where());
}

/** Whole seconds and the rest of a second are read apart, since nanoseconds since 1970 are beyond a double. */
function sinceUnix({ bytes, from, to }: CellCursor, shift: number, { since }: Reading): number {
  const negative = bytes[from] === 0x2d;
  const begin = negative || bytes[from] === 0x2b ? from + 1 : from;
  let point = begin;
  while (point < to && isDigit(bytes[point]!)) point++;
  const whole = Math.max(begin, point - shift);
  let seconds = 0;
  for (let i = begin; i < whole; i++) seconds = seconds * 10 + bytes[i]! - 0x30;
  let fraction = 0;
  let places = Math.max(0, shift - (point - begin));
  for (let i = whole; i < to; i++) {
    if (i === point && bytes[i] === 0x2e) continue;
    // What is left is no plain decimal: an exponent, or no number at all.
    if (!isDigit(bytes[i]!)) return since(decimalOf(bytes, from, to, shift));
    // Femtoseconds are beyond what matters.
    if (places >= 15) continue;
    fraction = fraction * 10 + bytes[i]! - 0x30;
    places++;
  }
  if (point === begin && to - point < 2) return Number.NaN;
  fraction /= 10 ** places;
  return negative ? since(-seconds, -fraction) : since(seconds, fraction);
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

function badCell(cell: CellCursor, what: string, where: string): InputError {
  return new InputError("BAD_CELL", {
    what: `${cell.name} ${what}: ${JSON.stringify(shorten(cell.text, 60))}`,
    where,
    mend: "correct the cell or the mapping; texts that mean a missing value are listed under `missing`",
  });
}
