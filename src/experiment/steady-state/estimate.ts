import { InputError } from "../../kit/errors.js";
import type { Scenario } from "../../model/scenario.js";
import { benchmarkSeeds, runMatrix } from "../matrix.js";
import { makePolicy, type PolicySource, policyName } from "../policy-source.js";
import {
  halfWidth,
  type Interval,
  mean,
  meanInterval,
  pairMeans,
  ratioSeries,
  relativePrecision,
  sizeForSkewness,
  steadyStateMean,
} from "../statistics/index.js";
import { accrues, type Figure, figureOf } from "./figure.js";
import { type FoundWarmUp, findWarmUp, turn } from "./find-warm-up.js";
import { requireSteady } from "./require-steady.js";
import { SlicedRun } from "./sliced-run.js";

export type SteadyStateMethod = "replications" | "batch-means";

export interface SteadyStatePlan {
  readonly scenario: Scenario;
  readonly policy: PolicySource;
  /** Estimate policy less this one, on common random numbers; the precision is then relative to this one's figure. */
  readonly versus?: PolicySource;
  readonly figure: Figure;
  readonly method: SteadyStateMethod;
  /** Half-width asked for, relative to the truth: 0.01 for 1 %. */
  readonly precision: number;
  /** Of the interval; 0.95 by default. */
  readonly level?: number;
  /** Replications in antithetic pairs. */
  readonly antithetic?: boolean;
  readonly firstSeed?: number;
  /** Runs at the most; for one long run, its length in lengths of such runs. */
  readonly mostRuns?: number;
}

export interface SteadyStateOptions {
  /** Worker threads of replications. Results do not depend on it. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Runs done so far, runs thought to be needed, and the relative half-width at the last look. */
  readonly onProgress?: (done: number, expected: number, relativeHalfWidth: number) => void;
}

export const steadyStateDefaults = { level: 0.95, firstSeed: 1, mostRuns: 1000, antithetic: false } as const;

/** A plan with its defaults. */
type Settled = SteadyStatePlan & Required<Pick<SteadyStatePlan, keyof typeof steadyStateDefaults>>;

export interface SteadyStateEstimate extends Interval {
  readonly scenario: string;
  readonly policy: string;
  readonly versus?: string;
  readonly figure: Figure;
  readonly method: SteadyStateMethod;
  readonly antithetic: boolean;
  readonly firstSeed: number;
  readonly mean: number;
  /** The longer arm of the interval. */
  readonly halfWidth: number;
  /** Over the mean, or with `versus` over the mean of that policy. */
  readonly relativeHalfWidth: number;
  readonly precision: number;
  /** False where `mostRuns` ran out first. */
  readonly reached: boolean;
  readonly warmUp: FoundWarmUp;
  /** Seconds measured of each run, after the warm-up. */
  readonly runSeconds: number;
  /** Runs used, each of the warm-up and `runSeconds`; one long run counts by its length. Pilots come on top. */
  readonly runs: number;
  /** Of one long run. */
  readonly batches?: {
    readonly count: number;
    readonly seconds: number;
    readonly autocorrelation: number;
    readonly skewness: number;
    /** False where even the longest batches depend on each other: the interval is then too narrow. */
    readonly independent: boolean;
  };
}

/** Observations before the first look at their spread. */
const LEAST_OBSERVATIONS = 20;
/** Slices of one long run, for each length of a replication. */
const SLICES = 256;

/**
 * The steady-state mean of a figure, to a relative precision that is asked for. Each replication, and each unit of one long run,
 * measures the scenario's horizon less its warm-up, or longer where pilot runs had to be, after a warm-up that they find.
 *
 * The same estimate for the same plan, whatever the number of threads.
 *
 * @throws {InputError} UNSTABLE, NOT_STATIONARY where there is no steady state; BAD_ARGUMENT
 * @throws {FailureError} UNSETTLED where pilot runs do not settle
 */
export async function estimateSteadyState(
  given: SteadyStatePlan,
  options: SteadyStateOptions = {},
): Promise<SteadyStateEstimate> {
  const plan: Settled = { ...steadyStateDefaults, ...given };
  check(plan);
  requireSteady(plan.scenario);
  const warmUps: FoundWarmUp[] = [];
  for (const source of [plan.policy, ...(plan.versus === undefined ? [] : [plan.versus])]) {
    warmUps.push(await findWarmUp(plan.scenario, source, plan.figure, options));
  }
  const warmUp = warmUps.reduce((longest, other) => (other.seconds > longest.seconds ? other : longest));
  return plan.method === "replications"
    ? byReplications(plan, warmUp, options)
    : byBatchMeans(plan, warmUp, options);
}

function check(plan: Settled): void {
  const { method, precision, level, antithetic, versus, mostRuns, firstSeed } = plan;
  const bad = (what: string, mend: string) => {
    throw new InputError("BAD_ARGUMENT", { what, mend });
  };
  if (!(precision > 0 && precision < 1)) bad(`${precision} is not a relative precision`, "e.g. 0.01, or 1%");
  if (!(level > 0 && level < 1)) bad(`${level} is not a level of confidence`, "e.g. 0.95");
  if (!(Number.isSafeInteger(mostRuns) && mostRuns >= 1 && mostRuns <= MOST_RUNS)) {
    bad(`${mostRuns} is no number of runs`, `a whole number from 1 to ${MOST_RUNS}`);
  }
  benchmarkSeeds(firstSeed, 1);
  if (method === "batch-means" && (antithetic || versus !== undefined)) {
    bad("one long run has neither antithetic pairs nor pairs of policies", "use the method replications");
  }
  if (method === "batch-means" && !accrues(plan.scenario, plan.figure)) {
    bad(
      `one long run has no batches of \`${plan.scenario.objective.expression}\`, which is no weighted sum of totals`,
      "use the method replications",
    );
  }
}

const MOST_RUNS = 100_000;

async function byReplications(
  plan: Settled,
  warmUp: FoundWarmUp,
  { threads = 1, signal, onProgress }: SteadyStateOptions,
): Promise<SteadyStateEstimate> {
  const { precision, versus, antithetic, level, firstSeed, mostRuns } = plan;
  const runSeconds = lengthOf(plan, warmUp);
  const scenario: Scenario = {
    ...plan.scenario,
    warmup: warmUp.seconds,
    horizon: warmUp.seconds + runSeconds,
  };
  const runsEach = (antithetic ? 2 : 1) * (versus === undefined ? 1 : 2);
  const most = Math.max(1, Math.floor(mostRuns / runsEach));
  const values: number[] = [];
  /** What the precision is relative to: the figure, or that of the policy compared with. */
  const scales: number[] = [];
  let target = Math.min(LEAST_OBSERVATIONS, most);
  let width = Number.POSITIVE_INFINITY;
  for (;;) {
    const seeds = benchmarkSeeds(firstSeed + values.length, target - values.length);
    const before = values.length * runsEach;
    const [figures, others] = await figuresOf(seeds, (done) =>
      onProgress?.(before + done, target * runsEach, width),
    );
    for (let i = 0; i < seeds.length; i++) {
      values.push(others === undefined ? figures![i]! : figures![i]! - others[i]!);
      scales.push((others ?? figures!)[i]!);
    }
    const interval = meanInterval(values, level);
    const half = halfWidth(interval, level);
    const look = relativePrecision(
      values.length,
      { mean: mean(scales), halfWidth: half },
      precision,
      sizeForSkewness(values),
    );
    width = look.relativeHalfWidth;
    if (look.reached || values.length >= most) {
      return {
        ...described(plan, warmUp),
        mean: interval.mean,
        low: interval.low,
        high: interval.high,
        halfWidth: half,
        relativeHalfWidth: width,
        reached: look.reached,
        runSeconds,
        runs: values.length * runsEach,
      };
    }
    target = Math.min(look.next, most);
  }

  /** Figures by policy and seed; of a pair of antithetic runs, their mean. */
  async function figuresOf(seeds: readonly number[], onRun: (done: number) => void): Promise<number[][]> {
    const policies = versus === undefined ? [plan.policy] : [plan.policy, versus];
    const perPass = policies.length * seeds.length;
    const passes: number[][] = [];
    for (const mirrored of antithetic ? [false, true] : [false]) {
      const outcomes = await runMatrix(
        { scenarios: [{ scenario }], policies, seeds, antithetic: mirrored },
        {
          threads,
          onCell: (done) => onRun(passes.length * perPass + done),
          ...(signal === undefined ? {} : { signal }),
        },
      );
      passes.push(outcomes.map((outcome) => figureOf(outcome, plan.figure)));
    }
    const figures = passes.length === 2 ? pairMeans(passes[0]!, passes[1]!) : passes[0]!;
    return policies.map((_, p) => figures.slice(p * seeds.length, (p + 1) * seeds.length));
  }
}

async function byBatchMeans(
  plan: Settled,
  warmUp: FoundWarmUp,
  { signal, onProgress }: SteadyStateOptions,
): Promise<SteadyStateEstimate> {
  const { precision, figure, level, firstSeed, mostRuns } = plan;
  const runSeconds = lengthOf(plan, warmUp);
  const slice = runSeconds / SLICES;
  // A little beyond the last slice, so that rounding does not cut it.
  const horizon = warmUp.seconds + (mostRuns + 1) * runSeconds;
  const run = new SlicedRun({ ...plan.scenario, horizon }, makePolicy(plan.policy), figure, {
    seed: firstSeed,
    slice,
    from: warmUp.seconds,
  });
  const most = mostRuns * SLICES;
  let target = SLICES;
  let width = Number.POSITIVE_INFINITY;
  for (;;) {
    while (run.slices < target) {
      run.advance();
      if (run.slices % 64 !== 0) continue;
      onProgress?.(run.slices / SLICES, target / SLICES, width);
      await turn(signal);
    }
    const { x, y } = run.ratio();
    if (y.every((count) => count === 0)) {
      throw new InputError("BAD_ARGUMENT", {
        what: `no workflow arrives in ${plan.scenario.name} within ${runSeconds} s`,
        where: "horizon",
        mend: "lengthen it",
      });
    }
    const estimate = steadyStateMean(ratioSeries(x, y), level);
    const look = relativePrecision(run.slices, estimate, precision);
    width = look.relativeHalfWidth;
    const reached = look.reached && estimate.independent;
    if (reached || run.slices >= most) {
      return {
        ...described(plan, warmUp),
        mean: estimate.mean,
        low: estimate.low,
        high: estimate.high,
        halfWidth: estimate.halfWidth,
        relativeHalfWidth: width,
        reached,
        runSeconds,
        runs: run.slices / SLICES,
        batches: {
          count: estimate.batches,
          seconds: estimate.batchSize * slice,
          autocorrelation: estimate.autocorrelation,
          skewness: estimate.skewness,
          independent: estimate.independent,
        },
      };
    }
    // Precise by an interval that is not to be believed: a longer run tells.
    target = Math.min(look.reached ? 2 * run.slices : look.next, most);
  }
}

/** Seconds to measure in a run: the scenario's own, or as long as pilots had to be to forget where they began. */
function lengthOf({ scenario }: Settled, { pilotSeconds }: FoundWarmUp): number {
  return pilotSeconds > scenario.horizon ? pilotSeconds : scenario.horizon - scenario.warmup;
}

function described(plan: Settled, warmUp: FoundWarmUp) {
  const { scenario, policy, versus, figure, method, precision, antithetic, level, firstSeed } = plan;
  return {
    scenario: scenario.name,
    policy: policyName(policy),
    ...(versus === undefined ? {} : { versus: policyName(versus) }),
    figure,
    method,
    antithetic,
    firstSeed,
    precision,
    level,
    warmUp,
  };
}
