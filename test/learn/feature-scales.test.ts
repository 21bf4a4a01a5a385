import { expect, test } from "vitest";
import { DecisionStore } from "../../src/learn/decision-store.js";
import { FeatureScales } from "../../src/learn/feature-scales.js";

const space = { name: "route", context: 1, candidate: 2 } as const;
const observation = (context: number, candidates: readonly number[], mask: readonly number[]) => ({
  head: 0,
  context: Float32Array.of(context),
  candidates: Float32Array.from(candidates),
  mask: Uint8Array.from(mask),
  count: mask.length,
});

function twoSeen(): FeatureScales {
  const scales = new FeatureScales(space, 2);
  scales.look(observation(1, [1, 10, 900, 900], [1, 0]));
  scales.look(observation(3, [900, 900, 5, 30], [0, 1]));
  return scales;
}

test("scales are of what was seen when they were fixed, and masked candidates are not seen", () => {
  const scales = twoSeen();
  expect(scales.normalisation.context).toEqual({ mean: [0], std: [1] });
  scales.fix();
  expect(scales.normalisation).toEqual({
    context: { mean: [2], std: [1] },
    candidate: { mean: [3, 20], std: [2, 10] },
    clip: 2,
  });
});

test("a batch is brought to scale in place, and kept within the bound", () => {
  const scales = twoSeen();
  scales.fix();
  const store = new DecisionStore(space);
  store.add(observation(3, [7, 10, 900, 20], [1, 1]));
  scales.apply(store);
  expect([...store.contexts.slice(0, 1)]).toEqual([1]);
  expect([...store.candidates.slice(0, 4)]).toEqual([2, -1, 2, 0]);
});

test("what was seen is saved and loaded as plain data", () => {
  const copy = new FeatureScales(space, 2);
  copy.load(JSON.parse(JSON.stringify(twoSeen().save())));
  copy.fix();
  const scales = twoSeen();
  scales.fix();
  expect(copy.normalisation).toEqual(scales.normalisation);
});
