import fc from "fast-check";
import type { TraceMetadata } from "../../src/workload/trace/metadata.js";
import type { TraceWorkflow } from "../../src/workload/trace/workflow.js";

export const METADATA: TraceMetadata = {
  source: "made up for a test",
  provenance: [{ step: "made", by: "hand" }],
  origin: "2024-01-01T00:00:00Z",
};

/** A workflow from parents and work; all else is plain. */
export function flow(
  parents: readonly (readonly number[])[],
  rest: Partial<Omit<TraceWorkflow, "count" | "firstParent" | "parent">> = {},
): TraceWorkflow {
  const count = parents.length;
  const firstParent = new Int32Array(count + 1);
  parents.forEach((list, t) => {
    firstParent[t + 1] = firstParent[t]! + list.length;
  });
  return {
    count,
    firstParent,
    parent: Int32Array.from(parents.flat()),
    submitted: 0,
    template: "t",
    deadline: Number.POSITIVE_INFINITY,
    type: Array.from({ length: count }, (_, t) => `type-${t % 3}`),
    work: Float64Array.from({ length: count }, (_, t) => t + 0.5),
    ...rest,
  };
}

const seconds = fc.oneof(
  fc.constant(Number.NaN),
  fc.constant(0),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
);
const names = fc.constantFrom("a", "b", "résumé", "__proto__", "x".repeat(300), "");

const blocks = fc
  .array(fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 31 - 1 })), { maxLength: 4 })
  .map((ids) => Int32Array.from(ids));

export const anyWorkflow: fc.Arbitrary<TraceWorkflow> = fc
  .integer({ min: 1, max: 12 })
  .chain((count) => {
    const column = (value: fc.Arbitrary<number>) =>
      fc.array(value, { minLength: count, maxLength: count }).map((list) => Float64Array.from(list));
    const labels = fc.array(fc.option(names), { minLength: count, maxLength: count });
    const whole = fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 32_767 }));
    return fc.tuple(
      fc.tuple(
        ...Array.from({ length: count }, (_, t) => fc.subarray(Array.from({ length: t }, (_, p) => p))),
      ),
      fc.record(
        {
          template: names,
          deadline: fc.oneof(
            fc.constant(Number.POSITIVE_INFINITY),
            fc.double({ min: 0, max: 1e6, noNaN: true }),
          ),
          type: fc.array(names, { minLength: count, maxLength: count }),
          work: column(seconds),
        },
        { noNullPrototype: true },
      ),
      fc.record(
        {
          cpu: column(seconds),
          memory: column(seconds),
          bytesIn: column(seconds),
          bytesOut: column(seconds),
          promptTokens: column(seconds),
          outputTokens: column(seconds),
          prefix: fc.array(fc.option(blocks), { minLength: count, maxLength: count }),
          priority: column(whole),
          recordedReady: column(seconds),
          recordedStart: column(seconds),
          recordedEnd: column(seconds),
          attempts: column(whole),
          recordedPool: labels,
          outcome: labels,
        },
        { requiredKeys: [], noNullPrototype: true },
      ),
    );
  })
  .map(([parents, core, more]) => flow(parents, { ...core, ...more }));

/** Sorted by submission. */
export const anyTrace: fc.Arbitrary<TraceWorkflow[]> = fc
  .tuple(
    fc.array(anyWorkflow, { maxLength: 6 }),
    fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 6, maxLength: 6 }),
  )
  .map(([flows, times]) => {
    const sorted = Float64Array.from(times).sort();
    return flows.map((workflow, i) => ({ ...workflow, submitted: sorted[i]! }));
  });
