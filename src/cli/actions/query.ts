import { createReadStream } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import pc from "picocolors";
import { InputError } from "../../kit/errors.js";
import { writePieces } from "../../workload/atomic-file.js";
import {
  answer,
  execute,
  openDuckDb,
  refuseAllButQueries,
  shutIn,
  sqlName,
  sqlText,
} from "../query/duckdb.js";
import { EXAMPLES, type Example, examplesFor } from "../query/examples.js";
import { arrowFile, jsonText, resultOf, tableText } from "../query/result.js";
import { makeTables } from "../query/tables.js";

const FORMATS = ["table", "csv", "json", "parquet", "arrow"] as const;
export type QueryFormat = (typeof FORMATS)[number];

export interface QueryOptions {
  /** Files, folders and patterns, each as it is or as NAME=FILE. */
  readonly inputs: readonly string[];
  /** Undefined to list tables and columns. */
  readonly sql: string | undefined;
  readonly out: string | undefined;
  readonly format: QueryFormat | undefined;
  readonly examples: boolean;
  readonly json: boolean;
}

interface Task {
  readonly sql: string;
  readonly as: QueryFormat;
  readonly out: string | undefined;
  readonly temporary: string;
  readonly json: boolean;
}

/** Answers SQL over files, each a table; nothing but these files is read, and nothing but --out is written. */
export async function query({ inputs, sql, out, format, examples, json }: QueryOptions): Promise<void> {
  if (inputs.length === 0) {
    if (!examples) {
      throw new InputError("USAGE", {
        what: "no file is named",
        mend: 'name files first, the SQL last: switchyard query out/run "SELECT ..."',
      });
    }
    tell(EXAMPLES, json);
    return;
  }
  const as = formatOf(format ?? (json ? "json" : undefined), out);
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "switchyard-query-")));
  const connection = await openDuckDb();
  try {
    const paths = await makeTables(connection, inputs, temporary);
    await shutIn(connection, [...paths, resultIn(temporary)], temporary);
    if (examples) tell(examplesFor(await tablesOf(connection)), json);
    else if (sql === undefined) process.stdout.write(await overview(connection, json));
    else await write(connection, { sql, as, out, temporary, json });
  } finally {
    connection.closeSync();
    await rm(temporary, { recursive: true, force: true });
  }
}

async function write(connection: DuckDBConnection, { sql, as, out, temporary, json }: Task): Promise<void> {
  const bytes = await answered(connection, sql, as, temporary);
  if (out !== undefined) await writePieces(out, bytes);
  else for await (const piece of bytes) process.stdout.write(piece);
  if (out === undefined) return;
  process.stdout.write(json ? `${JSON.stringify({ out, format: as })}\n` : `result in ${out}\n`);
}

async function answered(connection: DuckDBConnection, sql: string, as: QueryFormat, temporary: string) {
  if (as === "csv" || as === "parquet") {
    // The database writes these itself, however long they are.
    await refuseAllButQueries(connection, sql);
    const path = resultIn(temporary);
    const options = as === "csv" ? "FORMAT csv, HEADER" : "FORMAT parquet";
    await execute(
      connection,
      `COPY (\n${sql.replace(/;\s*$/, "")}\n) TO ${sqlText(path)} (${options}, USE_TMP_FILE false)`,
    );
    return createReadStream(path);
  }
  const result = resultOf(await answer(connection, sql));
  return [as === "arrow" ? arrowFile(result) : as === "json" ? jsonText(result) : tableText(result)];
}

const resultIn = (temporary: string): string => join(temporary, "result");

/** @throws {InputError} BAD_ARGUMENT */
function formatOf(asked: QueryFormat | undefined, out: string | undefined): QueryFormat {
  if (out === undefined) {
    if (asked === "parquet" || asked === "arrow") {
      throw new InputError("BAD_ARGUMENT", {
        what: `${asked} is for files, not for a terminal`,
        where: "--format",
        mend: `name one: --out result.${asked}`,
      });
    }
    return asked ?? "table";
  }
  const ending = extname(out).slice(1).toLowerCase();
  const named = FORMATS.find((name) => name === ending);
  if ((named ?? asked) !== undefined) return (named ?? asked)!;
  throw new InputError("BAD_ARGUMENT", {
    what: `"${out}" says not as what to write the result`,
    where: "--out",
    mend: "let it end in .csv, .json, .parquet or .arrow, or give --format",
  });
}

async function tablesOf(connection: DuckDBConnection): Promise<string[]> {
  const { rows } = resultOf(
    await answer(connection, "SELECT table_name FROM information_schema.tables ORDER BY ALL"),
  );
  return rows.map(([name]) => String(name));
}

/** Tables with their rows and columns. */
async function overview(connection: DuckDBConnection, json: boolean): Promise<string> {
  const tables = [];
  for (const table of await tablesOf(connection)) {
    const columns = resultOf(await answer(connection, `DESCRIBE ${sqlName(table)}`));
    const count = resultOf(await answer(connection, `SELECT count(*) FROM ${sqlName(table)}`));
    tables.push({
      table,
      rows: Number(count.rows[0]![0]),
      columns: columns.rows.map(([name, type]) => ({ name: String(name), type: String(type) })),
    });
  }
  if (json) return `${JSON.stringify(tables, null, 2)}\n`;
  const told = tables.map(({ table, rows, columns }) => {
    const width = Math.max(...columns.map(({ name }) => name.length));
    const lines = columns.map(
      ({ name, type }) =>
        `  ${name.padEnd(width)}  ${pc.dim(type.length > 60 ? `${type.slice(0, 59)}…` : type)}`,
    );
    return `${pc.bold(table)}  ${rows.toLocaleString("en")} rows\n${lines.join("\n")}\n`;
  });
  return told.join("\n");
}

function tell(examples: readonly Example[], json: boolean): void {
  process.stdout.write(
    json
      ? `${JSON.stringify(examples, null, 2)}\n`
      : examples.map(({ title, sql }) => `${pc.bold(`-- ${title}`)}\n${sql};\n`).join("\n"),
  );
}
