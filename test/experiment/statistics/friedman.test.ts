import { describe, expect, test } from "vitest";
import { friedmanTest } from "../../../src/experiment/statistics/index.js";
import {
  studentizedRangeCdf,
  studentizedRangeQuantile,
} from "../../../src/experiment/statistics/studentized-range.js";

/** Hollander and Wolfe 1973, p. 140: seconds of 22 players by three ways to round first base. R's example of friedman.test. */
const ROUNDING = [
  [5.4, 5.5, 5.55],
  [5.85, 5.7, 5.75],
  [5.2, 5.6, 5.5],
  [5.55, 5.5, 5.4],
  [5.9, 5.85, 5.7],
  [5.45, 5.55, 5.6],
  [5.4, 5.4, 5.35],
  [5.45, 5.5, 5.35],
  [5.25, 5.15, 5],
  [5.85, 5.8, 5.7],
  [5.25, 5.2, 5.1],
  [5.65, 5.55, 5.45],
  [5.6, 5.35, 5.45],
  [5.05, 5, 4.95],
  [5.5, 5.5, 5.4],
  [5.45, 5.55, 5.5],
  [5.55, 5.55, 5.35],
  [5.45, 5.5, 5.55],
  [5.5, 5.45, 5.25],
  [5.65, 5.6, 5.4],
  [5.7, 5.65, 5.55],
  [6.3, 6.3, 6.25],
];

describe("Friedman's test", () => {
  test("gives R's 11.143, p 0.003805 of the players, ties and all", () => {
    const { statistic, pValue } = friedmanTest(ROUNDING);
    expect(statistic).toBeCloseTo(11.1429, 4);
    expect(pValue).toBeCloseTo(0.003805, 6);
  });

  test("has Demsar's critical differences: 1.25 at 5 % for four methods on fourteen data sets", () => {
    const blocks = Array.from({ length: 14 }, (_, i) => [0, 1, 2, 3].map((t) => (t + i) % 4));
    expect(friedmanTest(blocks).criticalDifference).toBeCloseTo(1.25, 2);
    expect(friedmanTest(blocks, 0.9).criticalDifference).toBeCloseTo(1.12, 2);
  });

  test("ranks the least value first, and finds nothing in ties alone", () => {
    expect(
      friedmanTest([
        [3, 1, 2],
        [9, 2, 5],
      ]),
    ).toMatchObject({ meanRanks: [3, 1, 2], statistic: 4 });
    expect(
      friedmanTest([
        [1, 1],
        [2, 2],
      ]),
    ).toMatchObject({ statistic: 0, pValue: 1, meanRanks: [1.5, 1.5] });
  });
});

describe("the studentized range of known spread", () => {
  // scipy.stats.studentized_range with infinite degrees of freedom.
  test.each([
    [1, 2, 0.5204998778130465],
    [3, 5, 0.789123495036462],
    [5, 30, 0.9006183606088397],
  ])("P(range <= %f) of %i", (q, groups, expected) => {
    expect(studentizedRangeCdf(q, groups)).toBeCloseTo(expected, 10);
  });

  test("has the quantiles of Demsar's table 5", () => {
    const table = [1.96, 2.343, 2.569, 2.728, 2.85, 2.949, 3.031, 3.102, 3.164];
    const found = table.map((_, i) => studentizedRangeQuantile(0.95, i + 2) / Math.SQRT2);
    expect(found).toEqual(table.map((value) => expect.closeTo(value, 2)));
  });
});
