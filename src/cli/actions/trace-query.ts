import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aligned } from "../../kit/aligned.js";
import { InputError } from "../../kit/errors.js";
import { exportTrace } from "../../workload/export/index.js";
import { openDuckDb, type QueryResult, runSql, sqlText } from "../duckdb.js";

export interface QueryOptions {
  readonly file: string;
  readonly sql: string;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** A row a workflow, from the rows of its tasks. */
const WORKFLOWS = `
CREATE VIEW workflows AS SELECT
  workflow, any_value(submitted) AS submitted, any_value(template) AS template, any_value(deadline) AS deadline,
  count(*) AS tasks, sum(len(after)) AS edges, sum(work) AS work, count(*) - count(work) AS unknownWork,
  min(recordedStart) AS recordedStart, max(recordedEnd) AS recordedEnd,
  max(recordedEnd) - any_value(submitted) AS recordedFlowTime,
  count(*) FILTER (outcome IN ('failed', 'timed out')) AS failed
FROM tasks GROUP BY workflow`;

/** DuckDB reads Parquet as it is; an Arrow trace is written as Parquet for it first, and that is removed afterwards. */
export async function queryTrace({ file, sql, out, json }: QueryOptions): Promise<void> {
  const ending = out === undefined ? null : outFormat(out);
  const connection = await openDuckDb();
  const folder = await mkdtemp(join(tmpdir(), "switchyard-query-"));
  try {
    let parquet = file;
    if (!/\.parquet$/i.test(file)) {
      parquet = join(folder, "trace.parquet");
      await exportTrace(file, "parquet", parquet);
    }
    await runSql(connection, `CREATE VIEW tasks AS SELECT * FROM read_parquet(${sqlText(parquet)})`);
    await runSql(connection, WORKFLOWS);
    if (out !== undefined) {
      await runSql(connection, `COPY (${sql.replace(/;\s*$/, "")}) TO ${sqlText(out)} (${ending})`);
      if (!json) process.stdout.write(`result in ${out}\n`);
      return;
    }
    const result = await runSql(connection, sql);
    process.stdout.write(json ? `${JSON.stringify(objects(result), null, 2)}\n` : `${textTable(result)}\n`);
  } finally {
    connection.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function outFormat(out: string): string {
  if (/\.csv$/i.test(out)) return "FORMAT csv, HEADER";
  if (/\.parquet$/i.test(out)) return "FORMAT parquet";
  throw new InputError("BAD_ARGUMENT", {
    what: `"${out}" says not as what to write the result`,
    where: "--out",
    mend: "let it end in .csv or .parquet",
  });
}

const objects = ({ columns, rows }: QueryResult) =>
  rows.map((row) => Object.fromEntries(columns.map((name, c) => [name, row[c]])));

/** Numbers to the right, all else to the left. */
function textTable({ columns, rows }: QueryResult): string {
  const cell = (value: unknown): string =>
    value === null || value === undefined
      ? ""
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  const right = columns.map((_, c) => rows.every((row) => row[c] === null || typeof row[c] === "number"));
  return aligned([columns, ...rows.map((row) => row.map(cell))], (c) => right[c]!)
    .map((line) => line.trimEnd())
    .join("\n");
}
