import { InputError } from "../../kit/errors.js";
import { shorten } from "../../kit/shorten.js";
import { csvRecords } from "./csv.js";
import { decimal } from "./decimal.js";
import type { Source } from "./source.js";

export interface TableShape {
  /** Columns that must be there; others are found by name where they are. */
  readonly columns: readonly string[];
  /** Names of the columns of a file without a header, which is told by `columns` not standing in its first record. */
  readonly headerless?: readonly string[];
  /** Lines that begin so are none of its rows, nor its header. */
  readonly comment?: string;
  /** Rows of other lengths than the header are read all the same. */
  readonly ragged?: boolean;
}

/** One record of a table whose columns have names. Blanks around a cell are not part of it. */
export class Row {
  constructor(
    private readonly file: string,
    readonly columns: ReadonlyMap<string, number>,
    readonly line: number,
    readonly cells: readonly string[],
    /** How many rows stand before it. */
    readonly index: number,
  ) {}

  /** Empty where the column is absent, or the row too short. */
  text(column: string): string {
    return this.cells[this.columns.get(column) ?? -1]?.trim() ?? "";
  }

  /**
   * NaN where the cell is empty.
   * @throws {InputError} BAD_NUMBER where it is something else
   */
  number(column: string): number {
    const text = this.text(column);
    if (text === "") return Number.NaN;
    return decimal(text) ?? this.refuse(column, `must be a number, got ${JSON.stringify(short(text))}`);
  }

  /** As `number`, and never negative. */
  amount(column: string): number {
    const value = this.number(column);
    return value < 0 ? this.refuse(column, `is ${value}, and cannot be negative`) : value;
  }

  /** As `amount`, and known, and whole. */
  whole(column: string): number {
    const value = this.amount(column);
    if (Number.isSafeInteger(value)) return value;
    return this.refuse(column, Number.isNaN(value) ? "is empty" : `must be a whole number, got ${value}`);
  }

  get where(): string {
    return `${this.file}:${this.line}`;
  }

  refuse(column: string, what: string): never {
    throw new InputError("BAD_NUMBER", {
      what: `${column} ${what}`,
      where: this.where,
      mend: "correct the cell, or leave the row out",
    });
  }
}

/**
 * Rows of a file of comma-separated values, a portion at a time.
 * @throws {InputError} NO_COLUMN, BAD_ROW, EMPTY, and what `csvRecords` throws
 */
export async function* tableRows(source: Source, shape: TableShape): AsyncGenerator<readonly Row[]> {
  let columns: ReadonlyMap<string, number> | null = null;
  let width = 0;
  let index = 0;
  let header: readonly string[] = [];
  for await (const records of csvRecords(source)) {
    const rows: Row[] = [];
    for (const { line, cells } of records) {
      if (shape.comment !== undefined && cells[0]!.startsWith(shape.comment)) continue;
      if (columns === null) {
        columns = headerOf(cells, shape, `${source.name}:${line}`);
        width = cells.length;
        if (isHeader(cells, shape)) {
          header = cells;
          continue;
        }
        width = columns.size;
      }
      if (cells[0] === header[0] && cells.length === width && cells.every((cell, c) => cell === header[c])) {
        throw new InputError("BAD_ROW", {
          what: "the header stands a second time",
          where: `${source.name}:${line}`,
          mend: "remove it; of files that were put together keep the first header, or give them one by one",
        });
      }
      if (cells.length !== width && shape.ragged !== true) {
        throw new InputError("BAD_ROW", {
          what: `the row has ${cells.length} ${cells.length === 1 ? "cell" : "cells"}, ${width} wanted`,
          where: `${source.name}:${line}`,
          mend: "give every column a cell, empty where it is unknown",
        });
      }
      rows.push(new Row(source.name, columns, line, cells, index++));
    }
    if (rows.length > 0) yield rows;
  }
  if (columns === null) {
    throw new InputError("EMPTY", {
      what: "the file has no rows",
      where: source.name,
      mend: "check that it was copied whole",
    });
  }
}

/** Names as they are looked for: `# Time stamp` and ` task_id` have neither mark nor blanks. */
export const columnNames = (cells: readonly string[]): string[] =>
  cells.map((cell, c) => (c === 0 ? cell.replace(/^\s*#/, "") : cell).trim());

function headerOf(cells: readonly string[], shape: TableShape, where: string): ReadonlyMap<string, number> {
  if (isHeader(cells, shape)) return numbered(columnNames(cells));
  if (shape.headerless !== undefined) return numbered(shape.headerless);
  const names = new Set(columnNames(cells));
  const missing = shape.columns.filter((name) => !names.has(name));
  throw new InputError("NO_COLUMN", {
    what: `${missing.map((name) => `"${name}"`).join(", ")} ${missing.length === 1 ? "is" : "are"} missing from the header`,
    where,
    mend: `it has ${shown([...names])}`,
  });
}

function isHeader(cells: readonly string[], { columns }: TableShape): boolean {
  const names = new Set(columnNames(cells));
  return columns.every((name) => names.has(name));
}

/** Of every row of the files what `of` makes of it, for formats in which a row is a workflow. */
export async function* rowByRow<T>(
  sources: readonly Source[],
  shape: TableShape,
  of: (row: Row) => T,
): AsyncGenerator<T> {
  for (const source of sources) {
    for await (const rows of tableRows(source, shape)) for (const row of rows) yield of(row);
  }
}

/** The first of columns that share a name. */
function numbered(names: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  names.forEach((name, c) => {
    if (!columns.has(name)) columns.set(name, c);
  });
  return columns;
}

const shown = (names: readonly string[]): string =>
  `${names.slice(0, 20).map(short).join(", ")}${names.length > 20 ? ", …" : ""}`;

const short = (text: string): string => shorten(text, 60);

/** Whether the first line of a file has these columns: what tells most tables apart. */
export function beginsWithColumns(head: Uint8Array, wanted: readonly string[]): boolean {
  const names = new Set(firstCells(head));
  return wanted.every((name) => names.has(name));
}

/** The cells of the first line, as names. */
export function firstCells(head: Uint8Array, delimiter: string | RegExp = ","): string[] {
  const text = Buffer.from(head)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  return columnNames((/^[^\r\n]*/.exec(text)![0] ?? "").split(delimiter));
}
