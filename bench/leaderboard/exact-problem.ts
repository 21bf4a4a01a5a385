import { heuristicRuns, heuristicsFor } from "../../src/experiment/heuristic-runs.js";
import { benchmarkSeeds } from "../../src/experiment/matrix.js";
import { meanInterval } from "../../src/experiment/statistics/index.js";
import { exploreChain } from "../../src/learn/dynamic-programming/explore-chain.js";
import { optimum } from "../../src/learn/dynamic-programming/index.js";
import { costRateOf } from "../../src/learn/tabular/solve-chain.js";
import type { Scenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";

/** A problem that is a Markov chain, with its exact optimum and what rules cost, a second. */
export interface ExactProblem {
  readonly scenario: string;
  readonly objective: string;
  readonly decide: readonly string[];
  readonly states: number;
  readonly optimal: number;
  /** Least cost first. */
  readonly standings: readonly ExactStanding[];
}

export interface ExactStanding {
  readonly policy: string;
  /** Null where the rule overloads the system. */
  readonly cost: number | null;
  readonly gapPercent: number | null;
  /** Half the 95 % interval of the gap, of rules that draw or remember and are therefore simulated; 0 where it is exact. */
  readonly halfWidthPercent: number;
}

const MOST_STATES = 40_000;
const OPTIMUM = { tolerance: 1e-4, mostStates: MOST_STATES } as const;
/** Costs of a rule on chains that are cut at one place and farther out agree so well, or it overloads the system. */
const AGREE = 1e-2;
const SWEEPS = { tolerance: 1e-8, mostSweeps: 4000, mostRounds: 1 } as const;

const SIMULATED_SEEDS = 40;

export async function exactProblem(scenario: Scenario): Promise<ExactProblem> {
  const { costRate: optimal, most, states } = optimum(scenario, OPTIMUM);
  const rules = heuristicsFor(scenario.decide).map(({ name }) => heuristic(name));
  const percent = (difference: number): number => (100 * difference) / Math.abs(optimal);
  const exact = rules.filter(({ save }) => save === undefined);
  const [near, far] = [most, Math.ceil(1.6 * most)].map((cut) => {
    const { graph, decided } = exploreChain(scenario, {
      most: cut,
      mostStates: 4 * MOST_STATES,
      policies: exact,
    });
    return decided.map((codes) => costRateOf(graph, codes, SWEEPS));
  });
  const standings = exact.map(({ name }, p): ExactStanding => {
    const settled = Math.abs(far![p]! - near![p]!) <= AGREE * Math.abs(far![p]!);
    const cost = settled ? far![p]! : null;
    return {
      policy: name,
      cost,
      gapPercent: cost === null ? null : percent(cost - optimal),
      halfWidthPercent: 0,
    };
  });
  // Where every rule has the optimum there is nothing to decide, and nothing to simulate.
  const alike = standings.every(({ gapPercent }) => gapPercent !== null && Math.abs(gapPercent) < 0.01);
  for (const { name } of alike ? [] : rules.filter(({ save }) => save !== undefined)) {
    const { mean, high } = await simulatedCost(scenario, name);
    standings.push({
      policy: name,
      cost: mean,
      gapPercent: percent(mean - optimal),
      halfWidthPercent: percent(high - mean),
    });
  }
  const worth = ({ cost }: ExactStanding): number => cost ?? Number.MAX_VALUE;
  return {
    scenario: scenario.name,
    objective: scenario.objective.expression,
    decide: scenario.decide,
    states,
    optimal,
    standings: standings.sort((a, b) => worth(a) - worth(b)),
  };
}

/** What a rule costs a second, by runs: the objective is of a workflow. */
async function simulatedCost(scenario: Scenario, spec: string) {
  const [outcomes] = await heuristicRuns({ scenario }, [spec], benchmarkSeeds(1, SIMULATED_SEEDS));
  return meanInterval(
    outcomes!.map(({ objective, workflows, measured }) => (objective * workflows.submitted) / measured),
  );
}
