import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../src/kit/random.js";
import { simdBackend } from "../../src/learn/backend/index.js";
import { plainBackend } from "../../src/learn/backend/plain.js";
import { DqnTrainer, dqnDefaults } from "../../src/learn/dqn.js";
import { meanNetwork, quantileLoss } from "../../src/learn/quantile-regression.js";
import { bandit, cartPole } from "../../src/learn/toys/index.js";
import { createRuntime, type NetworkSpec, simdPresent } from "../../src/policy/runtime/network/index.js";
import { answer, farthest, randomBatch, randomParameters } from "../policy/runtime/network/batches.js";
import { bestOfPole } from "./toy-training.js";

const backend = simdPresent() ? simdBackend : plainBackend;

describe("the loss of quantiles against targets", () => {
  // Two quantiles, of the fractions 1/4 and 3/4.
  test.each<[string, number[], number[], number, number, number[]]>([
    // Errors 0.5 and 2: (1/4)(0.125 + 1.5) / 2 + (3/4)(0.125 + 1.5) / 2.
    ["above both, Huber's at 1", [0, 0], [0.5, 2], 1, 0.8125, [-0.1875, -0.5625]],
    // Errors -1, -1 of the first (weight 3/4), 2, 2 of the second (weight 3/4): halves of 1; 2 - 1/2.
    ["below one, above the other", [1, -2], [0, 0], 1, 0.375 + 1.125, [0.75, -0.75]],
    // Quantile regression proper: (1/4)(3) + (3/4)(1), slopes minus and plus the weights.
    ["without smoothing", [-1, 3], [2], 0, (1 / 4) * 3 + (1 / 4) * 1, [-0.25, 0.25]],
    ["of one fraction, 1/2: half of Huber's", [0], [0.4], 1, 0.04, [-0.2]],
    // Smoothing by 1/2: |error| 0.25 is a square over kappa, (1/2)(0.03125 / 0.5); 2 is 2 - 0.25, halved.
    ["smoothed by 1/2", [0], [0.25, 2], 0.5, (0.5 * 0.0625 + 0.5 * 1.75) / 2, [-(0.25 + 0.5) / 2]],
  ])("%s: by hand", (_, quantiles, targets, kappa, loss, slopes) => {
    const written = new Float64Array(quantiles.length);
    // Other numbers around: they are not looked at.
    const column = Float32Array.of(9, ...quantiles, 9);
    expect(quantileLoss(column, 1, Float64Array.from(targets), kappa, written)).toBeCloseTo(loss, 12);
    expect([...written]).toEqual(slopes.map((slope) => expect.closeTo(slope, 12)));
  });

  test.each([0.1, 1])("slopes are what central differences say, kappa %d", (kappa) => {
    const stream = KeyedStream.named(1, "quantiles");
    const targets = Float64Array.from({ length: 7 }, () => 4 * stream.next() - 2);
    const at = Float32Array.from({ length: 5 }, () => 4 * stream.next() - 2);
    const slopes = new Float64Array(5);
    quantileLoss(at, 0, targets, kappa, slopes);
    const ignored = new Float64Array(5);
    const moved = (i: number, by: number) =>
      quantileLoss(
        Float32Array.from(at, (value, k) => (k === i ? value + by : value)),
        0,
        targets,
        kappa,
        ignored,
      );
    // In single precision 2^-12 is exact enough for 1e-3, where the loss is a square or a line.
    for (let i = 0; i < 5; i++)
      expect((moved(i, 2 ** -12) - moved(i, -(2 ** -12))) * 2 ** 11).toBeCloseTo(slopes[i]!, 3);
  });

  test("is least at the quantiles of the targets", () => {
    // Of 0, 1, ..., 99 the fractions 1/8, 3/8, 5/8, 7/8.
    const targets = Float64Array.from({ length: 100 }, (_, j) => j);
    const slopes = new Float64Array(4);
    quantileLoss(Float32Array.of(12.5, 37.5, 62.5, 87.5), 0, targets, 0, slopes);
    for (const slope of slopes) expect(Math.abs(slope)).toBeLessThan(0.006);
  });
});

test("the network of means answers with the means of the other's outputs, to 1e-5", () => {
  const spec: NetworkSpec = {
    kind: "candidate-scorer",
    context: 3,
    candidate: 4,
    hidden: [9, 6],
    activation: "tanh",
    outputs: 7,
  };
  const stream = KeyedStream.named(2, "mean");
  const parameters = randomParameters(spec, stream);
  const batch = randomBatch(spec, [3, 5, 2], stream);
  const wide = createRuntime(spec);
  wide.setParameters(parameters);
  const mean = meanNetwork(spec, parameters);
  expect(mean.network).not.toHaveProperty("outputs");
  const narrow = createRuntime(mean.network);
  narrow.setParameters(mean.parameters);
  const of = (numbers: Float32Array) =>
    Array.from({ length: numbers.length / 7 }, (_, i) => {
      const row = numbers.subarray(7 * i, 7 * i + 7);
      return row.reduce((sum, value) => sum + value, 0) / 7;
    });
  const [all, one] = [answer(wide, batch, 7), answer(narrow, batch)];
  expect(farthest(one.logits, of(all.logits))).toBeLessThan(1e-5);
  expect(farthest(one.values, of(all.values))).toBeLessThan(1e-5);
});

test("what is learned of a bandit are the quantiles of its arms", () => {
  const settings = {
    ...dqnDefaults,
    seed: 1,
    decisions: 12_000,
    horizon: 5,
    steps: 1,
    memory: 12_000,
    targetEvery: 100,
    learningRate: 3e-3,
    exploration: { first: 1, last: 1, share: 1 },
    hidden: [16],
    quantiles: { count: 8, kappa: 0 },
  };
  const trainer = new DqnTrainer(() => bandit({ means: [0, 2], spread: 1 }), settings, backend);
  while (!trainer.done) trainer.advance(1000);
  // An arm pays uniformly within 1 of its mean: the quantile of f is mean + 2 f - 1.
  const learned = trainer.distributions(bandit({ means: [0, 2], spread: 1 }).reset(0));
  trainer.dispose();
  for (const [arm, mean] of [0, 2].entries()) {
    learned[arm]!.forEach((quantile, i) => {
      expect(Math.abs(quantile - (mean + (2 * i + 1) / 8 - 1))).toBeLessThan(0.12);
    });
  }
});

test("a network of one's own has one output: quantiles are refused", () => {
  const own = { ...backend, own: {} as never };
  const make = () =>
    new DqnTrainer(
      () => bandit(),
      { ...dqnDefaults, seed: 1, decisions: 10, horizon: 1, quantiles: { count: 4, kappa: 1 } },
      own,
    );
  expect(make).toThrow(expect.objectContaining({ code: "BAD_SETTING" }));
});

test.each([1, 2, 3, 4, 5])(
  "seed %i: with quantiles a pole stands for 475 steps and more on average",
  (seed) => {
    const trainer = new DqnTrainer(
      () => cartPole(),
      { ...dqnDefaults, seed, decisions: 60_000, horizon: 100, quantiles: { count: 16, kappa: 1 } },
      backend,
    );
    expect(bestOfPole(trainer)).toBeGreaterThanOrEqual(475);
  },
);
