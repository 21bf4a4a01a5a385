import type { ReadWorkflow } from "../../../../src/workload/import/format.js";

/** When each task begins and ends if each begins as soon as its parents have ended; seconds since the submission. */
export function replayed({ count, firstParent, parent, work }: ReadWorkflow): {
  readonly begins: Float64Array;
  readonly ends: Float64Array;
} {
  const begins = new Float64Array(count);
  const ends = new Float64Array(count);
  for (let t = 0; t < count; t++) {
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++)
      begins[t] = Math.max(begins[t]!, ends[parent[e]!]!);
    ends[t] = begins[t]! + work[t]!;
  }
  return { begins, ends };
}

/** The end of the last task: the length of the critical path. */
export const replayedDuration = (flow: ReadWorkflow): number =>
  replayed(flow).ends.reduce((a, b) => Math.max(a, b), 0);
