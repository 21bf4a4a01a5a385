import { mean, standardError } from "../../src/experiment/statistics/index.js";
import type { TheoryCase } from "../../src/experiment/theory/case-file.js";
import { theoryModel } from "../../src/experiment/theory/families/index.js";
import type { Experiment } from "../../src/experiment/theory/model.js";
import { play } from "../../src/learn/play.js";
import { learnTable } from "../../src/learn/tabular/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import type { DecisionTable } from "../../src/policy/runtime/table/index.js";

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

/** A worker thread's whole program: one seed of one problem, learned and validated. */
export default function learnProblem({ one, rule: name, seed, decisions }: LearnJob): Learned {
  const experiments = experimentsOf(one);
  const base = experiments[0]!;
  const rule = experiments.find((each) => each.name === name)!;
  const { table, policy } = learnTable(base.scenario, made(rule), {
    seed,
    ...(decisions === undefined ? {} : { decisions }),
  });
  return { table, cost: validationCost(base, policy) };
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
