import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeTrace, loadTrace, readTrace, UnsortedTraceWriter } from "../../../src/workload/trace/index.js";
import type { RowBatch } from "../../../src/workload/trace/row-batch.js";
import { RowCollector } from "../../../src/workload/trace/row-collector.js";
import { SortedSpool } from "../../../src/workload/trace/sorted-spool.js";
import { TraceNames } from "../../../src/workload/trace/trace-names.js";
import type { TraceWorkflow } from "../../../src/workload/trace/workflow.js";
import { anyWorkflow, flow, METADATA } from "../made-up-workflows.js";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "spool-"));
});
afterAll(() => rm(home, { recursive: true }));

/** The rows of workflows as a plain list, in the order of the batches. */
function rowsOf({ rows, submitted, workflow, task, afterFirst, after, numbers, names }: RowBatch) {
  return Array.from({ length: rows }, (_, r) => ({
    workflow: workflow[r]!,
    submitted: submitted[r]!,
    task: task[r]!,
    after: [...after.subarray(afterFirst[r]!, afterFirst[r + 1]!)],
    numbers: Object.fromEntries(
      Object.entries(numbers)
        .map(([name, column]) => [name, column[r]!] as const)
        .filter(([, value]) => !Number.isNaN(value)),
    ),
    names: Object.fromEntries(
      Object.entries(names)
        .map(([name, column]) => [name, column[r]!] as const)
        .filter(([, value]) => value >= 0),
    ),
  }));
}

// Few instants, so that many workflows share one, and the one before all others.
const anyTime = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.NEGATIVE_INFINITY));

test("what comes back is what a stable sort of the workflows would give, however small blocks and merges are", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.tuple(anyWorkflow, anyTime), { maxLength: 5 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 2, max: 4 }),
      async (portions, blockRows, mostRuns) => {
        const spool = await SortedSpool.open(join(home, "s"), { blockRows, mostRuns });
        const collector = new RowCollector(new TraceNames());
        const plain: ReturnType<typeof rowsOf>[] = [];
        for (const portion of portions) {
          for (const [workflow, at] of portion) collector.add(workflow, at);
          const batch = collector.take();
          for (const row of rowsOf(batch)) {
            if (plain.at(-1)?.[0]?.workflow === row.workflow) plain.at(-1)!.push(row);
            else plain.push([row]);
          }
          await spool.add(batch);
        }
        plain.sort(([a], [b]) => (a!.submitted < b!.submitted ? -1 : a!.submitted > b!.submitted ? 1 : 0));
        const back: ReturnType<typeof rowsOf> = [];
        for await (const batch of spool.batches()) back.push(...rowsOf(batch));
        await spool.remove();
        expect(back).toEqual(plain.flat());
      },
    ),
    { numRuns: 150 },
  ));

async function written(flows: readonly TraceWorkflow[], origin?: number) {
  const path = join(home, "t.arrow");
  const writer = await UnsortedTraceWriter.open(path);
  for (const workflow of flows) await writer.write(workflow, workflow.submitted);
  await writer.close(METADATA, origin);
  const back: TraceWorkflow[] = [];
  for await (const workflow of readTrace(path)) back.push(workflow);
  return back;
}

test("times are counted from the origin, the recorded ones too", async () => {
  const start = Float64Array.of(12, Number.NaN);
  const [first, second] = await written(
    [
      flow([[], [0]], { submitted: 12.5, recordedStart: start }),
      flow([[]], { submitted: Number.NEGATIVE_INFINITY }),
    ],
    10,
  );
  expect([first!.submitted, second!.submitted]).toEqual([0, 2.5]);
  expect([...second!.recordedStart!]).toEqual([2, Number.NaN]);
});

test("100 000 workflows in reverse order come out in order, in batches that end with a workflow", async () => {
  const path = join(home, "reverse.arrow");
  const writer = await UnsortedTraceWriter.open(path);
  const one = flow([[]]);
  for (let w = 0; w < 100_000; w++) await writer.write(one, 100_000 - w);
  await writer.close(METADATA, 1);
  const { submitted, workflows } = loadTrace(await readFile(path));
  expect(workflows).toBe(100_000);
  expect(submitted.every((at, w) => at === w)).toBe(true);
});

test("a trace that comes in order is the same bytes as one written from memory", async () => {
  const flows = Array.from({ length: 30_000 }, (_, w) => flow([[], [0], [0, 1]], { submitted: w / 8 }));
  await written(flows);
  expect(Buffer.compare(await readFile(join(home, "t.arrow")), encodeTrace(flows, METADATA))).toBe(0);
});

test("after an abort there is no file, nor a temporary one", async () => {
  const folder = join(home, "aborted");
  const writer = await UnsortedTraceWriter.open(join(folder, "t.arrow"));
  for (let w = 0; w < 70_000; w++) await writer.write(flow([[]]), -w);
  await writer.abort();
  await writer.abort();
  expect(await readdir(folder)).toEqual([]);
});
