import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { benjaminiHochberg, holm } from "../../../src/experiment/statistics/index.js";

describe("Benjamini and Hochberg's adjusted p-values", () => {
  /** Their own example (1995, section 4.2): fifteen endpoints of a trial of thrombolysis. */
  const ENDPOINTS = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];

  test("reject four of the paper's fifteen at 5 %, where Holm rejects three", () => {
    expect(benjaminiHochberg(ENDPOINTS).filter((p) => p <= 0.05)).toHaveLength(4);
    expect(holm(ENDPOINTS).filter((p) => p <= 0.05)).toHaveLength(3);
    // scipy.stats.false_discovery_control.
    expect(benjaminiHochberg(ENDPOINTS)[3]).toBeCloseTo(0.035625, 12);
    expect(benjaminiHochberg(ENDPOINTS)[5]).toBeCloseTo(0.0638571428571, 12);
  });

  test("reject what the step-up rule of the paper rejects, in any order", () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (pValues) => {
          const q = 0.1;
          const sorted = pValues.toSorted((x, y) => x - y);
          // The largest k with p(k) <= k q / m; all up to it are rejected.
          const k = sorted.findLastIndex((p, i) => p <= ((i + 1) / sorted.length) * q);
          fc.pre(sorted.every((p, i) => Math.abs(p - ((i + 1) / sorted.length) * q) > 1e-12));
          const rejected = benjaminiHochberg(pValues).filter((p) => p <= q).length;
          expect(rejected).toBe(sorted.filter((p) => k >= 0 && p <= sorted[k]!).length);
        },
      ),
    ));

  test("lie between the p-values and Holm's, and leave out what could not be tested", () => {
    const found = benjaminiHochberg([0.01, Number.NaN, 0.02]);
    expect(found).toEqual([0.02, Number.NaN, 0.02]);
    const adjusted = benjaminiHochberg(ENDPOINTS);
    holm(ENDPOINTS).forEach((p, i) => {
      expect(adjusted[i]).toBeLessThanOrEqual(p + 1e-15);
      expect(adjusted[i]).toBeGreaterThanOrEqual(ENDPOINTS[i]!);
    });
  });
});
