import type { DecisionKind } from "../model/scenario.js";
import { HEURISTICS, type Heuristic } from "../policy/catalogue.js";
import type { Outcome } from "../sim/outcome.js";
import { type LoadedScenario, type RunOptions, runMatrix } from "./matrix.js";
import { mean } from "./statistics/index.js";

/** The heuristics of the catalogue that make a decision of some of these kinds. */
export const heuristicsFor = (asked: readonly DecisionKind[]): Heuristic[] =>
  HEURISTICS.filter(({ kinds }) => kinds.some((kind) => asked.includes(kind)));

/** The outcomes of each spec over the seeds, all on the same random numbers. */
export async function heuristicRuns(
  loaded: LoadedScenario,
  specs: readonly string[],
  seeds: readonly number[],
  options: RunOptions = {},
): Promise<Outcome[][]> {
  const policies = specs.map((spec) => ({ kind: "heuristic", spec }) as const);
  const outcomes = await runMatrix({ scenarios: [loaded], policies, seeds }, options);
  return specs.map((_, p) => outcomes.slice(p * seeds.length, (p + 1) * seeds.length));
}

/** The mean objective of each spec over the seeds. */
export async function meanObjectives(
  loaded: LoadedScenario,
  specs: readonly string[],
  seeds: readonly number[],
  options: RunOptions = {},
): Promise<number[]> {
  const runs = await heuristicRuns(loaded, specs, seeds, options);
  return runs.map((outcomes) => mean(outcomes.map(({ objective }) => objective)));
}
