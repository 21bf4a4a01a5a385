import { expect } from "vitest";
import { play } from "../../src/learn/play.js";
import type { Scenario } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Outcome } from "../../src/sim/outcome.js";

export interface Estimate {
  readonly mean: number;
  /** Standard error of the mean over independent replications. */
  readonly error: number;
}

/** Seeds 1 .. REPLICATIONS, the same in every statistical test. */
export const REPLICATIONS = 32;

/** A scenario's outcomes on the seeds, under a heuristic by its name. */
export function replicate(scenario: Scenario, policy = "jsq+fifo"): Outcome[] {
  return Array.from({ length: REPLICATIONS }, (_, k) => play(scenario, heuristic(policy), k + 1));
}

export function estimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}

/**
 * The estimate is within 4.5 standard errors of the truth: with 31 degrees of freedom a right simulator fails this on
 * one choice of seeds in 11,000 (Student's t, two-sided 9e-5). The standard error must itself be at most `sharpness`
 * of the truth, or the test would mean nothing.
 * @param tolerance relative error that is the measure's own, such as a sketch's
 */
export function expectNear(
  what: string,
  values: readonly number[],
  truth: number,
  { sharpness = 0.015, tolerance = 0 } = {},
): void {
  const { mean, error } = estimate(values);
  const allowed = 4.5 * error + tolerance * Math.abs(truth);
  const words = `${what}: ${mean.toPrecision(5)} +- ${error.toPrecision(2)}, truth ${truth.toPrecision(5)}`;
  expect(Math.abs(mean - truth), words).toBeLessThanOrEqual(allowed + 1e-9 * Math.abs(truth));
  expect(error, `${words}: too blunt`).toBeLessThanOrEqual(sharpness * Math.abs(truth) + 1e-12);
}
