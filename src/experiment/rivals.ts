import type { Yardstick } from "../learn/divergence-watch.js";
import { validated } from "../learn/train.js";
import type { DecisionKind } from "../model/scenario.js";
import { heuristic } from "../policy/catalogue.js";
import { heuristicRuns, heuristicsFor } from "./heuristic-runs.js";
import type { LoadedScenario, RunOptions } from "./matrix.js";
import { tuneHeuristics } from "./tune.js";

/**
 * What the heuristics of the catalogue cost on some seeds, best first: what a learner has to beat. Where there are decisions
 * of several kinds, the best of each kind together is one of them. Those whose cost is no number come last.
 * @param tuned at the best setting of their knobs on these seeds, in place of the usual one
 */
export async function measureRivals(
  loaded: LoadedScenario,
  seeds: readonly number[],
  { tuned, ...options }: RunOptions & { readonly tuned: boolean },
): Promise<Yardstick[]> {
  const { decide } = loaded.scenario;
  const specs = tuned
    ? (await tuneHeuristics(loaded, seeds, options)).map(({ spec }) => spec)
    : heuristicsFor(decide).map(({ name }) => name);
  const measure = async (all: readonly string[]): Promise<Yardstick[]> => {
    const runs = await heuristicRuns(loaded, all, seeds, options);
    return all.map((policy, p) => ({ policy, ...validated(runs[p]!) }));
  };
  const alone = ranked(await measure(specs));
  const together = bestTogether(alone, decide);
  if (together === null || specs.includes(together)) return alone;
  return ranked([...alone, ...(await measure([together]))]);
}

/**
 * For scenarios that ask for decisions of several kinds: the best heuristic for each kind, joined to one that makes them all.
 * @param ranked best first; null where some kind has none
 */
export function bestTogether(ranked: readonly Yardstick[], decide: readonly DecisionKind[]): string | null {
  const chosen: string[] = [];
  let open = [...decide];
  for (const { policy } of ranked) {
    const { kinds } = heuristic(policy);
    // One that makes a kind that is taken already cannot be joined.
    if (!kinds.some((kind) => open.includes(kind))) continue;
    if (kinds.some((kind) => decide.includes(kind) && !open.includes(kind))) continue;
    chosen.push(policy);
    open = open.filter((kind) => !kinds.includes(kind));
  }
  return open.length === 0 ? chosen.join("+") : null;
}

const ranked = (measured: readonly Yardstick[]): Yardstick[] =>
  [...measured].sort((a, b) => rank(a.cost) - rank(b.cost));

const rank = (cost: number): number => (Number.isNaN(cost) ? Number.MAX_VALUE : cost);
