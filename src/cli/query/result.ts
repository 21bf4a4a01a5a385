import type { DuckDBResultReader, DuckDBType, Json } from "@duckdb/node-api";
import {
  Bool,
  Float64,
  Int32,
  Int64,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { aligned } from "../../kit/aligned.js";

/** An answer column by column. */
export interface Result {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  /** Values as JSON can hold them: integers beyond 2^53 and decimals as text. */
  readonly rows: readonly (readonly unknown[])[];
}

export function resultOf(reader: DuckDBResultReader): Result {
  const types = reader.columnTypes().map((type: DuckDBType) => String(type));
  const wide = types.map((type) => /^U?(?:BIG|HUGE)INT$/.test(type));
  const rows = reader
    .getRowsJson()
    .map((row: readonly Json[]) => row.map((value, c) => (wide[c] ? exact(value) : value)));
  return { columns: reader.deduplicatedColumnNames(), types, rows };
}

/** Wide integers come as text; those that a number holds exactly become one. */
function exact(value: unknown): unknown {
  if (value === null) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function jsonText({ columns, rows }: Result): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((name, c) => [name, row[c]])));
  return `${JSON.stringify(objects, null, 2)}\n`;
}

/** Numbers to the right, all else to the left. */
export function tableText({ columns, rows }: Result): string {
  const right = columns.map((_, c) => rows.every((row) => row[c] === null || typeof row[c] === "number"));
  const lines = aligned([columns, ...rows.map((row) => row.map(plain))], (c) => right[c]!);
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

const plain = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** An Arrow IPC file: whole numbers, numbers and booleans as they are, all else as text. */
export function arrowFile({ columns, types, rows }: Result): Uint8Array {
  const vectors = columns.map((name, c): [string, Vector] => [
    name,
    vectorOf(
      types[c]!,
      rows.map((row) => row[c] ?? null),
    ),
  ]);
  return tableToIPC(new Table(Object.fromEntries(vectors)), "file");
}

function vectorOf(type: string, values: readonly unknown[]): Vector {
  if (type === "BOOLEAN") return vectorFromArray(values, new Bool());
  if (/^(U?TINYINT|U?SMALLINT|INTEGER)$/.test(type)) return vectorFromArray(values, new Int32());
  if (/^(UINTEGER|BIGINT)$/.test(type)) {
    return vectorFromArray(
      values.map((value) => (value === null ? null : BigInt(value as number | string))),
      new Int64(),
    );
  }
  if (/^(FLOAT|DOUBLE|U?HUGEINT|UBIGINT|DECIMAL.*)$/.test(type)) {
    return vectorFromArray(
      values.map((value) => (value === null ? null : Number(value))),
      new Float64(),
    );
  }
  return vectorFromArray(
    values.map((value) => (value === null ? null : plain(value))),
    new Utf8(),
  );
}
