import { outcomesOf } from "./clocks.js";
import type { SampledChain } from "./sampled-chain.js";

/** What may be done in a state: the cost at once, in the mean, and the place that it leads to. */
export interface Move {
  readonly code: number;
  readonly once: number;
  readonly to: number;
}

/** A Markov decision process as rows of numbers. Places are told as in `SampledChain`. */
export interface ChainGraph {
  readonly afters: number;
  readonly states: number;
  /** Where most time is spent. */
  readonly reference: number;
  /** Mean cost and seconds until a clock rings, by afterstate; what it costs at that moment is in it. */
  readonly cost: Float64Array;
  readonly seconds: Float64Array;
  /** What comes next, in rows by afterstate: places, and how probable each is. Rows are empty of what is not known. */
  readonly first: Int32Array;
  readonly place: Int32Array;
  readonly probability: Float64Array;
  /** By state. */
  readonly moves: readonly (readonly Move[])[];
  readonly view: readonly number[];
  readonly weight: readonly number[];
  /** By view: code of what is usually done. */
  readonly usual: readonly number[];
}

/** The afterstate that a place is, or that it leads to where it is a state; -1 where that is not known. @param after by state */
export const afterOf = (place: number, after: Int32Array): number => (place >= 0 ? after[place]! : ~place);

/** As `afterOf`, but -1 also where it is not known what follows there. @param first of the graph */
export function knownAfterOf(place: number, after: Int32Array, first: Int32Array): number {
  const y = afterOf(place, after);
  return y >= 0 && first[y + 1]! > first[y]! ? y : -1;
}

/** An afterstate counts as known when clocks that ring so large a share of the time have been seen to ring in it. */
const MOST_SEEN = 0.97;

/** The chain that samples tell of. Clocks that were never seen to ring in an afterstate are taken not to. */
export function graphOf(chain: SampledChain): ChainGraph {
  const afters = chain.clocks.length;
  const rates = chain.rates();
  const cost = new Float64Array(afters);
  const seconds = new Float64Array(afters);
  const first = new Int32Array(afters + 1);
  const place: number[] = [];
  const probability: number[] = [];
  let reference = 0;
  for (let x = 0; x < afters; x++) {
    const rings = chain.rings[x]!;
    if (chain.seconds[x]! > chain.seconds[reference]!) reference = x;
    let all = 0;
    let seen = 0;
    const rateHere = new Map<number, number>();
    for (const [clock, { count }] of chain.clocks[x]!) {
      for (const each of outcomesOf(clock)) {
        const rate = count * (rates.get(each) ?? 0);
        all += rate;
        if (!rings.has(each) || rate === 0) continue;
        seen += rate;
        rateHere.set(each, rate);
      }
    }
    for (const [clock, { times }] of rings) {
      if (rateHere.has(clock)) continue;
      const rate = times / chain.seconds[x]!;
      all += rate;
      seen += rate;
      rateHere.set(clock, rate);
    }
    if (seen > 0 && seen >= MOST_SEEN * all) {
      seconds[x] = 1 / seen;
      cost[x] = chain.seconds[x]! > 0 ? chain.costs[x]! / chain.seconds[x]! / seen : 0;
      for (const [clock, rate] of rateHere) {
        const { times, cost: paid, next } = rings.get(clock)!;
        cost[x]! += (rate / seen) * (paid / times);
        for (const [to, count] of next) {
          place.push(to);
          probability.push(((rate / seen) * count) / times);
        }
      }
    }
    first[x + 1] = place.length;
  }
  return {
    afters,
    states: chain.actions.length,
    reference,
    cost,
    seconds,
    first,
    place: Int32Array.from(place),
    probability: Float64Array.from(probability),
    moves: chain.actions.map((actions) =>
      actions
        .filter(({ tried }) => tried > 0)
        .map(({ code, cost: paid, tried, to }) => ({ code, once: paid / tried, to })),
    ),
    view: chain.view,
    weight: chain.visits,
    usual: chain.usual,
  };
}
