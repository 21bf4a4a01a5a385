import fc from "fast-check";
import { expect, test } from "vitest";
import { DecisionStore } from "../../src/learn/decision-store.js";
import type { Observation } from "../../src/learn/environment.js";

const SPACE = { name: "test", context: 2, candidate: 3 };

interface Decision {
  readonly context: number[];
  readonly candidates: number[][];
  readonly mask: number[];
  readonly action: number;
  readonly logProb: number;
  readonly place: number;
}

const number = fc.integer({ min: -1000, max: 1000 });
const decision: fc.Arbitrary<Decision> = fc.integer({ min: 1, max: 9 }).chain((count) =>
  fc.record({
    context: fc.array(number, { minLength: SPACE.context, maxLength: SPACE.context }),
    candidates: fc.array(fc.array(number, { minLength: SPACE.candidate, maxLength: SPACE.candidate }), {
      minLength: count,
      maxLength: count,
    }),
    mask: fc.array(fc.constantFrom(0, 1), { minLength: count, maxLength: count }),
    action: fc.nat(count - 1),
    logProb: fc.double({ min: -10, max: 0, noNaN: true }),
    place: fc.nat(),
  }),
);

/** An observation with room to spare, as environments have it, and noise in the room. */
function observation({ context, candidates, mask }: Decision): Observation {
  const noise = [77, 78, 79];
  return {
    head: 0,
    count: mask.length,
    context: Float32Array.from([...context, ...noise]),
    candidates: Float32Array.from([...candidates.flat(), ...noise]),
    mask: Uint8Array.from([...mask, 1, 1]),
  };
}

function put(store: DecisionStore, decisions: readonly Decision[]): void {
  for (const one of decisions) {
    const index = store.add(observation(one));
    store.actions[index] = one.action;
    store.logProbs[index] = one.logProb;
    store.places[index] = one.place;
  }
}

function take(store: DecisionStore): Decision[] {
  return Array.from({ length: store.size }, (_, b) => {
    const from = store.offsets[b]!;
    const to = store.offsets[b + 1]!;
    const { context, candidate } = SPACE;
    return {
      context: [...store.contexts.slice(b * context, (b + 1) * context)],
      candidates: Array.from({ length: to - from }, (_, i) => [
        ...store.candidates.slice((from + i) * candidate, (from + i + 1) * candidate),
      ]),
      mask: [...store.mask.slice(from, to)],
      action: store.actions[b]!,
      logProb: store.logProbs[b]!,
      place: store.places[b]!,
    };
  });
}

test("gives back what was put in, however much it grew, also after it was cleared", () =>
  fc.assert(
    fc.property(
      fc.array(decision, { maxLength: 90 }),
      fc.array(decision, { maxLength: 90 }),
      (first, second) => {
        const store = new DecisionStore(SPACE);
        put(store, first);
        expect(take(store)).toEqual(first);
        store.clear();
        expect(store.rows).toBe(0);
        put(store, second);
        expect(take(store)).toEqual(second);
        expect(store.rows).toBe(second.reduce((sum, { mask }) => sum + mask.length, 0));
      },
    ),
    { numRuns: 50 },
  ));

test("gathers decisions of another store in any order, with what was done", () =>
  fc.assert(
    fc.property(
      fc
        .array(decision, { minLength: 1, maxLength: 90 })
        .chain((all) => fc.tuple(fc.constant(all), fc.array(fc.nat(all.length - 1), { maxLength: 90 }))),
      ([all, order]) => {
        const [whole, gathered] = [new DecisionStore(SPACE), new DecisionStore(SPACE)];
        put(whole, all);
        const half = order.length >> 1;
        gathered.gather(whole, Int32Array.from(order), 0, half);
        gathered.gather(whole, Int32Array.from(order), half, order.length);
        expect(take(gathered)).toEqual(order.map((index) => all[index]));
      },
    ),
    { numRuns: 50 },
  ));
