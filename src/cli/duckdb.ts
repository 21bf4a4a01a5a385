import type { DuckDBConnection } from "@duckdb/node-api";
import { FailureError, InputError } from "../kit/errors.js";

/**
 * A DuckDB of its own, in memory. The package is optional: it brings 70 MB.
 * @throws {FailureError} NO_DUCKDB where it is not installed
 */
export async function openDuckDb(): Promise<DuckDBConnection> {
  let duckdb: typeof import("@duckdb/node-api");
  try {
    duckdb = await import("@duckdb/node-api");
  } catch (cause) {
    throw new FailureError(
      "NO_DUCKDB",
      { what: "SQL needs DuckDB, which is not installed", mend: "npm install @duckdb/node-api" },
      { cause },
    );
  }
  const instance = await duckdb.DuckDBInstance.create(":memory:");
  return instance.connect();
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Values as JSON can hold them: integers beyond 2^53 and decimals as text. */
  readonly rows: readonly (readonly unknown[])[];
}

/** @throws {InputError} BAD_SQL with what the database says of it */
export async function runSql(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  try {
    const reader = await connection.runAndReadAll(sql);
    const wide = reader.columnTypes().map((type) => /^U?(?:BIG|HUGE)INT$/.test(String(type)));
    const rows = reader.getRowsJson().map((row) => row.map((value, c) => (wide[c] ? exact(value) : value)));
    return { columns: reader.columnNames(), rows };
  } catch (cause) {
    throw new InputError(
      "BAD_SQL",
      {
        what: (cause as Error).message.replace(/\s+$/, ""),
        where: "SQL",
        mend: "see docs/trace-format.md, section SQL",
      },
      { cause },
    );
  }
}

/** Wide integers come as text; those that a number holds exactly become one. */
function exact(value: unknown): unknown {
  if (value === null) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A text as a literal of SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
