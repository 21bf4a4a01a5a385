import { expect, test } from "vitest";
import { expOfNegative } from "../../src/kit/exp-of-negative.js";
import { KeyedStream } from "../../src/kit/random.js";

test("the exponential of a number not above 0 is that of the engine, to an ulp, from 0 to where it underflows", () => {
  const stream = KeyedStream.named(1, "exponents");
  const draws = Array.from({ length: 100_000 }, (_, i) => -stream.next() * 745 * 2 ** -(i % 60));
  const halves = Array.from({ length: 2100 }, (_, k) => (-k / 2) * Math.LN2).filter((x) => x > -745);
  for (const x of [0, -0, ...draws, ...halves]) {
    const truth = Math.exp(x);
    expect(Math.abs(expOfNegative(x) - truth)).toBeLessThanOrEqual(Math.max(2 ** -52 * truth, 2 ** -1074));
  }
});

test("beyond, it is 0; and what is no number gives none", () => {
  expect([-745.2, -1e300, Number.NEGATIVE_INFINITY].map(expOfNegative)).toEqual([0, 0, 0]);
  expect(expOfNegative(Number.NaN)).toBeNaN();
});
