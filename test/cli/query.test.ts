import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { query } from "../../src/cli/actions/query.js";
import { simulate } from "../../src/cli/actions/simulate.js";
import { EXAMPLES } from "../../src/cli/query/examples.js";
import { madeUpResults } from "../support/made-up-results.js";

const hasDuckDb = existsSync("node_modules/@duckdb/node-api");
if (!hasDuckDb) console.log("skipped: SQL. DuckDB is not installed: npm install @duckdb/node-api");

const SCENARIO = `
scenario: drill
horizon: 4 min
pools:
  east: { servers: 2, attemptFailure: 5% }
  west: { servers: 2 }
weather:
  down: { pools: east, at: { from: 60 s, until: 120 s }, outage: fail }
workflows:
  order:
    arrivals: { poisson: 1 / s }
    deadline: 5 s
    tasks:
      pay: { work: exponential(1 s), retry: { attempts: 5, backoff: { first: 1 s } } }
objective: { minimize: flowTime }
decide: [route]
`;

describe.skipIf(!hasDuckDb)("switchyard query", () => {
  let folder: string;
  const path = (...names: string[]) => join(folder, ...names);
  const options = { out: undefined, format: undefined, examples: false, json: false };

  /** What is written to the terminal meanwhile. */
  async function said(act: () => Promise<unknown>): Promise<string> {
    let text = "";
    const spy = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
      text += piece;
      return true;
    });
    try {
      await act();
    } finally {
      spy.mockRestore();
    }
    return text;
  }
  const ask = (inputs: string | readonly string[], sql: string | undefined, more: object = {}) =>
    said(() => query({ ...options, inputs: [inputs].flat(), sql, ...more }));
  const rows = async (inputs: string | readonly string[], sql: string) =>
    JSON.parse(await ask(inputs, sql, { json: true })) as Record<string, unknown>[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchyard-query-test-"));
    await writeFile(path("drill.yaml"), SCENARIO);
    const run = {
      path: path("drill.yaml"),
      policy: "jsq",
      every: 1,
      antithetic: false,
      json: false,
      quiet: true,
    };
    for (const [name, seed] of [["run", 1] as const, ["other", 2] as const]) {
      await said(() => simulate({ ...run, seed, out: path("out", name), poolsEvery: 10, features: true }));
    }
    await writeFile(path("out", "bench.json"), JSON.stringify(madeUpResults()));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("answers from telemetry what the telemetry says", async () => {
    const attempts = tableFromIPC(await readFile(path("out", "run", "attempts.arrow"))).toArray();
    const [row] = await rows(
      path("out", "run"),
      "SELECT count(*) AS n, count(started) AS begun, sum(ended) AS ended FROM attempts WHERE pool = 'east'",
    );
    const east = attempts.filter((attempt) => attempt.pool === "east");
    expect(row!["n"]).toBe(east.length);
    expect(row!["begun"]).toBe(east.filter(({ started }) => !Number.isNaN(started)).length);
    expect(row!["ended"]).toBeCloseTo(
      east.reduce((sum, { ended }) => sum + ended, 0),
      6,
    );
  });

  test("lists tables and columns where no question is asked", async () => {
    const tables = JSON.parse(await ask(path("out", "run"), undefined, { json: true })) as {
      table: string;
    }[];
    expect(tables.map(({ table }) => table)).toEqual([
      "attempts",
      "candidates_route",
      "decisions",
      "outcome",
      "series",
      "weather",
      "workflows",
    ]);
    expect(await ask(path("out", "run"), undefined)).toMatch(/^attempts\s+[\d,]+ rows\n {2}source/);
  });

  test("a trace is tasks and workflows, in Arrow and in Parquet alike", async () => {
    const trace = "scenarios/traces/small.arrow";
    const sql = "SELECT count(*) AS n, sum(tasks) AS tasks FROM workflows";
    expect(await rows(trace, sql)).toEqual([{ n: 96, tasks: 1403 }]);
    expect(await ask(trace, sql)).toBe(" n  tasks\n96   1403\n");
    await ask(trace, "FROM tasks", { out: path("small.parquet") });
    expect(await rows(path("small.parquet"), sql)).toEqual([{ n: 96, tasks: 1403 }]);
    const both = [trace, `other=${path("small.parquet")}`];
    expect(await rows(both, "SELECT count(*) AS n FROM other_workflows")).toEqual([{ n: 96 }]);
  });

  test("writes what was asked for, and reads it again", async () => {
    const sql =
      "SELECT outcome, count(*) AS n, avg(ended - ready) AS took, true AS yes FROM attempts GROUP BY outcome ORDER BY outcome";
    const told = await rows(path("out", "run"), sql);
    expect(told.length).toBeGreaterThan(1);
    for (const ending of ["csv", "json", "parquet", "arrow"]) {
      const out = path(`answer.${ending}`);
      await ask(path("out", "run"), sql, { out });
      const again = await rows(out, "FROM answer ORDER BY outcome");
      expect(again.length, ending).toBe(told.length);
      again.forEach((row, r) => {
        expect({ ...row, took: 0 }, ending).toEqual({ ...told[r], took: 0 });
        // Threads add up in any order.
        expect(row["took"] as number, ending).toBeCloseTo(told[r]!["took"] as number, 9);
      });
    }
    expect(await ask(path("out", "run"), "SELECT 1 AS a, 'x,y' AS b, NULL AS c", { format: "csv" })).toBe(
      'a,b,c\n1,"x,y",\n',
    );
  });

  test("every example answers something", async () => {
    for (const { title, sql, tables } of EXAMPLES) {
      const inputs = tables.includes("cells")
        ? path("out", "bench.json")
        : tables.includes("tasks")
          ? "scenarios/traces/small.arrow"
          : path("out", "run");
      expect((await rows(inputs, sql)).length, title).toBeGreaterThan(0);
    }
    const fitting = await ask(path("out", "bench.json"), undefined, { examples: true });
    expect(fitting.match(/^-- .*/gm)).toEqual([
      "-- Policies of a benchmark by mean objective",
      "-- Paired differences of two policies, seed by seed",
    ]);
  });

  test("every command of docs/query.md answers", async () => {
    const text = await readFile("docs/query.md", "utf8");
    const commands = [...text.matchAll(/^switchyard query (.*)$/gm)].map(([, rest]) => rest!);
    expect(commands.length).toBeGreaterThan(5);
    await mkdir(path("answers"));
    for (const command of commands) {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
      const sql = words.find((word) => word.includes(" "));
      const flag = words.indexOf("-o");
      const out = flag < 0 ? undefined : path("answers", words[flag + 1]!);
      const inputs = words
        .filter((word, w) => word !== sql && !word.startsWith("-") && (flag < 0 || w !== flag + 1))
        .map((word) => word.replace(/(^|=)out\//, `$1${path("out")}/`));
      const json = words.includes("--json");
      const answer = await ask(inputs, sql, { json, examples: words.includes("--examples"), out });
      expect(answer.length, command).toBeGreaterThan(10);
      if (out !== undefined) expect((await readFile(out, "utf8")).split("\n").length).toBeGreaterThan(2);
    }
  });

  test.each([
    ["write a file", "COPY (SELECT 1) TO 'FOLDER/evil.csv'", /BAD_SQL|NOT_A_QUERY/],
    [
      "overwrite what it was given",
      "COPY (SELECT 1) TO 'FOLDER/out/run/attempts.arrow'",
      /BAD_SQL|NOT_A_QUERY/,
    ],
    ["read another file", "SELECT * FROM read_text('FOLDER/drill.yaml')", /BAD_SQL/],
    ["read another table", "FROM 'FOLDER/out/bench.json'", /BAD_SQL/],
    ["look around", "SELECT * FROM glob('FOLDER/*')", /BAD_SQL/],
    ["ask the network", "FROM 'https://example.invalid/a.parquet'", /BAD_SQL/],
    ["install", "INSTALL httpfs", /NOT_A_QUERY/],
    ["load", "LOAD httpfs", /NOT_A_QUERY/],
    ["attach", "ATTACH 'FOLDER/a.db'", /NOT_A_QUERY/],
    ["open itself up", "SET enable_external_access = true", /NOT_A_QUERY/],
    ["run what it explains", "EXPLAIN ANALYZE COPY (SELECT 1) TO 'FOLDER/evil.csv'", /BAD_SQL|NOT_A_QUERY/],
    ["do two things", "SELECT 1; SELECT 2", /NOT_A_QUERY/],
    [
      "close the bracket that is put around it",
      "SELECT 1) TO 'FOLDER/evil.csv'; COPY (SELECT 2",
      /BAD_SQL|NOT_A_QUERY/,
    ],
    ["be nonsense", "SELEC 1", /BAD_SQL/],
  ])("a query may not %s", async (_, sql, code) => {
    const text = sql.replaceAll("FOLDER", folder);
    const before = await readFile(path("out", "run", "attempts.arrow"));
    for (const out of [undefined, path("answers", "evil.csv")]) {
      await expect(ask(path("out", "run", "attempts.arrow"), text, { out })).rejects.toMatchObject({
        code: expect.stringMatching(code),
        exitCode: 2,
      });
    }
    expect(existsSync(path("evil.csv"))).toBe(false);
    expect(existsSync(path("answers", "evil.csv"))).toBe(false);
    expect(await readFile(path("out", "run", "attempts.arrow"))).toEqual(before);
  });

  test("says what is wrong with files and names", async () => {
    const codes = async (inputs: string[], more: object = {}) => {
      return await ask(inputs, "SELECT 1", more).catch((error: { code: string }) => error.code);
    };
    expect(await codes([path("nowhere.arrow")])).toBe("NO_FILE");
    expect(await codes([path("drill.yaml")])).toBe("UNKNOWN_FORMAT");
    expect(await codes([path("out", "run", "attempts.arrow"), path("out", "other", "attempts.arrow")])).toBe(
      "SAME_NAME",
    );
    expect(await codes([path("out", "run")], { out: path("answer.xlsx") })).toBe("BAD_ARGUMENT");
    expect(await codes([path("out", "run")], { format: "arrow" })).toBe("BAD_ARGUMENT");
    await writeFile(path("broken.arrow"), "not arrow");
    expect(await codes([path("broken.arrow")])).toBe("BAD_ARROW");
  });
});

test("without DuckDB the error says how to mend it", async () => {
  vi.resetModules();
  vi.doMock("@duckdb/node-api", () => {
    throw new Error("Cannot find package");
  });
  const { openDuckDb } = await import("../../src/cli/query/duckdb.js");
  await expect(openDuckDb()).rejects.toMatchObject({
    code: "NO_DUCKDB",
    mend: "npm install @duckdb/node-api",
  });
  vi.doUnmock("@duckdb/node-api");
});
