import type { Action, SampledChain } from "./sampled-chain.js";

export interface ChainSolution {
  /** Mean cost a second under the policy, as far as the chain is known. */
  readonly costRate: number;
  /** By state: the action to take; null where none is known well enough. */
  readonly policy: readonly (Action | null)[];
  /** Rounds of policy iteration. */
  readonly rounds: number;
}

export interface SolveOptions {
  /** An action counts only when its afterstate was left so often. */
  readonly least: number;
  readonly mostRounds: number;
  readonly mostSweeps: number;
  /** Sweeps end when no value moves by more than this share of the spread of values. */
  readonly tolerance: number;
}

export const solveDefaults: SolveOptions = { least: 25, mostRounds: 30, mostSweeps: 3000, tolerance: 1e-6 };

/**
 * Least average cost of a sampled semi-Markov decision process, by policy iteration (Howard 1960; Puterman 1994,
 * section 11.4), from the usual decisions on: each round is as good as the one before, so that where those are stable all are.
 * A policy is evaluated between visits to one afterstate, by Gauss-Seidel sweeps up and down: with u the
 * cost and w the time until the next visit, the rate is u / w there, and the relative values are u - rate w. Values
 * stand on afterstates.
 */
export function solveChain(chain: SampledChain, options: Partial<SolveOptions> = {}): ChainSolution {
  const { least, mostRounds, mostSweeps, tolerance } = { ...solveDefaults, ...options };
  const graph = graphOf(chain);
  const { states } = graph;
  let { reference } = graph;
  const allowed = knownWell(chain, graph, least);
  const policy = allowed.map((known, s) => known.find(({ code }) => code === chain.usual[s]) ?? null);
  const cost = new Float64Array(graph.afters);
  const time = new Float64Array(graph.afters);
  let costRate = 0;
  let rounds = 0;
  for (; rounds < mostRounds; rounds++) {
    const moves = movesOf(graph, policy);
    reference = recurrent(graph, moves, reference);
    evaluate(graph, moves, reference, cost, time, mostSweeps, tolerance);
    costRate = cost[reference]! / time[reference]!;
    const value = (a: Action) =>
      a.cost / a.tried + (a.after === reference ? 0 : cost[a.after]! - costRate * time[a.after]!);
    let changes = 0;
    for (let s = 0; s < states; s++) {
      const now = policy[s] ?? null;
      if (now === null) continue;
      let [best, lowest] = [now, value(now)];
      for (const action of allowed[s]!) {
        const its = value(action);
        // A tie is no reason to change, nor is rounding.
        if (its < lowest - 1e-9 * Math.max(1, Math.abs(lowest))) [best, lowest] = [action, its];
      }
      if (best === now) continue;
      policy[s] = best;
      changes++;
    }
    if (changes === 0) break;
  }
  return { costRate, policy, rounds };
}

/** Of what follows an afterstate at least this share is known: else what is left would lead away from where it mostly goes. */
const MOST_KNOWN = 0.5;

/**
 * Actions of each state whose afterstates are known well: left often, and for states of which that is true again. States
 * where the usual action is not known well are taken not to be there, as is what lies beyond: a few samples can make a
 * trap, or a way out, of what is neither.
 */
function knownWell(
  chain: SampledChain,
  { afters, first, state, probability }: Graph,
  least: number,
): readonly Action[][] {
  const { left } = chain;
  const known = Uint8Array.from({ length: afters }, (_, x) => (left[x]! >= least ? 1 : 0));
  const actionsOf = (s: number) => {
    const good = (chain.actions[s] ?? []).filter(
      ({ after, tried }) => tried > 0 && after < afters && known[after] === 1,
    );
    return good.some(({ code }) => code === chain.usual[s]) ? good : [];
  };
  for (let changed = true; changed; ) {
    changed = false;
    const alive = Uint8Array.from({ length: chain.actions.length }, (_, s) =>
      actionsOf(s).length > 0 ? 1 : 0,
    );
    for (let x = 0; x < afters; x++) {
      if (known[x] === 0) continue;
      let goesOn = 0;
      for (let e = first[x]!; e < first[x + 1]!; e++) if (alive[state[e]!] === 1) goesOn += probability[e]!;
      if (goesOn >= MOST_KNOWN) continue;
      known[x] = 0;
      changed = true;
    }
  }
  return chain.actions.map((_, s) => actionsOf(s));
}

interface Graph {
  readonly afters: number;
  readonly states: number;
  /** Left most often. */
  readonly reference: number;
  /** Mean cost and seconds until the next decision, by afterstate. */
  readonly cost: Float64Array;
  readonly seconds: Float64Array;
  /** What comes next, in rows by afterstate: states, and how probable each is. */
  readonly first: Int32Array;
  readonly state: Int32Array;
  readonly probability: Float64Array;
}

function graphOf(chain: SampledChain): Graph {
  const afters = chain.next.length;
  const { left } = chain;
  const first = new Int32Array(afters + 1);
  let reference = 0;
  for (let x = 0; x < afters; x++) {
    first[x + 1] = first[x]! + chain.next[x]!.size;
    if (left[x]! > left[reference]!) reference = x;
  }
  const state = new Int32Array(first[afters]!);
  const probability = new Float64Array(first[afters]!);
  for (let x = 0; x < afters; x++) {
    let e = first[x]!;
    for (const [s, count] of chain.next[x]!) {
      state[e] = s;
      probability[e++] = count / left[x]!;
    }
  }
  const mean = (sums: readonly number[]) =>
    Float64Array.from({ length: afters }, (_, x) => (left[x]! > 0 ? sums[x]! / left[x]! : 0));
  return {
    afters,
    states: chain.actions.length,
    reference,
    cost: mean(chain.costs),
    seconds: mean(chain.seconds),
    first,
    state,
    probability,
  };
}

/** What a policy does in each state: the afterstate that it reaches, -1 where it knows nothing, and the cost at once. */
interface Moves {
  readonly after: Int32Array;
  readonly once: Float64Array;
}

function movesOf({ states }: Graph, policy: readonly (Action | null)[]): Moves {
  const after = new Int32Array(states).fill(-1);
  const once = new Float64Array(states);
  for (let s = 0; s < states; s++) {
    const action = policy[s] ?? null;
    if (action === null) continue;
    after[s] = action.after;
    once[s] = action.cost / action.tried;
  }
  return { after, once };
}

/** Steps for which a distribution is followed, the first half to forget where it began. */
const STEPS = 600;

/** The afterstate where the chain under a policy, begun at one, is most often in the long run: it comes back there. */
function recurrent(
  { afters, states, first, state, probability }: Graph,
  { after }: Moves,
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
      let known = 0;
      for (let e = first[x]!; e < first[x + 1]!; e++) {
        if (state[e]! < states && after[state[e]!]! >= 0) known += probability[e]!;
      }
      if (known === 0) continue;
      for (let e = first[x]!; e < first[x + 1]!; e++) {
        const y = state[e]! < states ? after[state[e]!]! : -1;
        if (y >= 0) then[y]! += (mass * probability[e]!) / known;
      }
    }
    [now, then] = [then, now];
    if (step >= STEPS / 2) for (let x = 0; x < afters; x++) visits[x]! += now[x]!;
  }
  let best = from;
  for (let x = 0; x < afters; x++) if (visits[x]! > visits[best]!) best = x;
  return best;
}

/** Cost and time from each afterstate until the reference is next reached. Begins from what is there. */
function evaluate(
  graph: Graph,
  { after, once }: Moves,
  reference: number,
  cost: Float64Array,
  time: Float64Array,
  mostSweeps: number,
  tolerance: number,
): void {
  const { afters, states, first, state, probability } = graph;
  /** @returns by what share time and cost moved */
  const update = (x: number): number => {
    let u = 0;
    let w = 0;
    let stays = 0;
    let known = 0;
    for (let e = first[x]!; e < first[x + 1]!; e++) {
      const s = state[e]!;
      const y = s < states ? after[s]! : -1;
      // Of what comes after a state in which nothing was ever done, nothing is known: it must not look like an end.
      if (y < 0) continue;
      const p = probability[e]!;
      known += p;
      u += p * once[s]!;
      if (y === reference) continue;
      // What leads back to itself is solved for at once.
      if (y === x) stays += p;
      else {
        u += p * cost[y]!;
        w += p * time[y]!;
      }
    }
    if (known === 0) return 0;
    const leaves = Math.max(1e-9, 1 - stays / known);
    u = (graph.cost[x]! + u / known) / leaves;
    w = (graph.seconds[x]! + w / known) / leaves;
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
