import { InputError, suggest } from "../../../kit/errors.js";
import type { CellBlock } from "../cell-block.js";
import { csvBlocks } from "../csv.js";
import type { Source } from "../source.js";
import type { ColumnName, TableOptions } from "./mapping.js";
import type { TableBlock } from "./table-block.js";

/**
 * The rows of a CSV file.
 * @throws {InputError} NO_COLUMN, BAD_ROW for a row that is longer or shorter than the first, and what `csvBlocks` throws
 */
export async function* csvTable(
  source: Source,
  file: number,
  wanted: readonly ColumnName[],
  { delimiter, header, comment }: TableOptions,
): AsyncGenerator<TableBlock> {
  let places: readonly number[] | null = null;
  let width = 0;
  const mark = comment === null ? null : Buffer.from(comment);
  for await (const block of csvBlocks(source, { delimiter })) {
    const cells = mark === null ? block : withoutComments(block, mark);
    let from = 0;
    if (places === null) {
      if (cells.records === 0) continue;
      const first = Array.from({ length: cells.firstCell[1]! }, (_, c) => textOf(cells, c).trim());
      width = first.length;
      places = wanted.map((column) => placeOf(column, first, `${source.name}:${cells.line[0]}`));
      if (header) from = 1;
    }
    const { firstCell, records } = cells;
    for (let r = from; r < records; r++) {
      if (firstCell[r + 1]! - firstCell[r]! !== width) {
        throw ragged(firstCell[r + 1]! - firstCell[r]!, width, `${source.name}:${cells.line[r]}`);
      }
    }
    if (from < records) yield { cells, from, places, file };
  }
}

const textOf = ({ bytes, start, end }: CellBlock, c: number): string =>
  bytes.toString("utf8", start[c], end[c]);

function placeOf(column: ColumnName, names: readonly string[], where: string): number {
  const place = typeof column === "number" ? column - 1 : names.indexOf(column);
  if (place >= 0 && place < names.length) return place;
  throw new InputError("NO_COLUMN", {
    what: typeof column === "number" ? `there is no column ${column}` : `no column is called "${column}"`,
    where,
    mend:
      typeof column === "number"
        ? `the rows have ${names.length} columns`
        : suggest("columns here", column, names),
  });
}

function ragged(cells: number, width: number, where: string): InputError {
  return new InputError("BAD_ROW", {
    what: `the row has ${cells} ${cells === 1 ? "cell" : "cells"}, ${width} wanted`,
    where,
    mend: "give every column a cell, empty where it is unknown",
  });
}

function withoutComments(block: CellBlock, mark: Buffer): CellBlock {
  const { bytes, firstCell, start, line } = block;
  const kept: number[] = [];
  for (let r = 0; r < block.records; r++) {
    const at = start[firstCell[r]!]!;
    if (bytes.compare(mark, 0, mark.length, at, Math.min(bytes.length, at + mark.length)) !== 0) kept.push(r);
  }
  if (kept.length === block.records) return block;
  const cells = kept.flatMap((r) =>
    Array.from({ length: firstCell[r + 1]! - firstCell[r]! }, (_, c) => firstCell[r]! + c),
  );
  const first = new Int32Array(kept.length + 1);
  kept.forEach((r, k) => {
    first[k + 1] = first[k]! + firstCell[r + 1]! - firstCell[r]!;
  });
  return {
    bytes,
    records: kept.length,
    firstCell: first,
    start: Int32Array.from(cells, (c) => start[c]!),
    end: Int32Array.from(cells, (c) => block.end[c]!),
    line: Int32Array.from(kept, (r) => line[r]!),
  };
}
