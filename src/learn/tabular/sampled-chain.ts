import { outcomesOf, type Running } from "./clocks.js";

/** Sums of what was seen to happen after an afterstate when one clock rang. */
interface Ringing {
  times: number;
  /** Cost at that moment, summed. */
  cost: number;
  /** How often each place came next. */
  readonly next: Map<number, number>;
}

/**
 * A Markov decision process in continuous time as far as it has been seen. Decision states are numbered, and so are
 * afterstates. In a state each code of a candidate is an action, which costs something at once and leads to an afterstate, or to
 * a state where more is to be decided at once; an afterstate lasts until a clock rings (`Clocks`), and then another place is reached: a state where something is to be
 * decided, or an afterstate. Places are told by one number: states by their own, afterstates by `~` theirs.
 *
 * How fast a clock rings is reckoned over all afterstates in which it runs.
 */
export class SampledChain {
  /** Actions of each state. */
  readonly actions: Action[][] = [];
  /** What a policy sees in each state, by number; several states may look the same. */
  readonly view: number[] = [];
  readonly visits: number[] = [];
  /** By view: code of what is usually done there, by a policy that is known to be sound. */
  readonly usual: number[] = [];
  /** By afterstate: the clocks that run, with how many there are of each; seconds spent there and what they cost. */
  readonly clocks: ReadonlyMap<number, Running>[] = [];
  readonly seconds: number[] = [];
  readonly costs: number[] = [];
  /** By afterstate and clock. */
  readonly rings: Map<number, Ringing>[] = [];

  /** All of it as plain JSON. */
  save(): SavedChain {
    const { actions, view, visits, usual, clocks, seconds, costs, rings } = this;
    return {
      actions: actions.map((known) => known.map((action) => ({ ...action }))),
      view: [...view],
      visits: [...visits],
      usual: [...usual],
      clocks: clocks.map((running) => [...running]),
      seconds: [...seconds],
      costs: [...costs],
      rings: rings.map((by) =>
        [...by].map(([clock, { times, cost, next }]) => ({ clock, times, cost, next: [...next] })),
      ),
    };
  }

  static from(saved: SavedChain): SampledChain {
    const chain = new SampledChain();
    chain.actions.push(...saved.actions.map((known) => known.map((action) => ({ ...action }))));
    for (const column of ["view", "visits", "usual", "seconds", "costs"] as const) {
      for (const value of saved[column]) chain[column].push(value);
    }
    for (const running of saved.clocks) chain.clocks.push(new Map(running));
    for (const by of saved.rings) {
      chain.rings.push(
        new Map(by.map(({ clock, times, cost, next }) => [clock, { times, cost, next: new Map(next) }])),
      );
    }
    return chain;
  }

  visited(state: number, view: number): void {
    if (state === this.view.length) {
      this.view.push(view);
      this.visits.push(0);
      this.actions.push([]);
    }
    this.visits[state]!++;
  }

  /** The action of a state with a code, made where there is none. */
  action(state: number, code: number): Action {
    const known = this.actions[state]!;
    for (const action of known) if (action.code === code) return action;
    const action: Action = { code, tried: 0, cost: 0, to: 0 };
    known.push(action);
    return action;
  }

  took(action: Action, cost: number, to: number): void {
    action.tried++;
    action.cost += cost;
    action.to = to;
  }

  /** An afterstate is met. Those that are new have the next number. */
  met(after: number, clocks: () => ReadonlyMap<number, Running>): void {
    if (after < this.clocks.length) return;
    this.clocks.push(clocks());
    this.seconds.push(0);
    this.costs.push(0);
    this.rings.push(new Map());
  }

  /** An afterstate has lasted so long, at that cost. */
  lasted(after: number, seconds: number, cost: number): void {
    this.seconds[after]! += seconds;
    this.costs[after]! += cost;
  }

  /** A clock rang in an afterstate, at a cost, and led to a place. */
  rang(after: number, clock: number, cost: number, place: number): void {
    const rings = this.rings[after]!;
    let ringing = rings.get(clock);
    if (ringing === undefined) rings.set(clock, (ringing = { times: 0, cost: 0, next: new Map() }));
    ringing.times++;
    ringing.cost += cost;
    ringing.next.set(place, (ringing.next.get(place) ?? 0) + 1);
  }

  /** By clock: how often one of its name rings a second. */
  rates(): Map<number, number> {
    const running = new Map<number, number>();
    const times = new Map<number, number>();
    for (let x = 0; x < this.clocks.length; x++) {
      for (const [clock, { count }] of this.clocks[x]!) {
        for (const each of outcomesOf(clock))
          running.set(each, (running.get(each) ?? 0) + count * this.seconds[x]!);
      }
      for (const [clock, ringing] of this.rings[x]!)
        times.set(clock, (times.get(clock) ?? 0) + ringing.times);
    }
    const rates = new Map<number, number>();
    for (const [clock, seconds] of running) {
      const rang = times.get(clock) ?? 0;
      if (rang > 0 && seconds > 0) rates.set(clock, rang / seconds);
    }
    return rates;
  }
}

/** A chain as far as it has been seen, as plain JSON. */
export interface SavedChain {
  readonly actions: readonly (readonly Action[])[];
  readonly view: readonly number[];
  readonly visits: readonly number[];
  readonly usual: readonly number[];
  readonly clocks: readonly (readonly (readonly [number, Running])[])[];
  readonly seconds: readonly number[];
  readonly costs: readonly number[];
  readonly rings: readonly (readonly {
    readonly clock: number;
    readonly times: number;
    readonly cost: number;
    readonly next: readonly (readonly [number, number])[];
  }[])[];
}

export interface Action {
  readonly code: number;
  tried: number;
  /** Sum over the times it was tried. */
  cost: number;
  /** The place that it led to when it was last taken. */
  to: number;
}
