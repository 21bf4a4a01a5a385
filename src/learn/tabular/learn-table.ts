import { SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionView } from "../../model/decision-view.js";
import type { Scenario } from "../../model/scenario.js";
import type { Policy } from "../../policy/policy.js";
import { Simulation } from "../../sim/simulation.js";
import { AfterState } from "./after-state.js";
import { type Action, SampledChain } from "./sampled-chain.js";
import { type ChainSolution, type SolveOptions, solveChain } from "./solve-chain.js";
import { StateIndex } from "./state-index.js";
import { type DecisionTable, tabularPolicy } from "./tabular-policy.js";
import { ViewKey } from "./view-key.js";

export interface TableOptions {
  readonly seed: number;
  /** Decisions in all. */
  readonly decisions: number;
  /** Rounds of sampling and solving; each samples as much as all before it. */
  readonly rounds: number;
  /** Share of decisions that try what was tried least. */
  readonly explore: number;
  /** A run begins anew where more workflows than this are in the system: exploring must not drown. */
  readonly mostInSystem: number;
  readonly solve: Partial<SolveOptions>;
  readonly onRound?: (round: TableRound) => void;
}

export interface TableRound {
  readonly decisions: number;
  readonly states: number;
  readonly afterStates: number;
  /** Mean cost a second under the best policy on the chain as sampled: lower than what it will cost, by some noise. */
  readonly costRate: number;
}

export const tableDefaults = {
  seed: 1,
  decisions: 4_000_000,
  rounds: 6,
  explore: 0.15,
  mostInSystem: 300,
  solve: {},
} as const satisfies Partial<TableOptions>;

/**
 * Learns a table of decisions for a scenario whose states are few: model-based reinforcement learning by certainty
 * equivalence. Runs are sampled, at first under a heuristic and then under what has been learned, with some decisions
 * taken at random; the decision process that they show is solved for its least average cost (policy iteration), and so
 * on. Where times are exponential the state is Markov and the result tends to the optimum; elsewhere it is the best of
 * an aggregation. Afterstates make one sample count for every decision that leads there.
 * @param start decides where nothing has been learned
 */
export function learnTable(
  scenario: Scenario,
  start: Policy,
  options: Partial<TableOptions> = {},
): { readonly table: DecisionTable; readonly policy: Policy; readonly rounds: readonly TableRound[] } {
  const { seed, decisions, rounds, explore, mostInSystem, solve, onRound } = { ...tableDefaults, ...options };
  const learner = new Learner(scenario, start, explore, mostInSystem, new SequentialStream(`table/${seed}`));
  const told: TableRound[] = [];
  let solution: ChainSolution | null = null;
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    const goal = Math.round(decisions / 2 ** (rounds - 1 - round));
    for (let run = 0; done < goal; run++)
      done += learner.sample(seed * 1_000_003 + round * 1009 + run, goal - done, solution);
    solution = solveChain(learner.chain, solve);
    const report = {
      decisions: done,
      states: learner.states.size,
      afterStates: learner.afters.size,
      costRate: solution.costRate,
    };
    told.push(report);
    onRound?.(report);
  }
  const table = learner.table(solution!);
  return { table, policy: tabularPolicy("table", table, start), rounds: told };
}

class Learner {
  readonly chain = new SampledChain();
  readonly states = new StateIndex();
  readonly afters = new StateIndex();
  private readonly key = new ViewKey();

  constructor(
    private readonly scenario: Scenario,
    private readonly start: Policy,
    private readonly explore: number,
    private readonly mostInSystem: number,
    private readonly draw: SequentialStream,
  ) {}

  /** One run of so many decisions at most. @returns how many it had */
  sample(seed: number, most: number, solution: ChainSolution | null): number {
    const { chain, states, afters, key, start } = this;
    const after = new AfterState();
    start.reset(seed);
    const sim = new Simulation(
      { ...this.scenario, horizon: Number.POSITIVE_INFINITY, warmup: 0 },
      { seed, recorder: after },
    );
    let point = sim.advance();
    if (point === null) return most;
    key.read(point);
    let state = states.numberOf(key.figures);
    for (let n = 1; ; n++) {
      chain.usual[state] ??= key.codes[start.decide(point)]!;
      const candidate = this.choose(point, state, solution);
      const action = chain.action(state, key.codes[candidate]!);
      const before = sim.cost();
      const decidedAt = sim.time;
      const task = point.task(candidate);
      const changing = task >= 0 && point.tasks.changeover(task, point.pool(candidate)) > 0;
      sim.act(candidate);
      after.read(changing);
      const reached = afters.numberOf(after.figures);
      const acted = sim.cost();
      chain.took(action, acted - before, reached);
      point = sim.advance();
      if (point === null) return n;
      key.read(point);
      state = states.numberOf(key.figures);
      chain.moved(reached, sim.time - decidedAt, sim.cost() - acted, state);
      if (n >= most || point.workflowsInSystem > this.mostInSystem) return n;
    }
  }

  /** The best known candidate, or now and then one that was tried least. */
  private choose(point: DecisionView, state: number, solution: ChainSolution | null): number {
    const { key, draw, chain, start } = this;
    if (draw.next() < this.explore) {
      let [least, chosen, ties] = [Number.POSITIVE_INFINITY, -1, 0];
      for (let i = 0; i < point.count; i++) {
        const code = key.codes[i]!;
        if (code === 0) continue;
        const { tried } = chain.action(state, code);
        if (tried < least) [least, chosen, ties] = [tried, i, 1];
        else if (tried === least && draw.integer(++ties) === 0) chosen = i;
      }
      return chosen;
    }
    const best: Action | null = solution?.policy[state] ?? null;
    const candidate = best === null ? -1 : key.candidate(best.code);
    return candidate >= 0 ? candidate : start.decide(point);
  }

  table({ policy }: ChainSolution): DecisionTable {
    const entries: { figures: readonly number[]; code: number }[] = [];
    let state = 0;
    for (const figures of this.states.entries()) {
      const action = policy[state++] ?? null;
      if (action !== null) entries.push({ figures, code: action.code });
    }
    return { kinds: this.start.kinds, known: this.key.known(), entries };
  }
}
