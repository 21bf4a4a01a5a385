import fc from "fast-check";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../src/kit/errors.js";
import { bytesSource, fileStatistics, importTrace, type Source } from "../../../src/workload/import/index.js";
import { complaintOf } from "./complaint-of.js";
import { type WtaRow, wtaBytes } from "./wta-bytes.js";

const ints = (name: string, data: readonly bigint[]): ColumnSource => ({
  name,
  data: [...data],
  type: "INT64",
});
const file = (rows: readonly WtaRow[], options = {}, name = "tasks.parquet"): Source =>
  bytesSource(name, wtaBytes(rows, options));

const FAR = 2n ** 60n;
/** Two workflows whose rows stand among each other; ids that a double would join. */
const rows: readonly WtaRow[] = [
  { id: FAR, flow: 7n, submit: 1000, runtime: 500, wait: 20, children: [FAR + 1n, FAR + 2n] },
  { id: FAR + 9n, flow: 8n, submit: 3000, runtime: 10, type: null },
  { id: FAR + 1n, flow: 7n, submit: 1500, runtime: 1000, parents: [FAR], children: [FAR + 3n] },
  { id: FAR + 2n, flow: 7n, submit: 1200, runtime: -1, parents: [FAR], children: [FAR + 3n] },
  { id: FAR + 3n, flow: 7n, submit: 2500, runtime: 0, parents: [FAR + 1n, FAR + 2n, FAR + 1n] },
];

test("rows of a workflow are found wherever they stand, over row groups and files; ids stay apart", async () => {
  const [first, second] = [rows.slice(0, 3), rows.slice(3)];
  const shapes = [
    [file(rows)],
    [file(first), file(second, {}, "part.1.parquet")],
    [file(rows, { edges: "children" })],
  ];
  for (const sources of shapes) {
    const { workflows, report, metadata } = await importTrace(sources);
    expect(workflows.map(({ submitted, count }) => [submitted, count])).toEqual([
      [0, 4],
      [2, 1],
    ]);
    const [flow, other] = workflows;
    expect([...flow!.work]).toEqual([0.5, 1, Number.NaN, 0]);
    expect([...flow!.parent]).toEqual([0, 0, 1, 2]);
    expect([...flow!.recordedReady!]).toEqual([0, 0.5, expect.closeTo(0.2, 12), 1.5]);
    expect(flow!.recordedStart![0]).toBeCloseTo(0.02, 12);
    expect(flow!.recordedStart![1]).toBeNaN();
    expect([flow!.type[0], other!.type[0]]).toEqual(["step", "task"]);
    expect(report.warnings.map(({ code, count }) => [code, count])).toEqual([["RUNTIME_UNKNOWN", 1]]);
    expect(metadata.origin).toBeNull();
  }
});

test("figures count what is missing, dangling and reversed", async () => {
  const odd: readonly WtaRow[] = [
    ...rows,
    { id: 1n, flow: 9n, submit: 0, runtime: 5, parents: [2n] },
    { id: 2n, flow: 9n, submit: 0, runtime: 5, parents: [1n, 44n] },
    { id: 2n, flow: 10n, submit: 0, runtime: 5 },
  ];
  expect(await fileStatistics(file(odd))).toMatchObject({
    rows: 8,
    workflows: 4,
    edges: 6,
    dangling_parents: 1,
    workflows_with_cycles: 1,
    duplicate_ids: 1,
    ids_above_2_53: 5,
    runtime_negative: 1,
    runtime_zero: 1,
    wait_minus_one: 7,
    critical_path_s: 1.5,
    child_submitted_before_parent_end: 2 + 1,
    types: { step: 7, None: 1 },
  });
});

test("a workflow that is none is left out with a count, and the others are read", async () => {
  const { workflows, report } = await importTrace([
    file([...rows, { id: 1n, flow: 9n, submit: 0, runtime: 5, parents: [2n] }]),
  ]);
  expect(workflows).toHaveLength(2);
  expect(report.skipped).toMatchObject([
    { count: 1, first: expect.stringContaining('parent "2" of "1" is not a task') },
  ]);
});

test.each<[string, Source, string]>([
  ["ids that are doubles", file(rows, { ids: "DOUBLE" }), "a double that cannot tell ids apart"],
  [
    "other columns",
    bytesSource("x.parquet", new Uint8Array(parquetWriteBuffer({ columnData: [ints("a", [1n])] }))),
    "neither the columns of tasks",
  ],
  ["nothing in it", bytesSource("x.parquet", Buffer.from("PAR1")), "does not end with PAR1"],
  ["nothing but its ends", bytesSource("x.parquet", Buffer.from("PAR1\0\0\0\0PAR1")), "damaged"],
])("a file with %s is refused", async (_, source, message) => {
  expect(await complaintOf(() => importTrace([source], { format: "wta" }))).toContain(message);
});

describe("a Parquet file with bytes changed anywhere", () => {
  test("is refused, or has as many rows as it says; and never takes long or much", async () => {
    const sound = wtaBytes(rows, { groupRows: 100 });
    const change = fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(40), async (changes, cut) => {
        const bytes = Uint8Array.from(sound);
        for (const { at, byte } of changes) bytes[at] = byte;
        const source = bytesSource("t.parquet", cut === 1 ? bytes.subarray(0, changes[0]!.at) : bytes);
        const began = process.cpuUsage();
        for (const act of [
          () => importTrace([source], { format: "wta" }),
          () => fileStatistics(source, "wta"),
        ]) {
          try {
            await act();
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        }
        const { user, system } = process.cpuUsage(began);
        expect((user + system) / 1e6).toBeLessThan(2);
        expect(process.memoryUsage.rss()).toBeLessThan(1024 ** 3);
      }),
      { numRuns: 1500, seed: 20_240_517 },
    );
  }, 60_000);
});
