import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader } from "@duckdb/node-api";
import { FailureError, InputError } from "../../kit/errors.js";

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

/**
 * Shuts the database in: from now on it reads these files alone, asks nothing of the network, loads no extension, and
 * lets no query change that. What does not fit into memory goes to `temporary`.
 * @param paths files as views name them
 */
export async function shutIn(
  connection: DuckDBConnection,
  paths: readonly string[],
  temporary: string,
): Promise<void> {
  for (const setting of [
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    `temp_directory = ${sqlText(temporary)}`,
    `allowed_paths = [${paths.map(sqlText).join(", ")}]`,
    "enable_external_access = false",
    "lock_configuration = true",
  ]) {
    await connection.run(`SET ${setting}`);
  }
}

/** What a user's query answers. @throws {InputError} BAD_SQL with what the database says of it; NOT_A_QUERY */
export async function answer(connection: DuckDBConnection, sql: string): Promise<DuckDBResultReader> {
  const prepared = await refuseAllButQueries(connection, sql);
  return complaining(() => prepared.runAndReadAll());
}

/**
 * A query that reads is all that is run: SELECT, and what is a SELECT underneath (DESCRIBE, SUMMARIZE, SHOW, PIVOT), and EXPLAIN.
 * @throws {InputError} BAD_SQL; NOT_A_QUERY where it would do more than read
 */
export async function refuseAllButQueries(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const statements = await complaining(() => connection.extractStatements(sql));
  if (statements.count !== 1) throw notAQuery(`${statements.count} statements are given, and one is run`);
  const prepared = await complaining(() => statements.prepare(0));
  const { StatementType } = await import("@duckdb/node-api");
  const reads =
    prepared.statementType === StatementType.SELECT ||
    // ANALYZE runs what it explains.
    (prepared.statementType === StatementType.EXPLAIN && !/\banaly[sz]e\b/i.test(sql));
  if (!reads) throw notAQuery("this statement does more than read");
  return prepared;
}

const notAQuery = (what: string): InputError =>
  new InputError("NOT_A_QUERY", {
    what,
    where: "SQL",
    mend: "write a single SELECT; --out FILE keeps what it answers",
  });

/** Runs a statement of ours around a user's. @throws {InputError} BAD_SQL */
export const execute = (connection: DuckDBConnection, sql: string): Promise<unknown> =>
  complaining(() => connection.run(sql));

async function complaining<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const [what, mend] = told((cause as Error).message.trimEnd());
    throw new InputError("BAD_SQL", { what, where: "SQL", mend }, { cause });
  }
}

function told(message: string): [what: string, mend: string] {
  if (/disabled (?:by|through) configuration|LocalFileSystem.*disabled|external access/i.test(message)) {
    return [
      message,
      "a query reads the files that are named before it, and nothing else: name this one, too",
    ];
  }
  return [message, "`switchyard query FILES` without SQL lists tables and columns; see docs/query.md"];
}

/** A text as a literal of SQL. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A text as a name in SQL. */
export const sqlName = (text: string): string =>
  /^[a-z_]\w*$/i.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
