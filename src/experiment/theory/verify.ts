import { moments } from "../../kit/moments.js";
import { arrivalRate } from "../../model/arrival-rate.js";
import type { Scenario } from "../../model/scenario.js";
import type { Outcome } from "../../sim/outcome.js";
import { runMatrix } from "../matrix.js";
import { mean, standardError } from "../statistics/index.js";
import type { TheoryCase } from "./case-file.js";
import { type TheoryModel, theoryModel } from "./families.js";

export interface VerifyOptions {
  readonly threads: number;
  /** Standard error asked for, as a share of the truth. */
  readonly precision: number;
  /** Jobs simulated for a case at the most, over all replications. */
  readonly mostJobs: number;
  readonly onCase?: (verdict: CaseVerdict) => void;
}

export const verifyDefaults = { precision: 0.005, mostJobs: 400_000_000 } as const;

export interface FigureVerdict {
  readonly figure: string;
  readonly truth: number;
  readonly estimate: number;
  readonly standardError: number;
  /** Standard errors between the two; of the difference, where the truth was itself simulated. */
  readonly distance: number;
  readonly verdict: "met" | "missed" | "too blunt";
}

export interface CaseVerdict {
  readonly id: string;
  readonly family: string;
  readonly figures: readonly FigureVerdict[];
  /** Expected figures that this build does not measure. */
  readonly notMeasured: readonly string[];
  /** Why the case was not run at all, where it was not. */
  readonly notRun?: string;
  readonly jobs: number;
}

const REPLICATIONS = 20;
const FIRST_JOBS = 400_000;
/** A right estimate is further than this from the truth 3 times in 1000. */
const MOST_DISTANCE = 3;
/** Quantiles come from a sketch, with this relative error of its own. */
const SKETCH_ERROR = 0.005;

/**
 * Holds the simulator to cases: each figure within three standard errors of its truth, at a standard error of at most
 * `precision` of it. Runs grow until they are that precise. Of hundreds of figures a few are off by chance: a miss of less
 * than 4.5 standard errors is tried once more with four times the jobs on other seeds, and that is then the verdict.
 */
export async function verify(cases: readonly TheoryCase[], options: VerifyOptions): Promise<CaseVerdict[]> {
  const verdicts: CaseVerdict[] = [];
  for (const one of cases) {
    const verdict = await verifyCase(one, options);
    verdicts.push(verdict);
    options.onCase?.(verdict);
  }
  return verdicts;
}

async function verifyCase(one: TheoryCase, options: VerifyOptions): Promise<CaseVerdict> {
  const { id, family } = one;
  let model: TheoryModel | undefined;
  try {
    model = theoryModel(one);
  } catch (error) {
    return {
      id,
      family,
      figures: [],
      notMeasured: Object.keys(one.expected),
      notRun: (error as Error).message,
      jobs: 0,
    };
  }
  if (model === undefined) {
    const notRun = `the family ${family} is not known to this build`;
    return { id, family, figures: [], notMeasured: Object.keys(one.expected), notRun, jobs: 0 };
  }
  const measured = Object.keys(one.expected).filter((figure) => figure in model.figures);
  const notMeasured = Object.keys(one.expected).filter((figure) => !(figure in model.figures));
  let jobs = Math.min(FIRST_JOBS, options.mostJobs);
  let firstSeed = 1;
  let again = true;
  for (;;) {
    const outcomes = await replicate(model, jobs, firstSeed, options.threads);
    const figures = measured.map((figure) =>
      judge(figure, one, model.figures[figure]!, outcomes, options.precision),
    );
    const blunt = Math.max(
      0,
      ...figures.map(({ standardError: error, truth }) => (truth === 0 ? 0 : error / Math.abs(truth))),
    );
    const narrow = figures.some(
      ({ verdict, distance }) => verdict === "missed" && distance < 1.5 * MOST_DISTANCE,
    );
    const precise = blunt <= options.precision;
    const full = jobs >= options.mostJobs;
    if (full || (precise && !(narrow && again))) return { id, family, figures, notMeasured, jobs };
    if (precise) again = false;
    const factor = precise ? 4 : Math.min(64, Math.max(2, 1.2 * (blunt / options.precision) ** 2));
    jobs = Math.min(options.mostJobs, Math.ceil(jobs * factor));
    firstSeed += REPLICATIONS;
  }
}

function replicate(model: TheoryModel, jobs: number, firstSeed: number, threads: number): Promise<Outcome[]> {
  const rate = model.scenario.workflows.reduce((sum, { arrivals }) => sum + arrivalRate(arrivals!), 0);
  // However many jobs come a second, a system forgets where it began only over many service times.
  const memory = MEMORY * longestWork(model.scenario);
  const measured = Math.max(jobs / REPLICATIONS / rate, memory);
  const warmup = Math.max(0.1 * measured, 2000 / rate, memory);
  const scenario: Scenario = { ...model.scenario, warmup, horizon: warmup + measured };
  return runMatrix(
    {
      scenarios: [{ scenario }],
      policies: [{ kind: "heuristic", spec: model.policy }],
      seeds: Array.from({ length: REPLICATIONS }, (_, k) => firstSeed + k),
    },
    { threads },
  );
}

/** Mean service times over which the past is forgotten, at loads that are met with. */
const MEMORY = 200;

function longestWork({ workflows, pools }: Scenario): number {
  const times = workflows.flatMap(({ tasks }) =>
    tasks.map((task) => moments(task.work).mean / Math.min(...task.pools.map((p) => pools[p]!.speed))),
  );
  return Math.max(...times);
}

function judge(
  figure: string,
  { expected, ci95 }: TheoryCase,
  read: (outcome: Outcome) => number,
  outcomes: readonly Outcome[],
  precision: number,
): FigureVerdict {
  const truth = expected[figure]!;
  const values = outcomes.map(read);
  const estimate = mean(values);
  const error = standardError(values);
  const ofTruth = (ci95[figure] ?? 0) / 1.96;
  const tolerance = /_p\d\d$/.test(figure) ? SKETCH_ERROR * Math.abs(truth) : 1e-6 * Math.abs(truth);
  const off = Math.max(0, Math.abs(estimate - truth) - tolerance);
  const distance = off === 0 ? 0 : off / Math.hypot(error, ofTruth);
  const blunt = truth !== 0 && error > precision * Math.abs(truth);
  return {
    figure,
    truth,
    estimate,
    standardError: error,
    distance,
    verdict: distance > MOST_DISTANCE ? "missed" : blunt ? "too blunt" : "met",
  };
}
