import { type SequentialState, SequentialStream } from "../../kit/sequential-stream.js";
import type { DecisionView } from "../../model/decision-view.js";
import type { Scenario } from "../../model/scenario.js";
import type { Policy } from "../../policy/policy.js";
import { type DecisionTable, StateIndex, tabularPolicy, ViewKey } from "../../policy/runtime/table/index.js";
import { Simulation } from "../../sim/simulation.js";
import { AfterState } from "./after-state.js";
import { type ChainGraph, graphOf } from "./chain-graph.js";
import { Clocks } from "./clocks.js";
import { SampledChain, type SavedChain } from "./sampled-chain.js";
import { type SolveOptions, solveChain, type TablePolicy } from "./solve-chain.js";
import { tableOf } from "./table-of.js";
import { Watch } from "./watch.js";

export interface TableOptions {
  readonly seed: number;
  /** Decisions at the most. */
  readonly decisions: number;
  /** Decisions of the first round of sampling and solving; each further round samples as much as all before it. */
  readonly first: number;
  /** Learning ends when, twice in a row, what was known before a round is within this share of the best known after it. */
  readonly enough: number;
  /** It does not end before there were so many decisions for each afterstate met: until then little is known of most. */
  readonly each: number;
  /** How often a decision tries what was tried least; half as often, one is tried again and again for a while. */
  readonly explore: number;
  /** A run begins anew where more workflows than this are in the system: exploring must not drown. */
  readonly mostInSystem: number;
  readonly solve: Partial<SolveOptions>;
  /**
   * After each round, with all that `from` needs to go on bit for bit: called before the next round begins, or not at all. Answer
   * false to stop there.
   */
  readonly onRound?: (round: TableRound, save: () => TableState) => boolean | undefined;
  /** Where an earlier learner of the same scenario and options stopped. */
  readonly from?: TableState | undefined;
}

/** All of a learner's state between rounds, as plain JSON. */
export interface TableState {
  readonly format: "switchyard.table/2";
  readonly rounds: readonly (Omit<TableRound, "costRate" | "gained"> & {
    readonly costRate: number | null;
    readonly gained: number | null;
  })[];
  /** Rounds without gain in a row, up to the last. */
  readonly still: number;
  readonly draw: SequentialState;
  readonly tried: number;
  readonly triesLeft: number;
  readonly known: ReturnType<ViewKey["known"]>;
  /** Figures of views, states and afterstates by number. */
  readonly views: readonly (readonly number[])[];
  readonly states: readonly (readonly number[])[];
  readonly afters: readonly (readonly number[])[];
  readonly chain: SavedChain;
  /** What sampling goes on with. */
  readonly policy: TablePolicy;
  /** What the table says if nothing more is learned. */
  readonly earnest: TablePolicy;
}

export interface TableRound {
  readonly decisions: number;
  /** What a policy may see, told apart. */
  readonly views: number;
  readonly states: number;
  readonly afterStates: number;
  /** Mean cost a second under the best policy on the chain as sampled: lower than what it will cost, by some noise. NaN where nothing is known yet. */
  readonly costRate: number;
  /** By what share the policy of the round before costs more, on the same chain; NaN in the first. */
  readonly gained: number;
}

export const tableDefaults = {
  seed: 1,
  decisions: 4_000_000,
  first: 62_500,
  enough: 0.002,
  each: 30,
  explore: 0.1,
  mostInSystem: 300,
  solve: {},
} as const satisfies Partial<TableOptions>;

/** JSON has no NaN. */
const orNull = (figure: number): number | null => (Number.isNaN(figure) ? null : figure);

/** A try that goes on goes on for so many decisions at the most. */
const LONGEST_TRY = 100;

/**
 * Learns a table of decisions for a scenario whose states are few: model-based reinforcement learning by certainty
 * equivalence. Runs are sampled, at first under a heuristic and then under what has been learned, with some decisions
 * that try what was tried least; the decision process that they show is solved for its least average cost (policy
 * iteration), and so on. Where times are exponential the state is Markov and the result tends to the optimum; elsewhere it
 * is the best of an aggregation.
 *
 * Two things make samples go far. What follows a decision is learned by afterstate, so that one sample counts for every
 * decision that leads there; and how fast things happen is learned over all states at once (`Clocks`), so that of each state
 * only what follows what has to be seen.
 *
 * A round is the unit in which it can be stopped: what was sampled of one that did not come to its end is sampled again.
 * @param start decides where nothing has been learned
 */
export function learnTable(
  scenario: Scenario,
  start: Policy,
  options: Partial<TableOptions> = {},
): LearnedTable {
  const { seed, decisions, first, enough, each, explore, mostInSystem, solve, onRound, from } = {
    ...tableDefaults,
    ...options,
  };
  const draw = new SequentialStream(`table/${seed}`);
  const learner = new Learner(scenario, start, explore, mostInSystem, draw, from);
  const told: TableRound[] = (from?.rounds ?? []).map((round) => ({
    ...round,
    costRate: round.costRate ?? Number.NaN,
    gained: round.gained ?? Number.NaN,
  }));
  let policy: TablePolicy | null = from?.policy ?? null;
  let done = told.at(-1)?.decisions ?? 0;
  let still = from?.still ?? 0;
  let graph: ChainGraph | null = null;
  /** Of the last round; null where it has not been asked for. */
  let earnest: TablePolicy | null = from?.earnest ?? null;
  // Where a round told something new, the best that is known may be to go and see what is not: nothing to do in earnest.
  const inEarnest = (): TablePolicy => {
    earnest ??= still > 0 ? policy! : solveChain(graph!, { ...solve, edge: "charged" }).policy;
    return earnest;
  };
  const isOver = () => done >= decisions || still >= 2;
  for (let stopped = false; !isOver() && !stopped; ) {
    const round = told.length;
    const goal = Math.min(decisions, first * 2 ** round);
    for (let run = 0; done < goal; run++)
      done += learner.sample(seed * 1_000_003 + round * 1009 + run, goal - done, policy);
    graph = graphOf(learner.chain);
    const solved = solveChain(graph, { ...solve, before: policy ?? undefined });
    const gained = (solved.costRateBefore - solved.costRate) / Math.abs(solved.costRate);
    still = gained <= enough && done >= each * learner.afters.size ? still + 1 : 0;
    policy = solved.policy;
    earnest = null;
    const report = {
      decisions: done,
      views: learner.views.size,
      states: learner.states.size,
      afterStates: learner.afters.size,
      costRate: solved.costRate,
      gained,
    };
    told.push(report);
    const save = (): TableState => ({
      format: "switchyard.table/2",
      rounds: told.map(({ costRate, gained, ...round }) => ({
        ...round,
        costRate: orNull(costRate),
        gained: orNull(gained),
      })),
      still,
      ...learner.save(),
      policy: solved.policy,
      earnest: inEarnest(),
    });
    stopped = onRound?.(report, save) === false;
  }
  const table = learner.table(inEarnest());
  return { table, policy: tabularPolicy("table", table, start), rounds: told, finished: isOver() };
}

/** The table that a learner had come to. @param kinds of decision, as its `start` makes them */
export const tableOfState = (
  kinds: DecisionTable["kinds"],
  { known, views, earnest }: TableState,
): DecisionTable => tableOf(kinds, known, views, earnest);

export interface LearnedTable {
  readonly table: DecisionTable;
  readonly policy: Policy;
  readonly rounds: readonly TableRound[];
  /** Whether it learned all that it was to, or was stopped before. */
  readonly finished: boolean;
}

class Learner {
  readonly chain: SampledChain;
  readonly views: StateIndex;
  readonly states: StateIndex;
  readonly afters: StateIndex;
  private readonly key: ViewKey;
  /** What is tried again and again, and for how many decisions more. */
  private tried: number;
  private triesLeft: number;

  constructor(
    private readonly scenario: Scenario,
    private readonly start: Policy,
    private readonly explore: number,
    private readonly mostInSystem: number,
    private readonly draw: SequentialStream,
    from?: TableState,
  ) {
    this.chain = from === undefined ? new SampledChain() : SampledChain.from(from.chain);
    this.views = new StateIndex(from?.views);
    this.states = new StateIndex(from?.states);
    this.afters = new StateIndex(from?.afters);
    this.key = new ViewKey(from?.known);
    this.tried = from?.tried ?? 0;
    this.triesLeft = from?.triesLeft ?? 0;
    if (from !== undefined) draw.restore(from.draw);
  }

  /** Between runs. */
  save() {
    const { draw, tried, triesLeft, key, views, states, afters, chain } = this;
    return {
      draw: draw.state(),
      tried,
      triesLeft,
      known: key.known(),
      views: [...views.entries()],
      states: [...states.entries()],
      afters: [...afters.entries()],
      chain: chain.save(),
    };
  }

  /** One run of so many decisions at most. @returns how many it had */
  sample(seed: number, most: number, policy: TablePolicy | null): number {
    const { chain, afters, key, start } = this;
    const watch = new Watch();
    start.reset(seed);
    const sim = new Simulation(
      { ...this.scenario, horizon: Number.POSITIVE_INFINITY, warmup: 0 },
      { seed, recorder: watch },
    );
    const after = new AfterState(watch.engine, watch.sources);
    const clocks = new Clocks(this.scenario, watch.engine);
    watch.follow(sim, clocks);
    let point = sim.advance();
    if (point === null) return most;
    let state = this.stateOf(point, after);
    for (let n = 1; ; n++) {
      const candidate = this.choose(point, state, policy);
      const action = chain.action(state, key.codes[candidate]!);
      const before = sim.cost();
      sim.act(candidate);
      const acted = sim.cost();
      point = sim.advanceBy(0);
      if (point !== null) {
        state = this.stateOf(point, after);
        chain.took(action, acted - before, state);
      } else {
        const reached = afters.numberOf(after.read());
        chain.met(reached, () => clocks.running());
        chain.took(action, acted - before, ~reached);
        point = this.untilAsked(sim, watch, after, clocks, reached);
        if (point === null) return n;
        state = this.stateOf(point, after);
      }
      if (n >= most || point.workflowsInSystem > this.mostInSystem) return n;
    }
  }

  /** Runs on from an afterstate, event by event, until a decision is due; null where none is to come. */
  private untilAsked(
    sim: Simulation,
    watch: Watch,
    after: AfterState,
    clocks: Clocks,
    from: number,
  ): DecisionView | null {
    const { chain, afters } = this;
    let now = from;
    for (;;) {
      const { time, events } = sim;
      const before = sim.cost();
      const point = sim.advanceBy(1);
      if (sim.events === events) return null;
      chain.lasted(now, sim.time - time, watch.costBefore - before);
      const paid = sim.cost() - watch.costBefore;
      if (point !== null) {
        chain.rang(now, watch.clock, paid, this.stateOf(point, after));
        return point;
      }
      const reached = afters.numberOf(after.read());
      // What changes nothing was no event but a stale one.
      if (reached === now && !watch.isArrival) continue;
      chain.met(reached, () => clocks.running());
      chain.rang(now, watch.clock, paid, ~reached);
      now = reached;
    }
  }

  /** The number of the state in which a decision is due; `key` is then its view's. */
  private stateOf(point: DecisionView, after: AfterState): number {
    const { chain, key, start, views, states } = this;
    key.read(point);
    const view = views.numberOf(key.figures);
    const state = states.numberOf([view & 0xffff, view >> 16, ...after.read()]);
    chain.visited(state, view);
    chain.usual[view] ??= key.codes[start.decide(point)]!;
    return state;
  }

  /**
   * The best known candidate, or a try: now and then of what was tried least, and now and then of the same thing again and
   * again, for n decisions or more with probability 1 / n (Dabney, Ostrovski and Barreto 2021). Single tries seldom come to
   * where the best policy may lead, if the first one does not lead there.
   */
  private choose(point: DecisionView, state: number, policy: TablePolicy | null): number {
    const { key, draw, chain, start, explore } = this;
    if (this.triesLeft > 0) {
      this.triesLeft--;
      const again = key.candidate(this.tried);
      if (again >= 0) return again;
    } else {
      const u = draw.next();
      if (u < explore) return this.leastTried(point, state);
      if (u < 1.5 * explore) {
        const candidate = this.anyCandidate(point);
        this.tried = key.codes[candidate]!;
        this.triesLeft = Math.min(LONGEST_TRY, Math.floor(1 / draw.next())) - 1;
        return candidate;
      }
    }
    const best = policy?.[chain.view[state]!] ?? null;
    const candidate = best === null ? -1 : key.candidate(best);
    return candidate >= 0 ? candidate : start.decide(point);
  }

  private leastTried(point: DecisionView, state: number): number {
    const { key, draw, chain } = this;
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

  private anyCandidate(point: DecisionView): number {
    let chosen = -1;
    let allowed = 0;
    for (let i = 0; i < point.count; i++)
      if (this.key.codes[i] !== 0 && this.draw.integer(++allowed) === 0) chosen = i;
    return chosen;
  }

  table(policy: TablePolicy): DecisionTable {
    return tableOf(this.start.kinds, this.key.known(), [...this.views.entries()], policy);
  }
}
