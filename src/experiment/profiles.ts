import type { RunProfile } from "../sim/run-profile.js";
import { bucketStart, type Histogram } from "../sim/run-profile.js";
import type { BenchmarkResults } from "./results.js";

/** The profile of a policy in a scenario: means over its seeds, and the flow times of all of them together. */
export interface PolicyProfile extends RunProfile {
  readonly policy: string;
}

/** Profiles by policy, in the order of the results' policies; none where the runs had none. */
export function policyProfiles({ cells, policies }: BenchmarkResults, scenario: string): PolicyProfile[] {
  return policies.flatMap(({ name }) => {
    const runs = cells.flatMap((cell) =>
      cell.scenario === scenario && cell.policy === name && cell.profile !== undefined ? [cell.profile] : [],
    );
    return runs.length === 0 ? [] : [{ policy: name, ...meanProfile(runs) }];
  });
}

function meanProfile(runs: readonly RunProfile[]): RunProfile {
  const { parts, pools } = runs[0]!;
  const over = (read: (run: RunProfile) => readonly number[] | undefined): number[] =>
    Array.from(
      { length: parts },
      (_, part) => runs.reduce((sum, run) => sum + (read(run)?.[part] ?? Number.NaN), 0) / runs.length,
    );
  return {
    parts,
    waiting: over((run) => run.waiting),
    pools: pools.map(({ name }, p) => ({
      name,
      waiting: over((run) => run.pools[p]?.waiting),
      utilisation: over((run) => run.pools[p]?.utilisation),
    })),
    flowTimes: merged(runs.map((run) => run.flowTimes)),
  };
}

function merged(histograms: readonly Histogram[]): Histogram {
  const filled = histograms.filter(({ counts }) => counts.length > 0);
  const zeros = histograms.reduce((sum, histogram) => sum + histogram.zeros, 0);
  if (filled.length === 0) return { zeros, first: 0, counts: [] };
  const first = Math.min(...filled.map((histogram) => histogram.first));
  const end = Math.max(...filled.map((histogram) => histogram.first + histogram.counts.length));
  const counts = new Array<number>(end - first).fill(0);
  for (const histogram of filled) {
    histogram.counts.forEach((count, i) => {
      counts[histogram.first - first + i]! += count;
    });
  }
  return { zeros, first, counts };
}

/** How many there are in a histogram. */
export const countOf = ({ zeros, counts }: Histogram): number =>
  counts.reduce((sum, count) => sum + count, zeros);

/** The share of values that are larger, where it changes: from 1 down to 0, exact at each point. */
export function tailOf(histogram: Histogram): { readonly value: number; readonly share: number }[] {
  const { zeros, first, counts } = histogram;
  const total = countOf(histogram);
  let above = total - zeros;
  const points = [{ value: bucketStart(first), share: above / total }];
  counts.forEach((count, i) => {
    if (count === 0) return;
    // Before a gap the share stays: both ends of the gap are points.
    const start = bucketStart(first + i);
    if (points.at(-1)!.value < start) points.push({ value: start, share: above / total });
    above -= count;
    points.push({ value: bucketStart(first + i + 1), share: above / total });
  });
  return total === 0 ? [] : points;
}
