import { tuningGrid } from "../policy/catalogue.js";
import { heuristicsFor, meanObjectives } from "./heuristic-runs.js";
import type { LoadedScenario, RunOptions } from "./matrix.js";

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
  const specs = heuristicsFor(loaded.scenario.decide).flatMap((h) =>
    tuningGrid(h).map((spec) => ({ heuristic: h.name, spec })),
  );
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
