import { afterOf, type ChainGraph } from "../tabular/chain-graph.js";
import { aftersUnder, type TablePolicy } from "../tabular/solve-chain.js";

/** Steps of the power method, and how little its mass may still move by. */
const MOST_STEPS = 4000;
const STILL = 1e-10;

/** What states that are never met count for: their actions are to be good ones all the same. */
const NEVER = 1e-12;

/**
 * How often each state of a chain is met under a policy, as a share of all events: the stationary law of the chain at its events, by
 * the power method, half of each step staying where it is, so that no period keeps it from settling. What leads beyond the chain
 * begins anew at its reference.
 */
export function visitsOf(graph: ChainGraph, policy: TablePolicy): number[] {
  const { afters, states, first, place, probability, reference } = graph;
  const after = aftersUnder(graph, policy);
  let mass = new Float64Array(afters).fill(1 / afters);
  let next = new Float64Array(afters);
  for (let step = 0; step < MOST_STEPS; step++) {
    next.fill(0);
    for (let x = 0; x < afters; x++) {
      const half = mass[x]! / 2;
      next[x]! += half;
      if (first[x] === first[x + 1]) next[reference]! += half;
      for (let e = first[x]!; e < first[x + 1]!; e++) {
        const y = afterOf(place[e]!, after);
        next[y < 0 ? reference : y]! += half * probability[e]!;
      }
    }
    const moved = next.reduce((sum, share, x) => sum + Math.abs(share - mass[x]!), 0);
    [mass, next] = [next, mass];
    if (moved <= STILL) break;
  }
  const visits = new Array<number>(states).fill(NEVER);
  for (let x = 0; x < afters; x++) {
    for (let e = first[x]!; e < first[x + 1]!; e++)
      if (place[e]! >= 0) visits[place[e]!]! += mass[x]! * probability[e]!;
  }
  return visits;
}
