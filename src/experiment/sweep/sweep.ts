import { InputError } from "../../kit/errors.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { asynchronousHalving, ETA, topRung } from "./asynchronous-halving.js";
import { type Dimension, gridOf, type Settings, valueAt } from "./domain.js";
import { treeParzen } from "./tree-parzen.js";
import { type Job, type Trial, worstAsLarge } from "./trial.js";

export type { Job, Trial } from "./trial.js";

export const METHODS = ["random", "grid", "tpe", "halving", "asha"] as const;
export type Method = (typeof METHODS)[number];

export interface SweepPlan {
  readonly dimensions: readonly Dimension[];
  readonly method: Method;
  /** Settings that are tried; for a grid the most that it may have. */
  readonly trials: number;
  readonly seed: number;
}

/** Values of a range in a grid. */
const GRID_POINTS = 5;
/** Trials that `tpe` proposes at once. A number of its own, so that results do not depend on that of the threads. */
const BATCH = 8;

/**
 * Tries settings out, by a grid, at random, where earlier ones were good (`tpe`), or many with little effort and the best third
 * with three times of it, and so on (`halving`: successive halving, Jamieson and Talwalkar 2016), or that without waiting for a rung
 * to be done (`asha`). What is tried follows from the plan and the costs alone.
 * @param measure costs of some jobs in their order; they may be measured in any order and at once. By `asha` it is called again before
 * it has answered
 * @returns all trials, in the order in which they were proposed
 */
export async function sweep(
  plan: SweepPlan,
  measure: (jobs: readonly Job[]) => Promise<readonly number[]>,
): Promise<Trial[]> {
  const { method, trials } = plan;
  const all = async (settings: readonly Settings[], from = 0): Promise<Trial[]> => {
    const jobs = settings.map((each, i): Job => ({ trial: from + i, settings: each, share: 1 }));
    const costs = await measure(jobs);
    return jobs.map((job, i) => ({ ...job, cost: costs[i]! }));
  };
  switch (method) {
    case "grid":
      return all(grid(plan));
    case "random":
      return all(Array.from({ length: trials }, (_, trial) => atRandom(plan, trial)));
    case "tpe": {
      const done: Trial[] = [];
      while (done.length < trials) {
        const size = Math.min(BATCH, trials - done.length);
        const next = Array.from({ length: size }, (_, i) => {
          const trial = done.length + i;
          if (done.length < BATCH) return atRandom(plan, trial);
          return treeParzen(plan.dimensions, done.map(worstAsLarge), streamOf(plan, trial, "tpe"));
        });
        done.push(...(await all(next, done.length)));
      }
      return done;
    }
    case "halving":
      return halving(plan, measure);
    case "asha": {
      const settings = Array.from({ length: trials }, (_, trial) => atRandom(plan, trial));
      return asynchronousHalving(settings, async (job) => (await measure([job]))[0]!);
    }
  }
}

/** Those that were measured with the whole effort, and have a cost: the ones to compare by it. */
export const completed = (trials: readonly Trial[]): Trial[] =>
  trials.filter(({ share, cost }) => share === 1 && Number.isFinite(cost));

/** Best first; a trial that was cut short comes after all that went farther. */
export function rankedTrials(trials: readonly Trial[]): Trial[] {
  return [...trials].sort(
    (a, b) => b.share - a.share || worstAsLarge(a).cost - worstAsLarge(b).cost || a.trial - b.trial,
  );
}

async function halving(
  plan: SweepPlan,
  measure: (jobs: readonly Job[]) => Promise<readonly number[]>,
): Promise<Trial[]> {
  const rungs = topRung(plan.trials);
  const trials: Trial[] = Array.from({ length: plan.trials }, (_, trial) => ({
    trial,
    settings: atRandom(plan, trial),
    share: 0,
    cost: Number.NaN,
  }));
  let racing: readonly Trial[] = trials;
  for (let rung = 0; rung <= rungs; rung++) {
    const share = ETA ** (rung - rungs);
    const jobs = racing.map(({ trial, settings }): Job => ({ trial, settings, share }));
    const costs = await measure(jobs);
    const measured = jobs.map((job, i): Trial => ({ ...job, cost: costs[i]! }));
    for (const each of measured) trials[each.trial] = each;
    racing = rankedTrials(measured).slice(0, Math.max(1, Math.floor(measured.length / ETA)));
  }
  return trials;
}

function grid({ dimensions, trials }: SweepPlan): Settings[] {
  const values = dimensions.map(({ domain }) => gridOf(domain, GRID_POINTS));
  const size = values.reduce((product, { length }) => product * length, 1);
  if (size > trials) {
    throw new InputError("GRID_TOO_LARGE", {
      what: `the grid has ${size} points, and ${trials} trials are allowed`,
      where: "--method grid",
      mend: `allow --trials ${size}, give fewer values, or use --method random or tpe`,
    });
  }
  return values.reduce<Settings[]>(
    (points, list, d) =>
      points.flatMap((point) => list.map((value) => ({ ...point, [dimensions[d]!.path]: value }))),
    [{}],
  );
}

/** Each value has a stream of its own: a dimension more changes nothing in the others. */
function atRandom(plan: SweepPlan, trial: number): Settings {
  return Object.fromEntries(
    plan.dimensions.map(({ path, domain }) => [path, valueAt(domain, streamOf(plan, trial, path).next())]),
  );
}

const streamOf = ({ seed }: SweepPlan, trial: number, purpose: string): SequentialStream =>
  new SequentialStream(`sweep/${seed}/${trial}/${purpose}`);
