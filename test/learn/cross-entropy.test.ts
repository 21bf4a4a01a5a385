import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import {
  type CrossEntropySettings,
  crossEntropy,
  crossEntropyDefaults,
} from "../../src/learn/cross-entropy.js";

const settings: CrossEntropySettings = { ...crossEntropyDefaults, seed: 1 };
const axis = (rest: Partial<{ low: number; high: number; mean: number; deviation: number }> = {}) => ({
  low: -10,
  high: 10,
  mean: 0,
  deviation: 4,
  ...rest,
});

/** Minimises a cost of one point on the axes. */
const minimise = (
  axes: ReturnType<typeof axis>[],
  cost: (point: readonly number[], i: number, round: number) => number,
  rest: Partial<CrossEntropySettings> = {},
) =>
  crossEntropy(axes, async (points, round) => points.map((point, i) => cost(point, i, round)), {
    ...settings,
    ...rest,
  });

describe("the cross-entropy method", () => {
  test("updates mean and deviation from the elites as the formulas say", async () => {
    const drawn: number[] = [];
    const { mean, deviation } = await minimise(
      [axis()],
      ([x], i) => {
        drawn[i] = x!;
        return Math.abs(x! - 3);
      },
      { population: 5, elites: 2, rounds: 1, smoothing: 0.7, deviationSmoothing: 0.9, tolerance: 0 },
    );
    const [a, b] = drawn.toSorted((x, y) => Math.abs(x - 3) - Math.abs(y - 3)) as [number, number];
    // At t = 1 the deviation's weight is beta itself.
    expect(mean[0]).toBeCloseTo(0.7 * ((a + b) / 2) + 0.3 * 0, 12);
    expect(deviation[0]).toBeCloseTo(0.9 * (Math.abs(a - b) / 2) + 0.1 * 4, 12);
  });

  test("finds the least of a bowl, on axes of any scale", async () => {
    const { mean } = await minimise(
      [axis(), axis({ low: 0, high: 1000, mean: 500, deviation: 300 })],
      ([x, y]) => (x! - 2.5) ** 2 + ((y! - 120) / 100) ** 2,
      { population: 40, elites: 8, rounds: 30 },
    );
    expect(mean[0]).toBeCloseTo(2.5, 0.8);
    expect(mean[1]! / 100).toBeCloseTo(1.2, 0.8);
  });

  test("finds it through noise that is common to a population", async () => {
    const noise = new SequentialStream("noise");
    const luck: number[] = [];
    const { mean } = await minimise([axis()], ([x], _, round) => {
      luck[round] ??= 100 * noise.next();
      return luck[round]! + (x! + 4) ** 2;
    });
    expect(mean[0]).toBeCloseTo(-4, 0.8);
  });

  test("meets a bound exactly where the best lies on it", async () => {
    const { rounds } = await minimise([axis({ low: 0, mean: 2 })], ([x]) => x!);
    expect(rounds.at(-1)!.best).toEqual([0]);
  });

  test("takes what has no cost for the worst", async () => {
    const { mean } = await minimise([axis()], ([x]) => (x! < 0 ? Number.NaN : (x! - 1) ** 2));
    expect(mean[0]).toBeCloseTo(1, 0.8);
  });

  test("stops once it has closed, and gives the same for the same seed", async () => {
    const once = await minimise([axis()], ([x]) => x! ** 2, { rounds: 500 });
    expect(once.rounds.length).toBeLessThan(100);
    expect(await minimise([axis()], ([x]) => x! ** 2, { rounds: 500 })).toEqual(once);
    expect(await minimise([axis()], ([x]) => x! ** 2, { rounds: 500, seed: 2 })).not.toEqual(once);
  });

  test("planted: a flipped sign of the cost ends far from the least", async () => {
    const { mean } = await minimise([axis()], ([x]) => -((x! - 2.5) ** 2));
    expect(Math.abs(mean[0]! - 2.5)).toBeGreaterThan(5);
  });
});
