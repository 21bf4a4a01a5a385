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
    [1, 12.706204736174705, 63.65674116287158, 636619.7723670577],
    [2, 4.302652729749464, 9.924843200918293, 999.9992499998438],
    [3, 3.1824463052837095, 5.840909309733357, 130.15458955835794],
    [5, 2.5705818356363155, 4.032142983555228, 28.47847346298421],
    [9, 2.2621571627982053, 3.2498355415921263, 11.63678202732889],
    [29, 2.0452296421327043, 2.7563859036706053, 6.170056101418831],
    [99, 1.9842169515864174, 2.6264054572808275, 5.217164206649465],
    [1000, 1.9623390808264085, 2.580754698065951, 4.922289523429588],
    [1_000_000, 1.959966356814107, 2.5758342201053344, 4.891668960710385],
  ])("its quantiles with %i degrees of freedom are the published ones", (df, p975, p995, far) => {
    expect(Math.abs(studentTQuantile(0.975, df) / p975 - 1)).toBeLessThan(accuracy(df));
    expect(Math.abs(studentTQuantile(0.995, df) / p995 - 1)).toBeLessThan(accuracy(df));
    // 1 - p = 5e-7 itself carries a relative rounding error of 1e-10.
    expect(Math.abs(studentTQuantile(0.9999995, df) / far - 1)).toBeLessThan(2e-10);
    expect(studentTQuantile(0.025, df)).toBeCloseTo(-p975, 9);
  });

  test.each([
    [0.5, 3, 0.18365407799297173],
    [1, 1e6, 3.1830988618368455e-7],
    [2.5, 0.01, 0.49638199717895415],
    [4, 2.5, 0.03338327240599407],
    [29, -1.3, 0.8980804081689852],
    [29, 40, 3.173438664864674e-27],
    [1e6, 1.96, 0.024998033792634895],
    [1e6, 6, 9.869249061772174e-10],
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
