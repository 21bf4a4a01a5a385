import { existsSync } from "node:fs";
import type { CommandModule } from "yargs";

interface Arguments {
  inputs: string[] | undefined;
  out: string | undefined;
  format: "table" | "csv" | "json" | "parquet" | "arrow" | undefined;
  examples: boolean;
  json: boolean | undefined;
}

export const queryCommand: CommandModule<object, Arguments> = {
  command: "query [inputs..]",
  describe: "SQL over traces, telemetry and results (DuckDB)",
  builder: (yargs) =>
    yargs
      .positional("inputs", {
        type: "string",
        array: true,
        describe: "files and folders, each file a table by its name or as NAME=FILE; the SQL last",
      })
      .option("out", {
        type: "string",
        alias: "o",
        describe: "write the result: .csv, .json, .parquet or .arrow",
      })
      .option("format", {
        choices: ["table", "csv", "json", "parquet", "arrow"] as const,
        alias: "f",
        describe: "as what; by default a table, or as the name of --out ends",
      })
      .option("examples", {
        type: "boolean",
        default: false,
        describe: "print useful queries: all, or those that these files can answer",
      })
      .example("$0 query out/run", "which tables are there, with which columns?")
      .example(
        '$0 query out/run "SELECT pool, avg(started - ready) AS wait FROM attempts GROUP BY pool"',
        "waits",
      )
      .example(
        '$0 query runs.arrow "SELECT type, avg(work) FROM tasks GROUP BY type"',
        "a trace: tasks, workflows",
      )
      .example('$0 query a=out/a/attempts.arrow b=out/b/attempts.arrow "SELECT ..."', "two runs, under names")
      .example("$0 query out/run --examples", "questions that are often asked of a run")
      .epilogue(
        "Reads the files that are named and nothing else, and writes --out only. Tables: docs/query.md.",
      )
      .strict() as never,
  handler: async ({ inputs = [], json, ...rest }) => {
    const { query } = await import("../actions/query.js");
    await query({ ...rest, ...sqlLast(inputs), json: json === true });
  },
};

/** The last of several is the SQL, unless a file is called so. */
function sqlLast(given: readonly string[]): { inputs: readonly string[]; sql: string | undefined } {
  const last = given.at(-1);
  const isSql = last !== undefined && /\s/.test(last.trim()) && !existsSync(last);
  return isSql ? { inputs: given.slice(0, -1), sql: last } : { inputs: given, sql: undefined };
}
