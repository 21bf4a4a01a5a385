import type { Scenario } from "../../model/scenario.js";
import type { Policy } from "../../policy/policy.js";
import type { DecisionTable } from "../../policy/runtime/table/index.js";
import type { ChainGraph } from "../tabular/chain-graph.js";
import { type ChainSolution, costRateOf, solveChain } from "../tabular/solve-chain.js";
import { tableOf } from "../tabular/table-of.js";
import { exploreChain } from "./explore-chain.js";
import { visitsOf } from "./visits.js";

export interface OptimumOptions {
  /**
   * Where the chain is cut is moved out until costs move by less than this share of themselves, or will move by far less, as what
   * they still moved by shrinks.
   */
  readonly tolerance: number;
  /** States beyond which it is given up. */
  readonly mostStates: number;
  /** Policies without memory, whose cost is to be known too. */
  readonly policies: readonly Policy[];
}

export interface Optimum {
  /** Least mean cost a second; to be compared with the objective times workflows submitted a second. */
  readonly costRate: number;
  /** A policy that has it, where no more workflows are in the system than `most`. */
  readonly table: DecisionTable;
  /** Mean cost a second of `OptimumOptions.policies`; it depends on where the chain is cut where one is unstable. */
  readonly costRates: readonly number[];
  /** Most workflows in the system of the chain that was solved, and its states. */
  readonly most: number;
  readonly states: number;
}

export const optimumDefaults = {
  tolerance: 1e-5,
  mostStates: 300_000,
  policies: [],
} as const satisfies OptimumOptions;

const EXACT = { tolerance: 1e-9, mostSweeps: 20_000, mostRounds: 100 } as const;
const FIRST_CUT = 16;
const GROWTH = 1.6;

/**
 * The least long-run average cost of a scenario all whose times are exponential, and how far from it policies are: its own
 * Markov chain, cut where too many are in the system, by policy iteration (`solveChain`).
 * @throws {InputError} NOT_MARKOV where the scenario is no such chain
 * @throws {FailureError} TOO_MANY_STATES
 */
export function optimum(scenario: Scenario, options: Partial<OptimumOptions> = {}): Optimum {
  const { tolerance, mostStates, policies } = { ...optimumDefaults, ...options };
  let before = 0;
  const costs: number[][] = [];
  for (let most = FIRST_CUT; ; most = Math.ceil(most * GROWTH)) {
    const { graph, views, known, decided } = exploreChain(scenario, { most, mostStates, policies });
    const { costRate, policy } = solve(graph);
    const costRates = decided.map((codes) => costRateOf(graph, codes, EXACT));
    const states = graph.states + graph.afters;
    costs.push([costRate, ...costRates]);
    if (states === before || isNear(costs, tolerance))
      return { costRate, table: tableOf(scenario.decide, known, views, policy), costRates, most, states };
    before = states;
  }
}

/** Weighings after which what is found is taken as it is. */
const MOST_WEIGHINGS = 8;

/**
 * The best policy by what is seen. Where states look the same, an action is good or bad in the mean over how often each is met, which
 * depends on the policy in turn: they are weighed anew by what the best policy so far does, until none is better.
 */
function solve(graph: ChainGraph): ChainSolution {
  let best = solveChain(graph, EXACT);
  if (new Set(graph.view).size === graph.states) return best;
  for (let weighing = 0; weighing < MOST_WEIGHINGS; weighing++) {
    const next = solveChain({ ...graph, weight: visitsOf(graph, best.policy) }, EXACT);
    if (!(next.costRate < best.costRate - EXACT.tolerance * Math.abs(best.costRate))) break;
    best = next;
  }
  return best;
}

/** What is expected of the next cut must be so much better than what was seen of this one. */
const SURE = 0.02;

/**
 * Whether costs, by cut and policy, no longer move. Time spent beyond a cut shrinks geometrically with it, as long as nothing
 * is unstable, and so does what a cut changes.
 */
function isNear(costs: readonly (readonly number[])[], tolerance: number): boolean {
  const now = costs.at(-1)!;
  /** By what share of itself a cost moved to a cut from the one before; NaN where there was none. */
  const moved = (cut: number, i: number): number =>
    Math.abs((costs.at(cut)?.[i] ?? Number.NaN) - (costs.at(cut - 1)?.[i] ?? Number.NaN)) / Math.abs(now[i]!);
  return now.every((_, i) => {
    const last = moved(-1, i);
    const shrunk = last / moved(-2, i);
    return last <= tolerance || (shrunk < 1 && last * shrunk ** GROWTH <= SURE * tolerance);
  });
}
