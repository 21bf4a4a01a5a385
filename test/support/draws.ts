import { normalQuantile } from "../../src/kit/normal.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";

/** Standard normal draws by inversion; the same seed gives the same. */
export function normalDraws(seed: string): () => number {
  const stream = new SequentialStream(seed);
  return () => normalQuantile(stream.next());
}

export const fill = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

export function holds(interval: { low: number; high: number }, value: number): boolean {
  return interval.low <= value && value <= interval.high;
}

/** In which share of the trials it came true. */
export function shareOf(trials: number, once: () => boolean): number {
  let count = 0;
  for (let i = 0; i < trials; i++) if (once()) count++;
  return count / trials;
}

/** How far a share of so many trials may lie from the truth: 5 standard errors, by chance once in a million. */
export const allowance = (expected: number, trials: number): number =>
  5 * Math.sqrt((expected * (1 - expected)) / trials);
