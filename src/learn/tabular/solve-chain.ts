import { afterOf, type ChainGraph, knownAfterOf, type Move } from "./chain-graph.js";
import { edgeCharge } from "./edge-charge.js";

export interface ChainSolution {
  /** Mean cost a second under the policy. */
  readonly costRate: number;
  /** By view: the code of the action to take; null where none is known. */
  readonly policy: TablePolicy;
  /** Mean cost a second of `SolveOptions.before`; NaN where there is none. */
  readonly costRateBefore: number;
  /** Rounds of policy iteration. */
  readonly rounds: number;
}

/** Codes by view; null where nothing is known. */
export type TablePolicy = readonly (number | null)[];

export interface SolveOptions {
  /** A policy that is to be compared with the best. */
  readonly before?: TablePolicy | undefined;
  readonly mostRounds: number;
  /** Sweeps of one evaluation. */
  readonly mostSweeps: number;
  /** Sweeps end when no value moves by more than this share of itself. */
  readonly tolerance: number;
  /**
   * What leads to where nothing is known: `open`, it is taken not to happen, which draws to such places, so that they become known
   * (as in R-max: Brafman and Tennenholtz 2002); `charged`, it costs what is dear elsewhere (`edgeCharge`), which keeps away from
   * them: for decisions in earnest.
   */
  readonly edge: "open" | "charged";
}

export const solveDefaults: SolveOptions = {
  mostRounds: 40,
  mostSweeps: 2000,
  tolerance: 1e-6,
  edge: "open",
};

/** The charge may become so many times what it was at first: it hangs on values that hang on it. */
const MOST_GROWN = 10;
/** It stands once a round makes it grow by no more than this. */
const CHARGED_ENOUGH = 1.01;

/**
 * Least average cost of a decision process in continuous time, by policy iteration (Howard 1960; Puterman 1994, section
 * 11.4), from the usual decisions on. A policy is evaluated between visits to one afterstate, by Gauss-Seidel sweeps up and
 * down: with u the cost and w the time until the next visit, the rate is u / w there, and the relative values are
 * u - rate w. Values stand on afterstates.
 *
 * A policy decides by what it sees: where several states look the same, an action is as good as it is in the mean over
 * them.
 */
export function solveChain(all: ChainGraph, options: Partial<SolveOptions> = {}): ChainSolution {
  const { mostRounds, mostSweeps, tolerance, before, edge } = { ...solveDefaults, ...options };
  const graph = knownWell(all);
  const { states, view, moves } = graph;
  const looks = statesByView(view);
  const policy: (number | null)[] = looks.map((alike, v) =>
    alike.some((s) => moves[s]!.length > 0) ? (graph.usual[v] ?? null) : null,
  );
  const evaluation = new Evaluation(graph, tolerance);
  const chosen: (Move | null)[] = new Array(states).fill(null);
  const choose = (by: TablePolicy) => {
    for (let s = 0; s < states; s++)
      chosen[s] = moveOf(moves[s]!, by[view[s]!] ?? null, graph.usual[view[s]!]!);
  };
  let costRate = 0;
  let mostCharge = Number.POSITIVE_INFINITY;
  let rounds = 0;
  let last = false;
  for (; rounds < mostRounds; rounds++) {
    choose(policy);
    const taken = takenOf(chosen);
    last ||= rounds === mostRounds - 1;
    costRate = evaluation.costRate(taken, last ? mostSweeps : Math.min(FEW_SWEEPS, mostSweeps));
    const { reference, cost, time } = evaluation;
    const afterValue = (x: number) => (x === reference ? 0 : cost[x]! - costRate * time[x]!);
    const stateValue = (s: number) => taken.once[s]! + afterValue(taken.after[s]!);
    const value = ({ once, to }: Move) => once + (to >= 0 ? stateValue(to) : afterValue(~to));
    let changes = 0;
    if (edge === "charged") {
      const charge = Math.min(edgeCharge(graph, taken.after, afterValue), mostCharge);
      if (rounds === 0) mostCharge = MOST_GROWN * charge;
      if (charge > CHARGED_ENOUGH * evaluation.charge) changes++;
      evaluation.charge = charge;
    }
    for (let v = 0; v < looks.length; v++) {
      if (policy[v] === null) continue;
      const better = improvement(looks[v]!, moves, chosen, graph.weight, value);
      if (better === null || better === policy[v]) continue;
      policy[v] = better;
      changes++;
    }
    if (changes === 0 && last) break;
    last = changes === 0;
  }
  let costRateBefore = Number.NaN;
  if (before !== undefined) {
    choose(before);
    costRateBefore = evaluation.costRate(takenOf(chosen), mostSweeps);
  }
  return { costRate, policy, costRateBefore, rounds };
}

/** Sweeps of an evaluation while the policy still changes: modified policy iteration (Puterman and Shin 1978). */
const FEW_SWEEPS = 100;

/** By state: the afterstate that a policy leads to; -1 where it is not known. */
export function aftersUnder({ moves, view, usual }: ChainGraph, policy: TablePolicy): Int32Array {
  return takenOf(moves.map((its, s) => moveOf(its, policy[view[s]!] ?? null, usual[view[s]!]!))).after;
}

/** Mean cost a second of a policy that takes the actions with these codes, by state. */
export function costRateOf(
  graph: ChainGraph,
  codes: readonly number[],
  options: Partial<SolveOptions> = {},
): number {
  const { mostSweeps, tolerance } = { ...solveDefaults, ...options };
  const taken = takenOf(
    graph.moves.map((moves, s) => moves.find(({ code }) => code === codes[s]) ?? moves[0] ?? null),
  );
  return new Evaluation(graph, tolerance).costRate(taken, mostSweeps);
}

function statesByView(view: readonly number[]): number[][] {
  const looks: number[][] = [];
  view.forEach((v, s) => {
    while (looks.length <= v) looks.push([]);
    looks[v]!.push(s);
  });
  return looks;
}

const moveOf = (moves: readonly Move[], code: number | null, usual: number): Move | null =>
  moves.find((move) => move.code === code) ?? moves.find((move) => move.code === usual) ?? moves[0] ?? null;

/** An action must be known in states of so large a share of the visits of those that look the same. */
const MOST_TRIED = 0.5;

/** Code of the action that is best in the mean over states that look the same; null where none beats what is done. */
function improvement(
  alike: readonly number[],
  moves: readonly (readonly Move[])[],
  chosen: readonly (Move | null)[],
  weight: readonly number[],
  value: (move: Move) => number,
): number | null {
  const gains = new Map<number, { gain: number; scale: number; weight: number }>();
  let all = 0;
  for (const s of alike) {
    const now = chosen[s] ?? null;
    if (now === null) continue;
    all += weight[s]!;
    const its = value(now);
    for (const move of moves[s]!) {
      let one = gains.get(move.code);
      if (one === undefined) gains.set(move.code, (one = { gain: 0, scale: 0, weight: 0 }));
      one.gain += weight[s]! * (value(move) - its);
      one.scale += weight[s]! * Math.max(1, Math.abs(its));
      one.weight += weight[s]!;
    }
  }
  let best: number | null = null;
  let least = 0;
  for (const [code, { gain, scale, weight: known }] of gains) {
    // A tie is no reason to change, nor is rounding.
    if (known < MOST_TRIED * all || gain / known >= least - 1e-9 * (scale / known)) continue;
    [best, least] = [code, gain / known];
  }
  return best;
}

/** An afterstate is known well where, with at least this probability, what is usually done leads to nothing unknown soon. */
const MOST_KNOWN = 0.5;

/**
 * What is unknown counts for less with every event until it is met: soon is within some ten of them. Within many more, while little
 * has been sampled, from everywhere something unknown would be met.
 */
const SOON = 0.9;

const SURE_ENOUGH = 1e-3;
const MOST_LOOKS = 500;

/**
 * The part of a chain that is known well: other afterstates are as if it had not been seen what follows them, states where
 * what is usually done leads to one are left without moves, and so is no move to either. Some are always unknown, at the edge
 * of what was seen: that must not reach further in than it is likely to be met. Nor must it be taken for a way out: what leads
 * there is taken not to happen, at a price or not.
 */
function knownWell(graph: ChainGraph): ChainGraph {
  const { afters, first, place, probability, view, usual } = graph;
  const { after } = takenOf(
    graph.moves.map((moves, s) => moves.find(({ code }) => code === usual[view[s]!]) ?? null),
  );
  const known = unknownAhead(graph, after).map((unknown) => (unknown <= 1 - MOST_KNOWN ? 1 : 0));
  const stands = (at: number): boolean => {
    const x = afterOf(at, after);
    return x >= 0 && known[x] === 1;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (let x = 0; x < afters; x++) {
      if (known[x] === 0 || place.subarray(first[x], first[x + 1]).some(stands)) continue;
      known[x] = 0;
      changed = true;
    }
  }
  const rows = Array.from(known, (is, x) => (is === 1 ? [first[x]!, first[x + 1]!] : [0, 0]));
  const starts = new Int32Array(afters + 1);
  rows.forEach(([from, to], x) => {
    starts[x + 1] = starts[x]! + to! - from!;
  });
  const kept = <T extends Int32Array | Float64Array>(column: T, into: T): T => {
    rows.forEach(([from, to], x) => {
      into.set(column.subarray(from, to), starts[x]);
    });
    return into;
  };
  return {
    ...graph,
    first: starts,
    place: kept(place, new Int32Array(starts[afters]!)),
    probability: kept(probability, new Float64Array(starts[afters]!)),
    moves: graph.moves.map((moves, s) => (stands(s) ? moves.filter(({ to }) => stands(to)) : [])),
  };
}

/**
 * By afterstate: the probability of coming soon to where it is not known what follows, under a policy that leads to the
 * afterstates `after` from each state.
 */
function unknownAhead(
  { afters, first, place, probability }: ChainGraph,
  after: Taken["after"],
): Float64Array {
  const unknown = Float64Array.from({ length: afters }, (_, x) => (first[x + 1]! > first[x]! ? 0 : 1));
  for (let look = 0; look < MOST_LOOKS; look++) {
    let moved = 0;
    for (let i = 0; i < afters; i++) {
      const x = look % 2 === 0 ? i : afters - 1 - i;
      if (first[x + 1]! === first[x]!) continue;
      let ahead = 0;
      for (let e = first[x]!; e < first[x + 1]!; e++) {
        const y = afterOf(place[e]!, after);
        ahead += probability[e]! * (y < 0 ? 1 : unknown[y]!);
      }
      ahead *= SOON;
      moved = Math.max(moved, ahead - unknown[x]!);
      unknown[x] = ahead;
    }
    if (moved <= SURE_ENOUGH) break;
  }
  return unknown;
}

/**
 * What a policy does in each state: the afterstate that it reaches once all is decided, -1 where it knows nothing, and the
 * cost at once.
 */
interface Taken {
  readonly after: Int32Array;
  readonly once: Float64Array;
}

/** More decisions than this at one instant are a policy that turns in a circle. */
const MOST_AT_ONCE = 1000;

function takenOf(chosen: readonly (Move | null)[]): Taken {
  const after = new Int32Array(chosen.length).fill(-1);
  const once = new Float64Array(chosen.length);
  for (let s = 0; s < chosen.length; s++) {
    let at = s;
    let paid = 0;
    for (let n = 0; at >= 0 && n < MOST_AT_ONCE; n++) {
      const move = chosen[at] ?? null;
      if (move === null) break;
      paid += move.once;
      at = move.to;
    }
    if (at >= 0) continue;
    after[s] = ~at;
    once[s] = paid;
  }
  return { after, once };
}

/** Steps for which a distribution is followed, the first half to forget where it began. */
const STEPS = 600;

/** The afterstate where the chain under a policy, begun at one, is most often in the long run: it comes back there. */
function recurrent(
  { afters, first, place, probability }: ChainGraph,
  { after }: Taken,
  from: number,
): number {
  let now = new Float64Array(afters);
  let then = new Float64Array(afters);
  const visits = new Float64Array(afters);
  now[from] = 1;
  for (let step = 0; step < STEPS; step++) {
    then.fill(0);
    for (let x = 0; x < afters; x++) {
      const mass = now[x]!;
      if (mass < 1e-12) continue;
      let goesOn = 0;
      for (let e = first[x]!; e < first[x + 1]!; e++) {
        const y = knownAfterOf(place[e]!, after, first);
        if (y < 0) continue;
        then[y]! += mass * probability[e]!;
        goesOn += probability[e]!;
      }
      then[x]! += mass * (1 - goesOn);
    }
    [now, then] = [then, now];
    if (step >= STEPS / 2) for (let x = 0; x < afters; x++) visits[x]! += now[x]!;
  }
  let best = from;
  for (let x = 0; x < afters; x++) if (visits[x]! > visits[best]!) best = x;
  return best;
}

/** Policies of one chain, evaluated one after another: each begins from the values of the one before. */
class Evaluation {
  /** Cost and time from each afterstate until the reference is next reached, as last evaluated. */
  readonly cost: Float64Array;
  readonly time: Float64Array;
  reference: number;
  /** Paid for what leads to where nothing is known. */
  charge = 0;

  constructor(
    private readonly graph: ChainGraph,
    private readonly tolerance: number,
  ) {
    this.cost = new Float64Array(graph.afters);
    this.time = new Float64Array(graph.afters);
    this.reference = graph.reference;
  }

  /** Mean cost a second under a policy. */
  costRate(taken: Taken, mostSweeps: number): number {
    const { graph, charge, cost, time, tolerance } = this;
    this.reference = recurrent(graph, taken, this.reference);
    evaluate(graph, taken, charge, this.reference, cost, time, mostSweeps, tolerance);
    return cost[this.reference]! / time[this.reference]!;
  }
}

/** Cost and time from each afterstate until the reference is next reached. Begins from what is there. */
function evaluate(
  graph: ChainGraph,
  { after, once }: Taken,
  charge: number,
  reference: number,
  cost: Float64Array,
  time: Float64Array,
  mostSweeps: number,
  tolerance: number,
): void {
  const { afters, first } = graph;
  // The edges of this policy alone, in rows by afterstate: what leads back to itself, or where nothing is known, is no edge.
  const start = new Int32Array(afters + 1);
  const to = new Int32Array(graph.place.length);
  const weight = new Float64Array(graph.place.length);
  const own = new Float64Array(afters);
  const spent = new Float64Array(afters);
  let edges = 0;
  for (let x = 0; x < afters; x++) {
    let leaves = 0;
    let paid = graph.cost[x]!;
    const from = edges;
    for (let e = first[x]!; e < first[x + 1]!; e++) {
      const place = graph.place[e]!;
      const y = knownAfterOf(place, after, first);
      const p = graph.probability[e]!;
      if (y < 0) {
        paid += p * charge;
        continue;
      }
      if (place >= 0) paid += p * once[place]!;
      if (y === x && y !== reference) continue;
      leaves += p;
      if (y === reference) continue;
      to[edges] = y;
      weight[edges++] = p;
    }
    if (leaves === 0) edges = from;
    else {
      for (let e = from; e < edges; e++) weight[e]! /= leaves;
      own[x] = paid / leaves;
      spent[x] = graph.seconds[x]! / leaves;
    }
    start[x + 1] = edges;
  }
  const update = (x: number): number => {
    let u = own[x]!;
    let w = spent[x]!;
    if (w === 0) return 0;
    for (let e = start[x]!; e < start[x + 1]!; e++) {
      const p = weight[e]!;
      const y = to[e]!;
      u += p * cost[y]!;
      w += p * time[y]!;
    }
    const moved =
      Math.abs(w - time[x]!) / w + Math.abs(u - cost[x]!) / (Math.abs(u) + Math.abs(cost[x]!) + 1e-9);
    cost[x] = u;
    time[x] = w;
    return moved;
  };
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let moved = 0;
    const up = sweep % 2 === 0;
    for (let i = 0; i < afters; i++) moved = Math.max(moved, update(up ? i : afters - 1 - i));
    if (moved <= tolerance) return;
  }
}
