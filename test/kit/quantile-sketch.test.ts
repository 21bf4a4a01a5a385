import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { QuantileSketch } from "../../src/kit/quantile-sketch.js";

const QUANTILES = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
/** Flow times from a nanosecond to 30,000 years, on a logarithmic scale; and none at all. */
const values = fc.array(
  fc.oneof(
    fc.double({ min: -8.9, max: 11.9, noNaN: true }).map((exponent) => 10 ** exponent),
    fc.constantFrom(0, 1, 2, 1024),
  ),
  { minLength: 1, maxLength: 300 },
);

function sketchOf(all: readonly number[], relativeError?: number): QuantileSketch {
  const sketch = new QuantileSketch(relativeError);
  for (const value of all) sketch.add(value);
  return sketch;
}

const merged = (...sketches: readonly QuantileSketch[]): QuantileSketch => {
  const whole = new QuantileSketch(sketches[0]!.relativeError);
  for (const sketch of sketches) whole.merge(sketch);
  return whole;
};

/** What a sketch answers; its sum apart, which rounds as it is added up. */
const answers = (sketch: QuantileSketch) => [
  sketch.count,
  sketch.zeros,
  sketch.min,
  sketch.max,
  ...QUANTILES.map((q) => sketch.quantile(q)),
];

describe("a quantile sketch", () => {
  test.each([0.001, 0.005, 0.02, 0.1])(
    "is within its relative error of %d of the exact quantile",
    (error) => {
      fc.assert(
        fc.property(values, (all) => {
          const sketch = sketchOf(all, error);
          const sorted = [...all].sort((a, b) => a - b);
          for (const q of QUANTILES) {
            // DDSketch's definition (Masson, Rim and Lee 2019, definition 1): the value of rank floor(q (n - 1)).
            const exact = sorted[Math.floor(q * (all.length - 1))]!;
            expect(Math.abs(sketch.quantile(q) - exact)).toBeLessThanOrEqual(exact * (error + 1e-12));
          }
        }),
        { seed: 3, numRuns: 300 },
      );
    },
  );

  test("of parts, merged, answers as that of the whole, in whatever order they are merged", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [sketchOf(a), sketchOf(b), sketchOf(c)];
        const whole = answers(sketchOf([...a, ...b, ...c]));
        expect(answers(merged(merged(x, y), z))).toEqual(whole);
        expect(answers(merged(x, merged(y, z)))).toEqual(whole);
        expect(answers(merged(z, x, y))).toEqual(whole);
        expect(answers(merged(x, new QuantileSketch()))).toEqual(answers(x));
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  test("is put into a state that another was saved in, whatever it held, and goes on from there", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, more) => {
        const [saved, into] = [sketchOf(a), sketchOf(b)];
        into.restore(saved.save());
        expect(answers(into)).toEqual(answers(saved));
        for (const value of more) into.add(value);
        expect(answers(into)).toEqual(answers(sketchOf([...a, ...more])));
        into.restore(new QuantileSketch().save());
        expect(answers(into)).toEqual(answers(new QuantileSketch()));
        for (const value of a) into.add(value);
        expect(answers(into)).toEqual(answers(saved));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test("of nothing has no quantiles and no mean", () => {
    expect(new QuantileSketch().quantile(0.5)).toBeNaN();
    expect(new QuantileSketch().mean).toBeNaN();
  });
});
