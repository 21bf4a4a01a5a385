import fc from "fast-check";
import { expect, test } from "vitest";
import { RunningMoments } from "../../src/learn/running-moments.js";
import { sharedJson } from "../support/shared.js";

const WIDTH = 2;
const row = fc.tuple(
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

function seen(rows: readonly (readonly number[])[]): RunningMoments {
  const moments = new RunningMoments(WIDTH);
  moments.add(Float64Array.from(rows.flat()), 0, rows.length);
  return moments;
}

function expectSame(a: RunningMoments, b: RunningMoments): void {
  expect(a.count).toBe(b.count);
  for (let f = 0; f < WIDTH; f++) {
    expect(a.mean[f]).toBeCloseTo(b.mean[f]!, 8);
    expect(Math.abs(a.m2[f]! - b.m2[f]!)).toBeLessThanOrEqual(1e-9 * (1 + b.m2[f]!));
  }
}

test("parts merged are the whole in one pass, and the whole is what two passes give", () =>
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), fc.array(row, { maxLength: 30 }), (first, second) => {
      const merged = seen(first);
      merged.merge(seen(second));
      const whole = seen([...first, ...second]);
      expectSame(merged, whole);
      const all = [...first, ...second];
      if (all.length < 2) return;
      const { mean, std } = whole.moments();
      for (let f = 0; f < WIDTH; f++) {
        const average = all.reduce((sum, r) => sum + r[f]!, 0) / all.length;
        const variance = all.reduce((sum, r) => sum + (r[f]! - average) ** 2, 0) / all.length;
        expect(mean[f]).toBeCloseTo(average, 8);
        expect(std[f]! ** 2).toBeCloseTo(variance, 4);
      }
    }),
  ));

test("before two rows were seen the deviation is 1", () => {
  expect(seen([]).moments()).toEqual({ mean: [0, 0], std: [1, 1] });
  expect(seen([[5, 6]]).moments()).toEqual({ mean: [5, 6], std: [1, 1] });
});

test("large offsets do not swallow small deviations", () => {
  const { std } = seen([1, 2, 3, 4].map((x) => [1e9 + x, 0])).moments();
  expect(std[0]).toBeCloseTo(Math.sqrt(1.25), 9);
});

test("goes on from saved state to the bit, through JSON", () => {
  const rows = Array.from({ length: 50 }, (_, i) => [Math.sin(i), Math.cos(i * i)]);
  const copy = new RunningMoments(WIDTH);
  copy.load(JSON.parse(JSON.stringify(seen(rows.slice(0, 20)).save())));
  copy.add(Float64Array.from(rows.slice(20).flat()), 0, 30);
  expect(copy.save()).toEqual(seen(rows).save());
});

interface Golden {
  readonly epsilon: number;
  readonly batches: readonly (readonly (readonly number[])[])[];
  readonly states: readonly { readonly mean: number[]; readonly var: number[]; readonly count: number }[];
}

const goldens = sharedJson<{ running_mean_std: Golden }>("reference/vectors/rl/goldens.json");
test.skipIf(goldens === null)("merges as Stable-Baselines3's RunningMeanStd does", () => {
  const { epsilon, batches, states } = goldens!.running_mean_std;
  // Theirs begins with mean 0 and variance 1, at a weight of epsilon.
  const moments = new RunningMoments(WIDTH);
  moments.load({ count: epsilon, mean: [0, 0], m2: [epsilon, epsilon] });
  batches.forEach((batch, b) => {
    moments.merge(seen(batch));
    const { mean, var: variance, count } = states[b]!;
    expect(moments.count).toBeCloseTo(count, 9);
    for (let f = 0; f < WIDTH; f++) {
      expect(moments.mean[f]).toBeCloseTo(mean[f]!, 9);
      expect(moments.m2[f]! / moments.count).toBeCloseTo(variance[f]!, 9);
    }
  });
});
