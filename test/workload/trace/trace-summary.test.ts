import { describe, expect, test } from "vitest";
import { SummaryBuilder, type TraceWorkflow } from "../../../src/workload/trace/index.js";
import { flow } from "../made-up-workflows.js";

function summaryOf(...flows: readonly TraceWorkflow[]) {
  const builder = new SummaryBuilder();
  for (const each of flows) builder.add(each);
  return builder.summary("");
}
const U = Number.NaN;

describe("a summary", () => {
  test("counts arrivals, and says how evenly they come", () => {
    // Twelve at once and one much later: gaps of 0 (eleven) and 60 s.
    const { arrivals, span } = summaryOf(
      ...Array.from({ length: 12 }, () => flow([[]], { submitted: 100 })),
      flow([[]], { submitted: 160 }),
    );
    expect(span).toBe(60);
    expect(arrivals).toMatchObject({ rate: 12 / 60, interval: 1, peakRate: 12 });
    expect([arrivals.counts[0], arrivals.counts[1], arrivals.counts[59]]).toEqual([12, 0, 1]);
    // Mean gap 5, mean square 300: variance 275.
    expect(arrivals.gaps.cv).toBeCloseTo(Math.sqrt(275) / 5, 12);
    // Counts 12, 1 and 58 times 0: sum of squares 145, mean 13/60.
    expect(arrivals.dispersion).toBeCloseTo((145 - 13 ** 2 / 60) / 59 / (13 / 60), 12);
  });

  test("of workflows that all come at once has no rate", () =>
    expect(summaryOf(flow([[]]), flow([[]])).arrivals).toMatchObject({
      rate: null,
      counts: [2],
      peakRate: null,
    }));

  test("tells work by type, with unknown work apart", () => {
    const { types, totalWork, unknownWork } = summaryOf(
      flow([[], [], [], []], { type: ["a", "a", "b", "a"], work: Float64Array.of(1, 3, 10, U) }),
    );
    expect([totalWork, unknownWork]).toEqual([14, 1]);
    expect(
      types.map(({ name, tasks, totalWork, work }) => [name, tasks, totalWork, work.count, work.p50]),
    ).toEqual([
      ["b", 1, 10, 1, 10],
      ["a", 3, 4, 2, 2],
    ]);
    expect(types[1]!.work.cv).toBe(0.5);
  });

  test("tells failures by type of the tasks whose outcome is known and was theirs", () => {
    const { types, outcomes, retried } = summaryOf(
      flow([[], [], [], [], []], {
        type: ["a", "a", "a", "a", "b"],
        outcome: ["succeeded", "failed", "cancelled", null, "timed out"],
        attempts: Float64Array.of(1, 3, U, 2, 1),
      }),
    );
    expect(Object.fromEntries(types.map(({ name, failureRate }) => [name, failureRate]))).toEqual({
      a: 0.5,
      b: 1,
    });
    expect(outcomes.map(({ tasks }) => tasks)).toEqual([1, 1, 1, 1]);
    expect(retried).toBe(2);
  });

  test("sets work against the critical path, and waits where they are on record", () => {
    const { parallelism, criticalPath, recordedWait } = summaryOf(
      flow([[], [0], [0]], {
        work: Float64Array.of(1, 2, 3),
        recordedReady: Float64Array.of(0, 1, U),
        recordedStart: Float64Array.of(0.5, 3, 4),
      }),
    );
    expect([parallelism.max, criticalPath.max]).toEqual([1.5, 4]);
    expect([recordedWait.count, recordedWait.mean]).toEqual([2, 1.25]);
  });

  test.each<[string, readonly (readonly number[])[]]>([
    ["single task", [[]]],
    ["independent tasks", [[], []]],
    ["chain", [[], [0], [1]]],
    ["fork", [[], [0], [0]]],
    ["join", [[], [], [0, 1]]],
    ["fork-join", [[], [0], [0], [1, 2]]],
    ["tree", [[], [0], [0], [1]]],
    ["DAG", [[], [0], [0, 1]]],
    ["DAG", [[], [], [0], [1]]],
  ])("calls a workflow a %s by its graph", (kind, parents) =>
    expect(summaryOf(flow(parents)).shapes.map((shape) => shape.kind)).toEqual([kind]),
  );

  test("tells distinct shapes apart, the most frequent first", () => {
    const wide = flow([[], ...Array.from({ length: 50 }, () => [0])]);
    const { shapes, distinctShapes } = summaryOf(flow([[]]), wide, wide, flow([[], [0]]));
    expect(distinctShapes).toBe(3);
    expect(shapes[0]).toEqual({ kind: "fork", tasks: 51, workflows: 2, edges: 50, levels: 2, width: 50 });
  });

  test("keeps a bounded sample of workflows, evenly over the trace", () => {
    const { sample } = summaryOf(
      ...Array.from({ length: 9001 }, (_, i) => flow([[]], { template: `${i}`, submitted: i })),
    );
    expect(sample.length).toBeLessThanOrEqual(4000);
    const numbers = sample.map(({ template }) => Number(template));
    expect(new Set(numbers.slice(1).map((n, i) => n - numbers[i]!)).size).toBe(1);
    expect(numbers.at(-1)).toBeGreaterThan(8990);
  });
});
