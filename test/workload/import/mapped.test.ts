import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bytesSource,
  type FileImportOptions,
  importToFile,
  parseMapping,
} from "../../../src/workload/import/index.js";
import { workflowOf } from "../../../src/workload/import/workflow-of.js";
import { readTrace, readTraceMetadata, type TraceWorkflow } from "../../../src/workload/trace/index.js";
import { JOB_MAPPING } from "./job-mapping.js";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "mapped-"));
});
afterAll(() => rm(home, { recursive: true }));

interface Table {
  readonly name?: string;
  readonly rows: string | Uint8Array;
}

async function mapped(tables: readonly Table[], mapping: string, options: Partial<FileImportOptions> = {}) {
  const out = join(home, "t.arrow");
  const sources = tables.map(({ name = "t.csv", rows }) =>
    bytesSource(name, typeof rows === "string" ? Buffer.from(rows) : rows),
  );
  const report = await importToFile(sources, out, { mapping: parseMapping(mapping, "m.yaml"), ...options });
  const flows: TraceWorkflow[] = [];
  for await (const flow of readTrace(out)) flows.push(flow);
  return { report, flows, metadata: await readTraceMetadata(out) };
}

/** What a workflow is to its reader: parents as lists, times and names as plain arrays. */
const plain = ({ count, firstParent, parent, submitted, template, type, work }: TraceWorkflow) => ({
  submitted,
  template,
  type: [...type],
  work: [...work],
  parents: Array.from({ length: count }, (_, t) =>
    [...parent.subarray(firstParent[t]!, firstParent[t + 1]!)].sort(),
  ),
});

describe("a table of workflows", () => {
  const mapping = JOB_MAPPING;
  interface Row {
    job: string;
    task: string;
    after: string[];
    at: number;
    run: number | null;
    kind: string;
  }
  const anyJob = fc
    .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 6 }))
    .chain(([at, count]) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, t) =>
          fc.record({
            task: fc.constant(`t"${t}`),
            // Parents may stand behind their children, and be named twice.
            after: fc
              .array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 2 })
              .map((list) => list.filter((p) => p !== t)),
            at: fc.integer({ min: at, max: at + 5 }),
            run: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null }),
            kind: fc.constantFrom("map", "réduce", ""),
          }),
        ),
      ),
    );
  const anyTable = fc
    .array(anyJob, { minLength: 1, maxLength: 8 })
    .map((jobs) =>
      jobs.flatMap((tasks, j) =>
        tasks.map((task): Row => ({ ...task, job: `j${j}`, after: task.after.map((p) => `t"${p}`) })),
      ),
    );

  const csv = (rows: readonly Row[]) =>
    `kind,job,task,after,at,run\n${rows
      .map(({ kind, job, task, after, at, run }) =>
        [
          kind,
          job,
          `"${task.replaceAll('"', '""')}"`,
          `"${after.join("|").replaceAll('"', '""')}"`,
          at,
          run ?? "-",
        ].join(","),
      )
      .join("\n")}`;

  /** The same by the object a row: `workflowOf` on a list of tasks. */
  function expected(rows: readonly Row[]): ReturnType<typeof plain>[] {
    const jobs = new Map<string, Row[]>();
    for (const row of rows) jobs.set(row.job, [...(jobs.get(row.job) ?? []), row]);
    const flows = [...jobs.values()].flatMap((job) => {
      try {
        const tasks = job.map(({ task, after, run, kind }) => ({
          id: task,
          parents: after,
          type: kind === "" ? "plain" : kind,
          work: run ?? Number.NaN,
          where: "",
        }));
        return [workflowOf("workflow", Math.min(...job.map(({ at }) => at / 1000)), tasks)];
      } catch {
        return [];
      }
    });
    const origin = Math.min(...flows.map(({ submitted }) => submitted!));
    return flows.map((flow) => plain({ ...flow, submitted: flow.submitted! - origin }));
  }

  const bySubmission = (flows: readonly ReturnType<typeof plain>[]) =>
    flows.map((flow) => JSON.stringify(flow)).sort();

  test("comes out as the workflows that a plain reading makes, whether rows stand together or not", () =>
    fc.assert(
      fc.asyncProperty(anyTable, fc.integer(), async (rows, seed) => {
        const wanted = expected(rows);
        fc.pre(wanted.length > 0);
        const { flows, report } = await mapped([{ rows: csv(rows) }], mapping);
        expect(bySubmission(flows.map(plain))).toEqual(bySubmission(wanted));
        const submissions = flows.map(({ submitted }) => submitted);
        expect(submissions).toEqual([...submissions].sort((a, b) => a - b));
        expect(report.tasks + report.skipped.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
        // Rows of workflows between one another, those of each in their order.
        const jobs = new Map<string, Row[]>();
        for (const row of rows) jobs.set(row.job, [...(jobs.get(row.job) ?? []), row]);
        const queues = [...jobs.values()];
        const scattered: Row[] = [];
        for (let i = Math.abs(seed % 1000); queues.some(({ length }) => length > 0); i = (i * 7 + 3) % 1009) {
          const queue = queues[i % queues.length]!;
          if (queue.length > 0) scattered.push(queue.shift()!);
          else queues.splice(i % queues.length, 1);
        }
        const again = await mapped([{ rows: csv(scattered) }], mapping);
        expect(bySubmission(again.flows.map(plain))).toEqual(bySubmission(wanted));
      }),
      { numRuns: 60 },
    ));

  test("is the same as NDJSON, and in several files", async () => {
    const rows = fc.sample(anyTable, { numRuns: 8, seed: 5 });
    for (const table of rows) {
      if (expected(table).length === 0) continue;
      const json = table
        .map(({ after, run, ...rest }) => JSON.stringify({ ...rest, after: after.join("|"), run }))
        .join("\n");
      const half = Math.ceil(table.length / 2);
      const two = [table.slice(0, half), table.slice(half)].map((part) => ({ rows: csv(part) }));
      const flows = (await mapped([{ rows: csv(table) }], mapping)).flows.map(plain);
      expect((await mapped([{ rows: json, name: "t.ndjson" }], mapping)).flows.map(plain)).toEqual(flows);
      const split = (
        await mapped(
          two.filter((_, i) => i === 0 || half < table.length),
          mapping,
        )
      ).flows.map(plain);
      expect(bySubmission(split)).toEqual(bySubmission(flows));
    }
  });
});

test("a row without a workflow is a workflow; constants, scales, units and outcomes are as the mapping has them", async () => {
  const { flows, metadata, report } = await mapped(
    [{ rows: "2023-11-14T22:13:20.25Z;250;512;OK;9\n2023-11-14T22:13:21.5Z;n/a;;KO;40000\n" }],
    `table: { delimiter: ";", header: false }
missing: ["", "n/a"]
columns:
  submitted: { column: 1, unit: instant }
  work: { column: 2, unit: ms }
  memory: { column: 3, unit: MiB, default: 1 }
  outcome: { column: 4, values: { OK: succeeded } }
  priority: 5
  cpu: { constant: 2, scale: 0.5 }
  template: { constant: nightly }
`,
  );
  expect(
    flows.map(({ submitted, template, work, memory, cpu, outcome, priority }) => [
      submitted,
      template,
      work[0],
      memory![0],
      cpu![0],
      outcome![0],
      priority![0],
    ]),
  ).toEqual([
    [0, "nightly", 0.25, 512 * 2 ** 20, 1, "succeeded", 9],
    [1.25, "nightly", Number.NaN, 2 ** 20, 1, null, Number.NaN],
  ]);
  expect(metadata.origin).toBe("2023-11-14T22:13:20.250Z");
  expect(report.warnings.map(({ code, count, first }) => [code, count, first])).toEqual([
    ["OUT_OF_RANGE", 1, "t.csv:2"],
    ["WORK_UNKNOWN", 1, "t.csv:2"],
    ["UNKNOWN_OUTCOME", 1, "t.csv:2"],
  ]);
});

test.each([
  ["unix ns", "1700000000123456789", "1700000000123456790", 1e-9],
  ["unix us", "1700000000123456", "1700000000123457.5", 1.5e-6],
  ["unix ms", "999", "1000.25", 1.25e-3],
  ["unix s", "1700000000.000000001", "1700000000.000000003", 2e-9],
  ["unix s", "-1.5", "-1.25", 0.25],
  ["ns", "1000", "2000", 1e-6],
  ["min", "1", "1.5", 30],
])("%s: from %s to %s it is %d s, nanoseconds kept", async (unit, first, second, apart) => {
  const { flows } = await mapped(
    [{ rows: `at,run\n${first},1\n${second},1\n` }],
    `columns: { submitted: { column: at, unit: ${unit} }, work: run }`,
  );
  expect(flows[1]!.submitted - flows[0]!.submitted).toBeCloseTo(apart, 14);
});

test("parents may be a JSON list, of numbers beyond a double too; keys may lie within objects", async () => {
  const { flows } = await mapped(
    [
      {
        rows: [
          '{"job":{"id":7},"t":9007199254740993,"after":[],"run":1,"at":0}',
          '{"job":{"id":7},"t":9007199254740992,"after":[9007199254740993],"run":2,"at":0}',
        ].join("\n"),
      },
    ],
    "columns: { workflow: job.id, task: t, parents: { column: after, json: true }, submitted: at, work: run }",
  );
  expect([...flows[0]!.work]).toEqual([1, 2]);
  expect([...flows[0]!.firstParent]).toEqual([0, 0, 1]);
});

test("the work is what passed from start to end where none is told, and recorded times move with the origin", async () => {
  const { flows, report } = await mapped(
    [{ rows: "at,s,e\n100,101,104\n110,112,111\n" }],
    "columns: { submitted: at, start: s, end: e }",
  );
  expect(
    flows.map(({ work, recordedStart, recordedEnd }) => [work[0], recordedStart![0], recordedEnd![0]]),
  ).toEqual([
    [3, 1, 4],
    [Number.NaN, 12, 11],
  ]);
  expect(report.warnings.map(({ code }) => code)).toEqual(["END_BEFORE_START"]);
});

test("workflows that make none are left out and counted, and the first is told whole", async () => {
  const { flows, report } = await mapped(
    [{ rows: "w,t,p,r\na,1,,1\nb,1,2,1\nb,2,1,1\nc,1,9,1\nc,1,1,1\nd,1,,4\n" }],
    "columns: { workflow: w, task: t, parents: p, work: r }",
    { submit: "together" },
  );
  expect(flows.map(({ work }) => work[0])).toEqual([1, 4]);
  expect(report.skipped).toEqual([
    {
      cause: "a workflow whose tasks depend on one another in a circle",
      count: 1,
      first: "t.csv:3 (b: 1 → 2)",
    },
    {
      cause: "a workflow with tasks that repeat, or parents that are no other task of it",
      count: 1,
      first:
        't.csv:5 (c: task "1" occurs twice; parent "9" of "1" is not a task; task "1" is its own parent)',
    },
  ]);
});

test("Parquet that was packed once more is read as it is without", async () => {
  const rows = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "at", data: [0, 1.5, 4], type: "DOUBLE" },
        { name: "run", data: [1, 2, 0.5], type: "DOUBLE" },
      ],
    }),
  );
  const mapping = "columns: { submitted: at, work: run }";
  const { flows } = await mapped([{ rows }], mapping);
  expect(flows).toHaveLength(3);
  expect((await mapped([{ rows: gzipSync(rows) }], mapping)).flows).toEqual(flows);
});

test("Parquet is read with its nulls, lists, integers of 64 bits and instants to the microsecond", async () => {
  const rows = parquetWriteBuffer({
    columnData: [
      { name: "job", data: [9007199254740993n, 9007199254740993n, 9007199254740992n], type: "INT64" },
      { name: "step", data: ["a", "b", "a"], type: "STRING" },
      { name: "after", data: ["[]", '["a"]', null], type: "STRING" },
      {
        name: "at",
        data: ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-01T00:00:02.5Z"].map(
          (t) => new Date(t),
        ),
        type: "TIMESTAMP",
      },
      { name: "run", data: [1.5, null, 0.25], type: "DOUBLE" },
    ],
  });
  const { flows, metadata } = await mapped(
    [{ rows: new Uint8Array(rows) }],
    `columns:
  workflow: job
  task: step
  parents: { column: after, json: true }
  submitted: { column: at, unit: instant }
  work: run
`,
  );
  expect(flows.map(plain)).toEqual([
    {
      submitted: 0,
      template: "workflow",
      type: ["task", "task"],
      work: [1.5, Number.NaN],
      parents: [[], [0]],
    },
    { submitted: 2.5, template: "workflow", type: ["task"], work: [0.25], parents: [[]] },
  ]);
  expect(metadata.origin).toBe("2024-01-01T00:00:00.000Z");
});

test("a limit ends the reading after so many workflows", async () => {
  const { report, flows } = await mapped(
    [{ rows: `at,run\n${"1,1\n".repeat(50)}` }],
    "columns: { submitted: at, work: run }",
    { limit: 7 },
  );
  expect([report.workflows, flows.length]).toEqual([7, 7]);
});

describe("refused, with the place", () => {
  const columns = "columns: { submitted: at, work: run }";
  test.each([
    ["at,run\n1,2\n1,x\n", columns, 't.csv:3: work is not a number: "x"'],
    ["at,run\n1,-1\n", columns, 't.csv:2: work cannot be negative: "-1"'],
    ["at,run\n1,2,3\n", columns, "t.csv:2: the row has 3 cells, 2 wanted"],
    [
      "at,runs\n1,2\n",
      columns,
      't.csv:1: no column is called "run" (columns here: at, runs; did you mean "runs"?)',
    ],
    ["at,run\n1,1e999\n", columns, "t.csv:2: work is not a number"],
    ["at,run\n0x10,1\n", columns, 't.csv:2: submitted is not a number: "0x10"'],
    ['at,run\n1,"2\n', columns, "t.csv:2: a quoted cell is not closed"],
    [Buffer.from("at,run\n1,\xff\n", "latin1"), columns, "t.csv:2: byte 0xFF"],
    ['{"at":1,"run":2}\n{"at":1,\n', columns, "t.csv:2: the line is no JSON"],
    ["at,run\n", columns, "there is no workflow to import"],
    ["PAR1 and no more", columns, "the file does not end with PAR1: it is cut short, or no Parquet"],
    ["PAR1 and 1234PAR1", columns, "the footer claims to have"],
    ["w,t,run\n,1,2\n", "columns: { workflow: w, task: t, work: run }", "t.csv:2: the row names no workflow"],
  ])("%j", async (rows, mapping, message) => {
    await expect(mapped([{ rows }], mapping)).rejects.toThrow(message);
    expect((await readdir(home)).filter((name) => name.includes("tmp"))).toEqual([]);
  });
});

describe("a mapping is refused, with line and path", () => {
  test.each([
    ["columns: { wrok: a }", 'm.yaml:1:12 > columns.wrok: columns has no key "wrok"'],
    [
      "columns:\n  work: { column: a, unit: sec }",
      'm.yaml:2:28 > columns.work.unit: "sec" is not one of the choices',
    ],
    ["columns: { work: { scale: 2 } }", "work needs a column or a constant"],
    ["columns: { start: a }", "the work of tasks is not known"],
    ["columns: { work: a, parents: b }", "parents are named, and tasks have no names"],
    [
      "columns: { work: a, submitted: { column: b, unit: unix s }, ready: c }",
      "some times are on a clock without a date",
    ],
    ["table: { header: false }\ncolumns: { work: run }", '"run" is no number of a column'],
    ['table: { delimiter: "ab" }\ncolumns: { work: a }', '"ab" is no delimiter'],
    [
      "columns: { work: a, outcome: { column: o, values: { OK: good } } }",
      '"good" is not one of the choices',
    ],
    ["columns: { work: a, cpu: { constant: many } }", '"many" is not a number'],
    ["missing: [x]", "there are no columns"],
    ["columns: [", "m.yaml:1"],
  ])("%j", (text, message) => {
    expect(() => parseMapping(text, "m.yaml")).toThrow(message);
  });
});
