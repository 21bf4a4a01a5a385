import { mean, standardError } from "../../src/experiment/statistics/index.js";
import type { TheoryCase } from "../../src/experiment/theory/case-file.js";
import { theoryModel } from "../../src/experiment/theory/families/index.js";
import type { Experiment } from "../../src/experiment/theory/model.js";
import { play } from "../../src/learn/play.js";
import { learnTable } from "../../src/learn/tabular/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { type DecisionTable, tabularPolicy } from "../../src/policy/runtime/table/index.js";

export interface LearnJob {
  readonly one: TheoryCase;
  /** Name of the rule that learning begins from. */
  readonly rule: string;
  readonly seed: number;
  readonly decisions?: number | undefined;
}

export interface Learned {
  readonly table: DecisionTable;
  /** On validation. */
  readonly cost: number;
}

/** A policy of a problem, to be measured. */
export interface MeasureJob {
  readonly one: TheoryCase;
  readonly rule: string;
  /** What was learned from the rule; the rule itself where it is null. */
  readonly table: DecisionTable | null;
  readonly firstSeed: number;
}

/** Learns one seed of one problem, and validates it. */
export function learnProblem({ one, rule: name, seed, decisions }: LearnJob): Learned {
  const { base, rule } = problemOf(one, name);
  const { table, policy } = learnTable(base.scenario, made(rule), {
    seed,
    ...(decisions === undefined ? {} : { decisions }),
  });
  return { table, cost: validationCost(base, policy) };
}

/** Jobs of a first measurement; the standard error wanted, as a share of the cost; by how many times more jobs it is looked for, at the most. */
const MEASURE = { jobs: 4_000_000, precision: 0.003, margin: 1.2, times: 4 } as const;

/** Measures a policy until its cost is known tightly, as far as that goes. */
export function measureProblem({ one, rule: name, table, firstSeed }: MeasureJob): Found {
  const { base, rule } = problemOf(one, name);
  const policy = policyOf(rule, table);
  const first = costOf(base, policy, MEASURE.jobs, firstSeed);
  const wanting = (first.standardError / (MEASURE.precision * Math.abs(first.cost))) ** 2;
  if (wanting <= 1) return first;
  // Never less than the look that it took to know.
  const times = Math.min(MEASURE.margin * wanting, MEASURE.times);
  return costOf(base, policy, MEASURE.jobs * times, firstSeed + RUNS);
}

/** What was learned from a rule; the rule itself where the table is null. */
export const policyOf = (rule: Experiment, table: DecisionTable | null): Policy =>
  table === null ? made(rule) : tabularPolicy("table", table, made(rule));

function problemOf(one: TheoryCase, rule: string): { readonly base: Experiment; readonly rule: Experiment } {
  const experiments = experimentsOf(one);
  return { base: experiments[0]!, rule: experiments.find(({ name }) => name === rule)! };
}

/** The problem itself first, under each rule that nobody tuned to it. */
export const experimentsOf = (one: TheoryCase): readonly Experiment[] =>
  theoryModel({ ...one, extra: {} })!.experiments;

export const made = ({ policy }: Experiment): Policy =>
  typeof policy === "string" ? heuristic(policy) : policy();

/** On the same seeds for every policy: what is luck is luck for all. */
export const validationCost = (base: Experiment, policy: Policy): number =>
  costOf(base, policy, 400_000, 20_000).cost;

const RUNS = 20;

export interface Found {
  readonly cost: number;
  readonly standardError: number;
}

/** Cost a second in so many jobs, over all runs. */
export function costOf(base: Experiment, policy: Policy, jobs: number, firstSeed: number): Found {
  const values = Array.from({ length: RUNS }, (_, run) => {
    const measured = Math.max(jobs / RUNS / base.rate, base.memory);
    const warmup = 10 * base.memory;
    const {
      objective,
      workflows,
      measured: seconds,
    } = play({ ...base.scenario, warmup, horizon: warmup + measured }, policy, firstSeed + run);
    return (objective * workflows.submitted) / seconds;
  });
  return { cost: mean(values), standardError: standardError(values) };
}
