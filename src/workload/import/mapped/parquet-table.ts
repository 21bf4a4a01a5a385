import type { FileMetaData } from "hyparquet";
import { InputError, suggest } from "../../../kit/errors.js";
import { damageTold, parquetBytes } from "../parquet-bytes.js";
import { named } from "../parquet-names.js";
import type { Source } from "../source.js";
import type { ColumnName } from "./mapping.js";
import { cellOf } from "./ndjson-table.js";
import { type TableBlock, TextBlockBuilder } from "./table-block.js";

/** Rows that are decoded at once, at most: row groups may be larger. */
const ROWS = 65_536;

/**
 * The rows of a Parquet file, some at a time. Instants are text with nanoseconds, numbers as they stand. A row's line is its
 * number from 1.
 * @throws {InputError} BAD_PARQUET or NO_COLUMN
 */
export async function* parquetTable(
  stored: Source,
  file: number,
  wanted: readonly ColumnName[],
): AsyncGenerator<TableBlock> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const { source, file: buffer } = await parquetBytes(stored);
  const metadata: FileMetaData = await damageTold(source, "its footer", () => parquetMetadataAsync(buffer));
  const { children } = await damageTold(source, "its schema", () => named(parquetSchema(metadata)));
  const names = children.map(({ element }) => element.name);
  const columns = wanted.map(String);
  for (const column of columns) {
    if (names.includes(column)) continue;
    throw new InputError("NO_COLUMN", {
      what: `no column is called "${column}"`,
      where: source.name,
      mend: suggest("columns here", column, names),
    });
  }
  const builder = new TextBlockBuilder(columns.length);
  let line = 1;
  let groupStart = 0;
  for (const [group, { num_rows }] of metadata.row_groups.entries()) {
    const groupEnd = groupStart + Number(num_rows);
    for (let rowStart = groupStart; rowStart < groupEnd; rowStart += ROWS) {
      const rowEnd = Math.min(groupEnd, rowStart + ROWS);
      const rows = await damageTold(source, `row group ${group}`, () =>
        parquetReadObjects({
          file: buffer,
          metadata,
          columns,
          rowStart,
          rowEnd,
          compressors,
          parsers: PARSERS,
        }),
      );
      for (const row of rows)
        builder.add(
          columns.map((column) => cellOf(row[column])),
          line++,
          file,
        );
      if (builder.records > 0) yield builder.take();
    }
    groupStart = groupEnd;
  }
}

/** Exact: the library's own keep milliseconds. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => instant(millis, 3),
  timestampFromMicroseconds: (micros: bigint) => instant(micros, 6),
  timestampFromNanoseconds: (nanos: bigint) => instant(nanos, 9),
};

function instant(count: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const rest = ((count % unit) + unit) % unit;
  const second = new Date(Number((count - rest) / unit) * 1000).toISOString().slice(0, -5);
  return `${second}.${String(rest).padStart(digits, "0")}Z`;
}
