import { FailureError, InputError } from "../../kit/errors.js";
import type { DecisionView } from "../../model/decision-view.js";
import type { Scenario } from "../../model/scenario.js";
import type { Policy } from "../../policy/policy.js";
import { StateIndex, ViewKey } from "../../policy/runtime/table/index.js";
import { ARRIVAL } from "../../sim/event-kinds.js";
import { Simulation, type Snapshot } from "../../sim/simulation.js";
import { AfterState } from "../tabular/after-state.js";
import type { ChainGraph, Move } from "../tabular/chain-graph.js";
import { Clocks } from "../tabular/clocks.js";
import { Watch } from "../tabular/watch.js";
import { ClockRates } from "./clock-rates.js";
import { notExponential } from "./exponential.js";

export interface ExploreOptions {
  /** Arrivals that would bring more workflows into the system than this are taken not to come. */
  readonly most: number;
  /** States and afterstates, beyond which the search is given up. */
  readonly mostStates: number;
  /** What these decide in each state is noted; a search for the best begins from the first. They must not remember anything. */
  readonly policies?: readonly Policy[];
}

export interface ExploredChain {
  readonly graph: ChainGraph;
  /** What is seen in each view, and the candidates as keys number them. */
  readonly views: readonly (readonly number[])[];
  readonly known: ReturnType<ViewKey["known"]>;
  /** By policy and state: the code of what it decides. */
  readonly decided: readonly (readonly number[])[];
}

/**
 * The Markov decision process of a scenario all whose times are exponential, cut where too many are in the system. It is found
 * by trying everything in the simulator itself: in each afterstate every clock is made to ring, and in each state every
 * candidate is taken. So it is the chain of what is simulated, with nothing told twice.
 * @throws {InputError} NOT_MARKOV where times are other than exponential, or their states cannot be counted
 * @throws {FailureError} TOO_MANY_STATES
 */
export function exploreChain(scenario: Scenario, options: ExploreOptions): ExploredChain {
  const reason = notExponential(scenario);
  if (reason !== null) {
    throw new InputError("NOT_MARKOV", {
      what: `the scenario is no Markov chain that could be solved: ${reason}`,
      where: `scenario ${scenario.name}`,
      mend: "learn from runs instead, or make all times exponential",
    });
  }
  return new Explorer(scenario, options).explore();
}

class Explorer {
  private readonly key = new ViewKey();
  private readonly views = new StateIndex();
  private readonly states = new StateIndex();
  private readonly afters = new StateIndex();
  private readonly watch = new Watch();
  private readonly sim: Simulation;
  private readonly after: AfterState;
  private readonly clocks: Clocks;
  private readonly rates: ClockRates;
  /** Afterstates met, of which it is not yet known what follows. */
  private readonly open: { readonly after: number; readonly at: Snapshot }[] = [];
  private readonly moves: Move[][] = [];
  private readonly view: number[] = [];
  private readonly decided: number[][];
  private readonly cost: number[] = [];
  private readonly seconds: number[] = [];
  private readonly rows: { readonly place: number; readonly probability: number }[][] = [];

  constructor(
    private readonly scenario: Scenario,
    private readonly options: ExploreOptions,
  ) {
    this.sim = new Simulation(
      { ...scenario, horizon: Number.POSITIVE_INFINITY, warmup: 0 },
      { seed: 1, recorder: this.watch },
    );
    this.after = new AfterState(this.watch.engine, this.watch.sources);
    this.clocks = new Clocks(scenario, this.watch.engine);
    this.rates = new ClockRates(scenario, this.watch.engine);
    this.decided = (options.policies ?? []).map(() => []);
  }

  explore(): ExploredChain {
    const { sim, open } = this;
    sim.hold(0);
    this.place(null);
    // First come, first served: what is open is then a front, and not all of what has been seen.
    for (let next = 0; next < open.length; next++) {
      const { after, at } = open[next]!;
      open[next] = undefined as never;
      this.follow(after, at);
    }
    return {
      graph: this.graph(),
      views: [...this.views.entries()],
      known: this.key.known(),
      decided: this.decided,
    };
  }

  /** Lets each clock ring in an afterstate. */
  private follow(after: number, at: Snapshot): void {
    const { sim, watch, rates, options } = this;
    sim.restore(at);
    const full = watch.engine.meter.workflows >= options.most;
    const events = [...this.clocks.running().values()]
      .filter(({ kind }) => !(full && kind === ARRIVAL))
      .flatMap((clock) => rates.eventsOf(clock))
      .filter(({ rate }) => rate > 0);
    const total = events.reduce((sum, { rate }) => sum + rate, 0);
    if (total === 0) {
      // Nobody works, and no more may come: it begins anew, from where all began.
      this.stuck(after);
      return;
    }
    const before = sim.cost();
    sim.hold(1);
    let cost = (sim.cost() - before) / total;
    const row: { place: number; probability: number }[] = [];
    for (const [i, { kind, subject, detail, rate }] of events.entries()) {
      if (i > 0) sim.restore(at);
      const until = sim.cost();
      const point = sim.happen(kind, subject, detail);
      cost += (rate / total) * (sim.cost() - until);
      row.push({ place: this.place(point), probability: rate / total });
    }
    this.seconds[after] = 1 / total;
    this.cost[after] = cost;
    this.rows[after] = row;
  }

  private stuck(after: number): void {
    const { sim } = this;
    const before = sim.cost();
    sim.hold(1);
    this.seconds[after] = 1;
    this.cost[after] = sim.cost() - before;
    this.rows[after] = [{ place: ~0, probability: 1 }];
  }

  /** The place where the run stands: a state, all candidates of which are tried where it is new, or an afterstate. */
  private place(point: DecisionView | null): number {
    const { sim, states, afters, views, key, watch } = this;
    const { due } = watch.engine.state;
    if (point === null) {
      const known = afters.size;
      const after = afters.numberOf(this.after.read());
      if (after === known) {
        this.count();
        this.open.push({ after, at: sim.snapshot() });
      }
      return ~after;
    }
    key.read(point);
    const view = views.numberOf(key.figures);
    const known = states.size;
    const state = states.numberOf([view & 0xffff, view >> 16, due.size, ...this.after.read()]);
    if (state < known) return state;
    this.count();
    this.view[state] = view;
    const codes = [...key.codes];
    (this.options.policies ?? []).forEach((policy, i) => {
      this.decided[i]![state] = codes[policy.decide(point)]!;
    });
    const moves: Move[] = [];
    this.moves[state] = moves;
    const choices = codes.flatMap((code, i) => (code !== 0 && codes.indexOf(code) === i ? [i] : []));
    const at = choices.length > 1 ? sim.snapshot() : null;
    for (const candidate of choices) {
      const code = codes[candidate]!;
      if (moves.length > 0) sim.restore(at!);
      const before = sim.cost();
      sim.act(candidate);
      const once = sim.cost() - before;
      moves.push({ code, once, to: this.place(sim.advanceBy(0)) });
    }
    return state;
  }

  private count(): void {
    const { mostStates, most } = this.options;
    if (this.states.size + this.afters.size <= mostStates) return;
    throw new FailureError("TOO_MANY_STATES", {
      what: `with at most ${most} workflows in the system there are more than ${mostStates} states`,
      where: `scenario ${this.scenario.name}`,
      mend: "allow more states, or learn from runs instead",
    });
  }

  private graph(): ChainGraph {
    const { rows, moves, view, cost, seconds } = this;
    const first = new Int32Array(rows.length + 1);
    rows.forEach((row, x) => {
      first[x + 1] = first[x]! + row.length;
    });
    const all = rows.flat();
    const usual: number[] = [];
    moves.forEach((of, s) => {
      usual[view[s]!] ??= this.decided[0]?.[s] ?? of[0]!.code;
    });
    return {
      afters: rows.length,
      states: moves.length,
      reference: 0,
      cost: Float64Array.from(cost),
      seconds: Float64Array.from(seconds),
      first,
      place: Int32Array.from(all, ({ place }) => place),
      probability: Float64Array.from(all, ({ probability }) => probability),
      moves,
      view,
      weight: view.map(() => 1),
      usual,
    };
  }
}
