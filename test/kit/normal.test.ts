import { describe, expect, test } from "vitest";
import { normalCdf, normalQuantile, normalUpperTail } from "../../src/kit/normal.js";

describe("the standard normal distribution", () => {
  // 50-digit arithmetic (mpmath), rounded.
  test.each([
    [0.5, 0.3085375387259869],
    [2.4, 0.008197535924596131],
    [2.6, 0.004661188023718749],
    [8, 6.220960574271784e-16],
    [37, 5.725571222524577e-300],
  ])("P(Z > %f) keeps its relative accuracy in the tail", (z, tail) => {
    expect(Math.abs(normalUpperTail(z) / tail - 1)).toBeLessThan(1e-13);
    expect(normalCdf(z) + normalUpperTail(z)).toBeCloseTo(1, 15);
  });

  // The check values of Wichura 1988 (AS 241).
  test.each([
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798409],
    [0.975, 1.959963984540054],
  ])("the quantile of %f is the published one", (p, z) => {
    expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(2e-15);
  });

  test("quantile and distribution undo each other, and the ends are infinite", () => {
    for (let z = -8; z <= 4; z += 0.25) expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 11);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });
});
