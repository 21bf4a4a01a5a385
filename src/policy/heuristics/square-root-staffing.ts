import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { nearestSize, wholeServers } from "./scaling-rule.js";

/** What is remembered of a pool. */
interface Watch {
  /** Time and `arrivedWork` at the last decision. */
  readonly time: number;
  readonly work: number;
  /** Work that comes in a second, seconds at speed 1. */
  readonly rate: number;
}

/**
 * Square-root staffing (Halfin and Whitt 1981): a + beta * sqrt(a) servers, rounded up, for an offered load of a. The load
 * is an average of the work that has come in lately, weights falling by 1/e in `memory` typical tasks. A task that waits
 * keeps at least one server.
 */
export function squareRootStaffing({
  beta = 1,
  memory = 100,
}: {
  beta?: number;
  memory?: number;
} = {}): Policy {
  const watches = new Map<number, Watch>();
  return {
    name: label("square-root-staffing", { beta, memory }),
    kinds: ["scale"],
    reset: () => watches.clear(),
    decide(view) {
      const pool = view.pool(0);
      const watch = updated(watches.get(pool), view, pool, memory * view.timeScale);
      watches.set(pool, watch);
      const load = watch.rate / view.pools.speed(pool);
      const least = view.pools.waiting(pool) > 0 ? 1 : 0;
      return nearestSize(view, Math.max(least, wholeServers(load + beta * Math.sqrt(load))));
    },
    save: () => [...watches],
    load: (state) => {
      watches.clear();
      for (const [pool, watch] of state as [number, Watch][]) watches.set(pool, watch);
    },
  };
}

/** The first look takes the mean since the run began; from then on, what is new counts by the time in which it came. */
function updated(
  before: Watch | undefined,
  { time, pools }: DecisionView,
  pool: number,
  memory: number,
): Watch {
  const work = pools.arrivedWork(pool);
  if (before === undefined) return { time, work, rate: time > 0 ? work / time : 0 };
  const span = time - before.time;
  if (!(span > 0)) return before;
  const kept = Math.exp(-span / memory);
  const lately = Math.max(0, work - before.work) / span;
  return { time, work, rate: kept * before.rate + (1 - kept) * lately };
}
