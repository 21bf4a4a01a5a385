import { describe, expect, test } from "vitest";
import {
  studentTCdf,
  studentTQuantile,
  studentTUpperTail,
} from "../../../src/experiment/statistics/student-t.js";

const accuracy = (df: number): number => (df <= 1000 ? 1e-12 : 1e-10);

describe("Student's t distribution", () => {
  // The first two columns agree with the printed tables (and R's qt); digits from 60-digit arithmetic (mpmath).
  test.each([
    [1, 12.706204736174705, 63.656741162871581, 636619.77236705774],
    [2, 4.3026527297494639, 9.9248432009182931, 999.99924999984375],
    [3, 3.1824463052837096, 5.8409093097333573, 130.15458955835795],
    [5, 2.5705818356363155, 4.0321429835552281, 28.47847346298421],
    [9, 2.2621571627982055, 3.2498355415921263, 11.63678202732889],
    [29, 2.0452296421327043, 2.7563859036706055, 6.1700561014188312],
    [99, 1.9842169515864175, 2.6264054572808275, 5.2171642066494653],
    [1000, 1.9623390808264085, 2.5807546980659511, 4.922289523429588],
    [1_000_000, 1.959966356814107, 2.5758342201053342, 4.8916689607103853],
  ])("its quantiles with %i degrees of freedom are the published ones", (df, p975, p995, far) => {
    expect(Math.abs(studentTQuantile(0.975, df) / p975 - 1)).toBeLessThan(accuracy(df));
    expect(Math.abs(studentTQuantile(0.995, df) / p995 - 1)).toBeLessThan(accuracy(df));
    // 1 - p = 5e-7 itself carries a relative rounding error of 1e-10.
    expect(Math.abs(studentTQuantile(0.9999995, df) / far - 1)).toBeLessThan(2e-10);
    expect(studentTQuantile(0.025, df)).toBeCloseTo(-p975, 9);
  });

  test.each([
    [0.5, 3, 0.18365407799297172],
    [1, 1e6, 3.1830988618368457e-7],
    [2.5, 0.01, 0.49638199717895413],
    [4, 2.5, 0.033383272405994073],
    [29, -1.3, 0.89808040816898513],
    [29, 40, 3.173438664864674e-27],
    [1e6, 1.96, 0.024998033792634895],
    [1e6, 6, 9.8692490617721733e-10],
  ])("P(T > t) with %f degrees of freedom, t = %f", (df, t, tail) => {
    expect(Math.abs(studentTUpperTail(t, df) / tail - 1)).toBeLessThan(accuracy(df));
    expect(studentTCdf(t, df)).toBeCloseTo(1 - tail, 11);
  });

  test("quantile and distribution undo each other from the heaviest tail to the normal", () => {
    for (const df of [0.5, 1, 1.7, 6, 40, 1e4, 1e8, Number.POSITIVE_INFINITY]) {
      for (const p of [1e-9, 0.01, 0.3, 0.49999, 0.5, 0.7, 0.999]) {
        expect(Math.abs(studentTCdf(studentTQuantile(p, df), df) / p - 1)).toBeLessThan(1e-12);
      }
    }
  });
});
