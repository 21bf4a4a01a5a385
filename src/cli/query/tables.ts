import { access, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "../../kit/errors.js";
import { exportTrace } from "../../workload/export/index.js";
import { inputFiles } from "../input-files.js";
import { arrowAsParquet, arrowMetadata } from "./arrow-as-parquet.js";
import { execute, sqlName, sqlText } from "./duckdb.js";

/** A file under the name by which queries know it. */
interface NamedFile {
  readonly table: string;
  readonly path: string;
}

/** What a database makes of a file, by the ending of its name. */
const READERS: Readonly<Record<string, (path: string) => string>> = {
  ".arrow": (path) => `read_parquet(${sqlText(path)})`,
  ".feather": (path) => `read_parquet(${sqlText(path)})`,
  ".parquet": (path) => `read_parquet(${sqlText(path)})`,
  ".csv": (path) => `read_csv(${sqlText(path)})`,
  ".json": (path) => `read_json(${sqlText(path)}, maximum_object_size = 1000000000)`,
  ".ndjson": (path) => `read_json(${sqlText(path)}, format = 'newline_delimited')`,
  ".jsonl": (path) => `read_json(${sqlText(path)}, format = 'newline_delimited')`,
};

/** A row a workflow, from the rows of a trace's tasks. */
const workflowsOf = (tasks: string): string => `SELECT
  workflow, any_value(submitted) AS submitted, any_value(template) AS template, any_value(deadline) AS deadline,
  count(*) AS tasks, sum(len(after)) AS edges, sum(work) AS work, count(*) - count(work) AS unknownWork,
  min(recordedStart) AS recordedStart, max(recordedEnd) AS recordedEnd,
  max(recordedEnd) - any_value(submitted) AS recordedFlowTime,
  count(*) FILTER (outcome IN ('failed', 'timed out')) AS failed
FROM ${sqlName(tasks)} GROUP BY workflow`;

/**
 * Makes a view of each file, under its name without ending, or under NAME where it is given as NAME=FILE. Two kinds of file are
 * more than a table: a trace is `tasks` and `workflows`, the results of a benchmark have their runs in `cells`; of several, under
 * names that begin with the file's.
 * @param temporary where Arrow files are written as Parquet, which DuckDB reads by itself
 * @returns the files that the views read, of which some are in `temporary`
 * @throws {InputError} NO_FILE, SAME_NAME, UNKNOWN_FORMAT, and what reading them throws
 */
export async function makeTables(
  connection: DuckDBConnection,
  inputs: readonly string[],
  temporary: string,
): Promise<string[]> {
  const files = await namedFiles(inputs);
  const paths: string[] = [];
  const traces: string[] = [];
  const benchmarks: string[] = [];
  for (const { table, path } of files) {
    const arrow = /\.(arrow|feather)$/i.test(path);
    const trace = arrow && (await arrowMetadata(path)).has("switchyard.trace.version");
    const readable = arrow ? join(temporary, `${table}.parquet`) : path;
    if (trace) await exportTrace(path, "parquet", readable);
    else if (arrow) await arrowAsParquet(path, readable);
    paths.push(readable);
    const reader = READERS[extname(path).toLowerCase()]!;
    await makeView(connection, table, `SELECT * FROM ${reader(readable)}`);
    const columns = await columnsOf(connection, table);
    if (trace || ["workflow", "submitted", "task", "after", "work"].every((name) => columns.includes(name))) {
      traces.push(table);
    }
    if (["format", "cells", "policies"].every((name) => columns.includes(name))) benchmarks.push(table);
  }
  const taken = new Set(files.map(({ table }) => table));
  const free = (name: string, of: string, all: readonly string[]): string =>
    all.length === 1 && !taken.has(name) ? name : `${of}_${name}`;
  for (const table of traces) {
    if (traces.length === 1 && !taken.has("tasks"))
      await makeView(connection, "tasks", `FROM ${sqlName(table)}`);
    await makeView(connection, free("workflows", table, traces), workflowsOf(table));
  }
  for (const table of benchmarks) {
    const cells = `SELECT unnest(cells, max_depth := 2) FROM ${sqlName(table)}`;
    await makeView(connection, free("cells", table, benchmarks), cells);
  }
  return paths;
}

const makeView = (connection: DuckDBConnection, name: string, select: string): Promise<unknown> =>
  execute(connection, `CREATE VIEW ${sqlName(name)} AS ${select}`);

async function columnsOf(connection: DuckDBConnection, table: string): Promise<string[]> {
  return (await connection.runAndReadAll(`FROM ${sqlName(table)} LIMIT 0`)).columnNames();
}

async function namedFiles(inputs: readonly string[]): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  for (const input of inputs) {
    const [, name, rest] = /^([A-Za-z_]\w*)=(.+)$/.exec(input) ?? [];
    const there = await exists(input);
    const given = there || name === undefined ? input : rest!;
    const folder = await stat(given).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const all = await inputFiles([given]);
    // What else lies in a folder is not asked for.
    const known = folder ? all.filter((path) => extname(path).toLowerCase() in READERS) : all;
    for (const path of known) {
      if (!(await exists(path))) {
        throw new InputError("NO_FILE", {
          what: "there is no such file",
          where: path,
          mend: 'name files and folders first, the SQL last: switchyard query out/run "SELECT ..."',
        });
      }
      if (!(extname(path).toLowerCase() in READERS)) {
        throw new InputError("UNKNOWN_FORMAT", {
          what: "its name does not say what it is",
          where: path,
          mend: `files that are read end in ${Object.keys(READERS).join(", ")}`,
        });
      }
      const stem = basename(path, extname(path)).replace(/\W/g, "_");
      const table = there || name === undefined ? stem : known.length === 1 ? name : `${name}_${stem}`;
      const twin = files.find((file) => file.table.toLowerCase() === table.toLowerCase());
      if (twin !== undefined) {
        throw new InputError("SAME_NAME", {
          what: `${twin.path} is a table "${twin.table}" already`,
          where: path,
          mend: `give it another name: other=${path}`,
        });
      }
      files.push({ table, path });
    }
  }
  return files;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
