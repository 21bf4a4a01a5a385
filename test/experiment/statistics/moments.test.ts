import fc from "fast-check";
import { sampleStandardDeviation as plainDeviation, mean as plainMean } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { mean, meanInterval, moments } from "../../../src/experiment/statistics/index.js";

describe("mean, standard deviation and t interval", () => {
  test("agree with simple-statistics on any values", () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2 }), (values) => {
        const sample = moments(values);
        expect(Math.abs(sample.mean - plainMean(values))).toBeLessThan(1e-8);
        expect(Math.abs(sample.standardDeviation - plainDeviation(values))).toBeLessThan(1e-8);
      }),
    ));

  test("survive a large offset, where the textbook sum of squares loses every digit", () => {
    expect(moments([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).standardDeviation).toBeCloseTo(Math.sqrt(30), 10);
  });

  // R: t.test(extra ~ group, data = sleep), second group alone.
  test("give R's interval for the second drug of Student's sleep data", () => {
    const interval = meanInterval([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4], 0.95);
    expect(interval.mean).toBeCloseTo(2.33, 12);
    expect(interval.low).toBeCloseTo(0.8976775, 6);
    expect(interval.high).toBeCloseTo(3.7623225, 6);
  });

  test("say nothing from one value, and NaN from none", () => {
    expect(meanInterval([3])).toMatchObject({ mean: 3, low: -Infinity, high: Infinity });
    expect(mean([])).toBeNaN();
  });
});
