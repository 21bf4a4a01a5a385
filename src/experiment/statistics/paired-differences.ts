import { assert } from "../../kit/assert.js";

/** candidate[i] - baseline[i]; pairs share a seed. */
export function pairedDifferences(candidate: readonly number[], baseline: readonly number[]): number[] {
  assert(
    candidate.length === baseline.length,
    `pairs need two columns of one length, got ${candidate.length} and ${baseline.length}`,
  );
  return candidate.map((value, i) => value - baseline[i]!);
}
