import { GrowingColumn } from "../../kit/growing-column.js";
import type { ListColumn } from "./row-batch.js";

/** Puts lists of numbers into a column, row by row. */
export class ListBuilder {
  private readonly first = new GrowingColumn(Int32Array);
  private readonly values = new GrowingColumn(Int32Array);
  private readonly known = new GrowingColumn(Int32Array);

  /** @param rows of which nothing is known, before those to come */
  constructor(rows: number) {
    this.first.push(0);
    for (let row = 0; row < rows; row++) this.push(null);
  }

  push(list: Int32Array | null): void {
    if (list !== null) for (const value of list) this.values.push(value);
    this.known.push(list === null ? 0 : 1);
    this.first.push(this.values.length);
  }

  /** Rows [from, to) of a column; of one that is absent nothing is known. */
  append(column: ListColumn | undefined, from: number, to: number): void {
    for (let row = from; row < to; row++) this.push(column === undefined ? null : listAt(column, row));
  }

  /** Not to be added to any more. */
  column(): ListColumn {
    return { first: this.first.view(), values: this.values.view(), known: this.known.view() };
  }
}

/** The list of a row, without copying; null where nothing is known. */
export function listAt({ first, values, known }: ListColumn, row: number): Int32Array | null {
  return known[row] === 0 ? null : values.subarray(first[row]!, first[row + 1]!);
}
