import { type ChainGraph, knownAfterOf } from "./chain-graph.js";

/** Of what events cost where they make things worse, from the least to the most. */
const DEAR = 0.95;

/**
 * What is paid for an event that leads to where nothing is known, if that is feared: by relative values, what events cost elsewhere
 * that make things worse, of the dearer ones. At a far edge of queues it is what the next job would cost; in a hole nearby, more.
 * @param after by state: the afterstate that a policy leads to
 * @param value of an afterstate
 */
export function edgeCharge(
  { afters, first, place }: ChainGraph,
  after: Int32Array,
  value: (after: number) => number,
): number {
  const rises = new Float64Array(place.length);
  let count = 0;
  for (let x = 0; x < afters; x++) {
    for (let e = first[x]!; e < first[x + 1]!; e++) {
      const y = knownAfterOf(place[e]!, after, first);
      if (y < 0) continue;
      const rise = value(y) - value(x);
      if (rise > 0) rises[count++] = rise;
    }
  }
  return count === 0 ? 0 : rises.subarray(0, count).sort()[Math.floor(DEAR * count)]!;
}
