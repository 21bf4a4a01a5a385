import { assert } from "../kit/assert.js";
import type { DecisionView } from "../model/decision-view.js";
import type { Policy } from "../policy/policy.js";
import { requireRunningCost, type Simulation, type Snapshot } from "../sim/simulation.js";
import { type AttendingPolicy, playOn } from "./play.js";

export interface RolloutImprovementSettings {
  /** Seconds that a future is followed for: what a decision costs shows within it. `adviseHorizon` has one. */
  readonly horizon: number;
  /** Futures that each candidate is tried in at the most, up to 1024. */
  readonly futures: number;
  /** Futures after which candidates that are clearly worse are dropped. */
  readonly least: number;
  /**
   * Standard errors by which a candidate must beat another for the difference to count. Unless one beats the base
   * policy's own choice by so much, that choice stands.
   */
  readonly confidence: number;
}

export const rolloutDefaults: Omit<RolloutImprovementSettings, "horizon"> = {
  futures: 32,
  least: 8,
  confidence: 2,
};

/** What a decision's futures told, by candidate: for explanations, and for teaching. */
export interface Foresight {
  /** Mean cost of the futures beyond that of the base policy's choice, in the same futures; NaN where not tried. */
  readonly difference: readonly number[];
  readonly standardError: readonly number[];
  readonly futures: readonly number[];
  readonly chosen: number;
  readonly base: number;
}

export interface ImprovedPolicy extends AttendingPolicy {
  /** Of the last decision that had a choice. */
  readonly foresight: Foresight | null;
}

/** Seeds of futures begin here: no run has one of them. */
const FUTURES = 2 ** 50;
const MOST_FUTURES = 1024;

/**
 * One step of policy improvement by simulation (Tesauro and Galperin 1996, "On-line policy improvement using Monte-Carlo
 * search"; Bertsekas, Tsitsiklis and Wu 1997, "Rollout algorithms"): each candidate is tried in forks of the run, the
 * base policy decides from there on, and the cheapest is taken. All candidates see the same futures (common random
 * numbers), and are compared by paired differences; those that are clearly worse are not tried further.
 *
 * For offline use: it needs the simulation that it plays in, and takes futures x candidates runs of `horizon` a decision. In
 * a future the base policy begins anew: a round robin there forgets whose turn it was.
 *
 * Futures are drawn from what a policy can know (`Simulation.redraw`). Where that leaves something as it was drawn (pools that
 * share, hold or pack; arrivals with memory), all futures have it in common, and the rollout knows a little more than a policy
 * could: as a teacher that does no harm, since the pupil sees the features alone.
 */
export function rolloutImprovement(base: Policy, settings: RolloutImprovementSettings): ImprovedPolicy {
  const { horizon, futures, least, confidence } = settings;
  assert(horizon > 0, `futures are followed for a time, got ${horizon} s`);
  assert(
    least >= 2 && futures >= least && futures <= MOST_FUTURES,
    `${least} to ${futures} futures, of 2 to 1024`,
  );
  let sim: Simulation | null = null;
  let foresight: Foresight | null = null;

  return {
    name: `rollout(${base.name})`,
    kinds: base.kinds,
    get foresight() {
      return foresight;
    },
    reset(seed) {
      base.reset(seed);
      sim = null;
      foresight = null;
    },
    attend(simulation) {
      requireRunningCost(simulation.scenario);
      sim = simulation;
    },
    decide(view) {
      assert(sim !== null, "an improved policy is played by `play`, which lets it attend to the run");
      const usual = base.decide(view);
      const open = allowed(view);
      if (open.length === 1) return usual;
      const after = base.save?.();
      const race = new Race(view.count, usual);
      const until = sim.time + horizon;
      let racing = open;
      for (let k = 0; k < futures && racing.length > 1; k++) {
        const seed = FUTURES + sim.decisions * MOST_FUTURES + k;
        const fork = sim.fork({ seed });
        fork.redraw();
        const start = fork.snapshot();
        for (const candidate of racing) {
          race.note(candidate, k, costOf(fork, start, candidate, seed, until));
        }
        if (k + 1 >= least)
          racing = racing.filter((c) => c === usual || !race.isWorse(c, racing, confidence));
      }
      if (after !== undefined) base.load?.(after);
      foresight = race.outcome(open, confidence);
      return foresight.chosen;

      function costOf(
        fork: Simulation,
        start: Snapshot,
        candidate: number,
        seed: number,
        end: number,
      ): number {
        fork.restore(start);
        // Coins of its own in each future, the same for all candidates: else it would be the luck of one sequence of them.
        base.reset(seed);
        fork.act(candidate);
        playOn(fork, base, end);
        return fork.cost();
      }
    },
    ...(base.save === undefined ? {} : { save: () => base.save!() }),
    ...(base.load === undefined ? {} : { load: (state: unknown) => base.load!(state) }),
  };
}

function allowed(view: DecisionView): number[] {
  const open: number[] = [];
  for (let i = 0; i < view.count; i++) if (view.allowed(i)) open.push(i);
  return open;
}

/** Candidates against each other, in the same futures. */
class Race {
  private readonly costs: number[][];

  constructor(
    count: number,
    private readonly usual: number,
  ) {
    this.costs = Array.from({ length: count }, () => []);
  }

  /** The cost of future k, where a candidate is tried in all futures from the first until it is dropped. */
  note(candidate: number, k: number, cost: number): void {
    assert(this.costs[candidate]!.length === k, "futures are tried in order");
    this.costs[candidate]!.push(cost);
  }

  /** Whether one that is still racing is clearly better. */
  isWorse(candidate: number, racing: readonly number[], confidence: number): boolean {
    return racing.some((other) => {
      const { mean, error } = this.difference(candidate, other);
      return mean > confidence * error && mean > 0;
    });
  }

  outcome(open: readonly number[], confidence: number): Foresight {
    const { usual } = this;
    const told = this.costs.map((_, c) => (open.includes(c) ? this.difference(c, usual) : null));
    // Who was dropped lost to one that was tried longer: only they can win.
    const longest = Math.max(...open.map((c) => this.costs[c]!.length));
    let chosen = usual;
    for (const c of open) {
      const { mean, error } = told[c]!;
      if (c === usual || this.costs[c]!.length < longest || !(mean < -confidence * error)) continue;
      if (chosen === usual || mean < told[chosen]!.mean) chosen = c;
    }
    return {
      difference: told.map((each) => each?.mean ?? Number.NaN),
      standardError: told.map((each) => each?.error ?? Number.NaN),
      futures: this.costs.map((costs) => costs.length),
      chosen,
      base: usual,
    };
  }

  /** Mean and standard error of a's cost less b's, over the futures that both were tried in. */
  private difference(a: number, b: number): { readonly mean: number; readonly error: number } {
    const [left, right] = [this.costs[a]!, this.costs[b]!];
    const n = Math.min(left.length, right.length);
    let mean = 0;
    let squares = 0;
    for (let k = 0; k < n; k++) {
      const delta = left[k]! - right[k]! - mean;
      mean += delta / (k + 1);
      squares += delta * (left[k]! - right[k]! - mean);
    }
    return { mean, error: n < 2 ? Number.POSITIVE_INFINITY : Math.sqrt(squares / (n - 1) / n) };
  }
}
