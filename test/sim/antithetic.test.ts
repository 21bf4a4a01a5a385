import { expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { exponential, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";

/** M/M/1 at load 0.7. */
const queue = scenario(
  [pool("p")],
  [workflow("w", [task("a", [0], { work: exponential(0.7) })], { arrivals: poisson(1) })],
  { horizon: 500 },
);
const waits = (seed: number, antithetic: boolean) =>
  play(queue, heuristic("jsq"), seed, { antithetic }).metrics.waiting;

test("an antithetic run is another run of the same queue, and repeats", () => {
  expect(waits(1, true)).toBe(waits(1, true));
  expect(waits(1, true)).not.toBe(waits(1, false));
  expect(waits(1, false)).toBe(play(queue, heuristic("jsq"), 1).metrics.waiting);
});

test("where one of a pair waits long, the other waits briefly", () => {
  // Waits grow with works and shrink with gaps, so Hammersley and Morton's inequality holds: the correlation is
  // negative: -0.24 here (3,000 other pairs), estimated from 1,000 pairs with a standard error of 0.03.
  const plain = Array.from({ length: 1000 }, (_, seed) => waits(seed, false));
  const twin = Array.from({ length: 1000 }, (_, seed) => waits(seed, true));
  expect(correlation(plain, twin)).toBeLessThan(-0.12);
});

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const product = (a: readonly number[], b: readonly number[]) =>
    mean(a.map((value, i) => (value - mean(a)) * (b[i]! - mean(b))));
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}
