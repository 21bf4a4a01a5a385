import type { DecisionKind } from "../model/scenario.js";
import { HEURISTICS, tuningGrid } from "../policy/catalogue.js";
import { type LoadedScenario, type RunOptions, runMatrix } from "./matrix.js";
import { mean } from "./statistics/index.js";

/** A heuristic at the setting of its knobs that did best. */
export interface Tuned {
  readonly heuristic: string;
  /** As a user would write it: `sed(price=0,failure=4)`. */
  readonly spec: string;
  /** Mean objective over the tuning seeds. */
  readonly objective: number;
  /** Settings that were tried. */
  readonly tried: number;
}

/**
 * Every heuristic that decides something in the scenario, at the best setting on the grid of its knobs. Tuned on seeds
 * of their own, so that a benchmark's seeds are as fresh to the heuristics as to the learned policy.
 */
export async function tuneHeuristics(
  loaded: LoadedScenario,
  seeds: readonly number[],
  options: RunOptions = {},
): Promise<Tuned[]> {
  const relevant = HEURISTICS.filter((h) => decides(h.kinds, loaded.scenario.decide));
  const specs = relevant.flatMap((h) => tuningGrid(h).map((spec) => ({ heuristic: h.name, spec })));
  const objectives = await meanObjectives(
    loaded,
    specs.map(({ spec }) => spec),
    seeds,
    options,
  );
  const best = new Map<string, Tuned>();
  specs.forEach(({ heuristic, spec }, p) => {
    const objective = objectives[p]!;
    const before = best.get(heuristic);
    const tried = (before?.tried ?? 0) + 1;
    best.set(
      heuristic,
      before === undefined || objective < before.objective
        ? { heuristic, spec, objective, tried }
        : { ...before, tried },
    );
  });
  return [...best.values()];
}

/** The mean objective of each spec over the seeds, all on the same random numbers. */
export async function meanObjectives(
  loaded: LoadedScenario,
  specs: readonly string[],
  seeds: readonly number[],
  options: RunOptions = {},
): Promise<number[]> {
  const policies = specs.map((spec) => ({ kind: "heuristic", spec }) as const);
  const outcomes = await runMatrix({ scenarios: [loaded], policies, seeds }, options);
  return specs.map((_, p) =>
    mean(outcomes.slice(p * seeds.length, (p + 1) * seeds.length).map((run) => run.objective)),
  );
}

function decides(kinds: readonly DecisionKind[], asked: readonly DecisionKind[]): boolean {
  return kinds.some((kind) => asked.includes(kind));
}
