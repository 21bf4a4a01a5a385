import { moments } from "../kit/moments.js";
import type { Pool, TaskSpec } from "./scenario.js";

/**
 * What the pools that may run a task are like at their best. Tasks by the thousand share one list of pools by the
 * thousand, so each list is walked once.
 */
export class Places {
  private readonly failures: Known = new Map();
  private readonly speeds: Known = new Map();
  private readonly slowdowns: Known = new Map();

  constructor(private readonly pools: readonly Pool[]) {}

  /** Probability that an attempt fails where it fails least. */
  leastFailure({ pools, attemptFailure }: TaskSpec): number {
    const least = remembered(this.failures, pools, undefined, () =>
      pools.reduce((found, p) => Math.min(found, this.pools[p]!.attemptFailure), 1),
    );
    return 1 - (1 - attemptFailure) * (1 - least);
  }

  /** The largest product of speed and affinity. */
  fastest({ pools, speeds }: TaskSpec): number {
    return remembered(this.speeds, pools, speeds, () =>
      pools.reduce((found, p, i) => Math.max(found, this.pools[p]!.speed * (speeds?.[i] ?? 1)), 0),
    );
  }

  /** By how much an attempt takes longer than its work at speed 1, at the least: stragglers, over affinity. */
  leastSlowdown({ pools, speeds }: TaskSpec): number {
    return remembered(this.slowdowns, pools, speeds, () =>
      pools.reduce((found, p, i) => {
        const { stragglers } = this.pools[p]!;
        const slow =
          stragglers !== undefined && "share" in stragglers
            ? 1 + stragglers.share * (moments(stragglers.slowdown).mean - 1)
            : 1;
        return Math.min(found, slow / (speeds?.[i] ?? 1));
      }, Number.POSITIVE_INFINITY),
    );
  }
}

/** By list of pools, and list of affinities. */
type Known = Map<readonly number[], Map<readonly number[] | undefined, number>>;

function remembered(
  known: Known,
  pools: readonly number[],
  speeds: readonly number[] | undefined,
  find: () => number,
): number {
  let ofPools = known.get(pools);
  if (ofPools === undefined) {
    ofPools = new Map();
    known.set(pools, ofPools);
  }
  let found = ofPools.get(speeds);
  if (found === undefined) {
    found = find();
    ofPools.set(speeds, found);
  }
  return found;
}
