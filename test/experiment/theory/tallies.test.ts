import { expect, test } from "vitest";
import { Occupancy } from "../../../src/experiment/theory/occupancy.js";
import { Tally } from "../../../src/experiment/theory/tally.js";

test("an occupancy weighs each number by how long it was held", () => {
  const law = new Occupancy();
  law.hold(0, 1);
  law.hold(2, 3);
  law.hold(100, 0.5);
  law.hold(0, 0.5);
  expect(law.mean).toBeCloseTo(56 / 5, 12);
  expect(law.variance).toBeCloseTo((12 + 5000) / 5 - (56 / 5) ** 2, 9);
  expect([law.atLeast(1), law.atLeast(3), law.atLeast(101)]).toEqual([0.7, 0.1, 0]);
});

test("a tally far from 0 keeps its variance", () => {
  const tally = new Tally(true);
  for (let i = 0; i < 1000; i++) tally.add(1e9 + (i % 2));
  expect(tally.mean).toBe(1e9 + 0.5);
  expect(tally.variance).toBeCloseTo(0.25, 12);
});

test("quantiles are right to a ten-thousandth", () => {
  const tally = new Tally(true);
  for (let i = 1; i <= 100_001; i++) tally.add(i / 1000);
  for (const q of [0.1, 0.5, 0.95, 0.99]) {
    expect(Math.abs(tally.quantile(q) / ((q * 100_000 + 1) / 1000) - 1)).toBeLessThan(1e-4);
  }
});
