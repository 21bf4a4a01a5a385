import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportFormatOf, exportTrace } from "../../../src/workload/export/index.js";
import { fileSource, importTrace } from "../../../src/workload/import/index.js";
import { type TraceWorkflow, TraceWriter } from "../../../src/workload/trace/index.js";
import { TASK_NAMES, TASK_NUMBERS } from "../../../src/workload/trace/workflow.js";
import { anyTrace, flow, METADATA } from "../made-up-workflows.js";

let folder: string;
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-export-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(flows: readonly TraceWorkflow[]): Promise<string> {
  const writer = await TraceWriter.open(path("trace.arrow"), METADATA);
  for (const each of flows) await writer.write(each);
  await writer.close();
  return path("trace.arrow");
}

/** What each row must hold, column by column: null where it is unknown. */
function rowsOf(flows: readonly TraceWorkflow[]) {
  const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  return flows.flatMap((each, workflow) =>
    each.type.map((type, t) => ({
      workflow,
      submitted: each.submitted,
      template: each.template,
      task: t,
      type,
      after: [...each.parent.subarray(each.firstParent[t]!, each.firstParent[t + 1]!)],
      work: known(each.work[t]),
      deadline: each.deadline < Number.POSITIVE_INFINITY ? each.deadline : null,
      ...Object.fromEntries(TASK_NUMBERS.map((name) => [name, known(each[name]?.[t])])),
      ...Object.fromEntries(TASK_NAMES.map((name) => [name, each[name]?.[t] ?? null])),
      prefix: each.prefix?.[t] ? [...each.prefix[t]] : null,
    })),
  );
}

describe("any trace", () => {
  test("written as Parquet reads back whole, with its metadata", () =>
    fc.assert(
      fc.asyncProperty(anyTrace, async (flows) => {
        await exportTrace(await written(flows), "parquet", path("t.parquet"));
        const file = await asyncBufferFromFile(path("t.parquet"));
        const rows = await parquetReadObjects({ file });
        // The reader gives a list that is null as undefined.
        expect(rows.map((row) => ({ ...row, prefix: row["prefix"] ?? null }))).toEqual(rowsOf(flows));
        const { key_value_metadata: metadata } = await parquetMetadataAsync(file);
        expect(metadata).toContainEqual({
          key: "switchyard.trace.provenance",
          value: JSON.stringify(METADATA.provenance),
        });
      }),
      { numRuns: 40 },
    ));

  test("written as CSV has every cell, and numbers to the last bit", () =>
    fc.assert(
      fc.asyncProperty(anyTrace, async (flows) => {
        await exportTrace(await written(flows), "csv", path("t.csv"));
        const [header, ...lines] = (await readFile(path("t.csv"), "utf8")).split("\n").slice(0, -1);
        const rows = rowsOf(flows);
        expect(header!.split(",")).toEqual(Object.keys(rowsOf([flow([[]])])[0]!));
        expect(lines).toEqual(
          rows.map((row) =>
            Object.values(row)
              .map((cell) => (cell === null ? "" : Array.isArray(cell) ? cell.join(" ") : String(cell)))
              .join(","),
          ),
        );
      }),
      { numRuns: 40 },
    ));
});

test("cells of CSV that hold commas, quotes or line ends are quoted", async () => {
  const odd = 'a,"b"\nc';
  await exportTrace(await written([flow([[]], { template: odd })]), "csv", path("q.csv"));
  expect((await readFile(path("q.csv"), "utf8")).split("\n").slice(1).join("\n")).toMatch(
    /^0,0,"a,""b""\nc",0,/,
  );
});

describe("a trace that was exported", () => {
  test.each(["csv", "parquet"] as const)(
    "as %s is imported again with nothing lost but what the format lacks",
    (format) =>
      fc.assert(
        fc.asyncProperty(
          // Without a workflow there is nothing to import; blanks around names are not CSV's to keep apart from none.
          anyTrace.filter((flows) => flows.length > 0),
          async (flows) => {
            const from = Math.min(...flows.map(({ submitted }) => submitted));
            await exportTrace(await written(flows), format, path(`again.${format}`));
            const { workflows, report } = await importTrace([await fileSource(path(`again.${format}`))]);
            expect(report).toMatchObject({ format, workflows: flows.length, skipped: [], warnings: [] });
            // An empty cell of CSV is an unknown one.
            const lost = (rows: readonly Readonly<Record<string, unknown>>[]) =>
              format === "csv"
                ? rows.map((row) => ({
                    ...row,
                    recordedPool: row["recordedPool"] || null,
                    outcome: row["outcome"] || null,
                  }))
                : rows;
            expect(lost(shifted(rowsOf(workflows)))).toEqual(
              lost(shifted(rowsOf(flows.map((flow) => ({ ...flow, ...moved(flow, -from) }))))),
            );
          },
        ),
        { numRuns: 10 },
      ),
  );
});

/** Recorded times move with the origin, and are rounded once more by that. */
const TIMES = ["submitted", "recordedReady", "recordedStart", "recordedEnd"] as const;
const moved = (flow: TraceWorkflow, by: number) => ({
  submitted: flow.submitted + by,
  ...Object.fromEntries(
    TIMES.slice(1).flatMap((name) => {
      const times = flow[name as "recordedReady"];
      return times === undefined ? [] : [[name, times.map((t) => t + by)]];
    }),
  ),
});
const shifted = (rows: ReturnType<typeof rowsOf>) =>
  rows.map((row) => ({
    ...row,
    prefix: undefined,
    ...Object.fromEntries(
      TIMES.map((name) => {
        const time = (row as Record<string, unknown>)[name] as number | null;
        return [name, time === null ? null : Math.round(time * 1e4) + 0];
      }),
    ),
  }));

describe("WfFormat", () => {
  test("holds shape, types, work, sizes and times, and gives them back", async () => {
    const flows = [
      flow([[], [0], [0], [1, 2]], {
        template: "etl",
        type: ["read", "clean", "clean", "join"],
        work: Float64Array.of(1.25, 0, Number.NaN, 7),
        cpu: Float64Array.of(1, 2.5, Number.NaN, 4),
        memory: Float64Array.of(1e9, Number.NaN, Number.NaN, 5),
        bytesIn: Float64Array.of(0, 10, 10, Number.NaN),
        bytesOut: Float64Array.of(10, 20, 30, 0),
        priority: Float64Array.of(3, 3, Number.NaN, 3),
        recordedStart: Float64Array.of(0.5, 2, Number.NaN, 4),
        recordedPool: ["m1", "m2", null, "m1"],
      }),
      flow([[]], { template: "one", submitted: 0.123456789, type: ["x"] }),
    ];
    expect(await exportTrace(await written(flows), "wfformat", path("wf"))).toBe(2);
    const names = (await readdir(path("wf"))).sort();
    expect(names).toEqual(["000000-etl.json", "000001-one.json"]);
    const { workflows, metadata } = await importTrace(
      await Promise.all(names.map((name) => fileSource(join(path("wf"), name)))),
    );
    const [etl, one] = workflows;
    for (const column of [
      "work",
      "cpu",
      "memory",
      "bytesIn",
      "bytesOut",
      "priority",
      "recordedStart",
    ] as const)
      expect([column, ...etl![column]!]).toEqual([column, ...flows[0]![column]!]);
    expect([etl!.template, etl!.type, [...etl!.parent]]).toEqual(["etl", flows[0]!.type, [0, 0, 1, 2]]);
    expect(etl!.recordedPool).toEqual(flows[0]!.recordedPool);
    expect(one!.submitted).toBeCloseTo(0.123456789, 6);
    expect(metadata.origin).toBe("2024-01-01T00:00:00.000Z");
  });

  test("is not written over what is there", async () => {
    const trace = await written([flow([[]])]);
    await exportTrace(trace, "wfformat", path("twice"));
    await expect(exportTrace(trace, "wfformat", path("twice"))).rejects.toThrow(
      /something of that name already/,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

test("the format follows the name, unless it is asked for", () => {
  expect(exportFormatOf("x.CSV")).toBe("csv");
  expect(exportFormatOf("x.parquet")).toBe("parquet");
  expect(exportFormatOf("folder")).toBe("wfformat");
  expect(exportFormatOf("x", "csv")).toBe("csv");
  expect(() => exportFormatOf("x", "parquett")).toThrow(/did you mean "parquet"/);
});
