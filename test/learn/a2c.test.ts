import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { a2cDefaults, a2cUpdate } from "../../src/learn/a2c.js";
import { plainBackend, simdBackend, type Trainable } from "../../src/learn/backend/index.js";
import { DecisionStore } from "../../src/learn/decision-store.js";
import { PpoScratch, ppoUpdate } from "../../src/learn/ppo.js";
import { bandit, cartPole, chain, identity, twoKinds } from "../../src/learn/toys/index.js";
import { Trainer } from "../../src/learn/trainer.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import { greedyReturn, learn } from "./toy-training.js";

const backend = simdPresent() ? simdBackend : plainBackend;

test("its derivatives are the policy gradient's: A (p - 1{taken}) for the logits, the error for the value", () => {
  const space = { name: "two", context: 0, candidate: 1 };
  const store = new DecisionStore(space);
  const observation = {
    head: 0,
    count: 2,
    context: new Float32Array(0),
    candidates: Float32Array.of(0, 0),
    mask: Uint8Array.of(1, 1),
  };
  const logits = [Math.log(0.2), Math.log(0.8)];
  for (const action of [0, 1]) {
    const at = store.add(observation);
    store.actions[at] = action;
    store.logProbs[at] = logits[action]!;
    store.places[at] = at;
  }
  let dLogits: number[] = [];
  let dValues: number[] = [];
  const network = {
    forward: (batch, out) => {
      for (let b = 0; b < batch.size; b++) out.logits.set(logits, 2 * b);
      out.values.fill(3);
    },
    backward: (ofLogits, ofValues) => {
      dLogits = [...ofLogits.slice(0, 4)];
      dValues = [...ofValues.slice(0, 2)];
    },
    adamStep: () => 0,
  } as Partial<Trainable> as Trainable;
  ppoUpdate(
    network,
    store,
    Float64Array.of(5, 5),
    Float64Array.of(1, 1),
    0,
    { ...a2cUpdate, entropyWeight: 0 },
    new SequentialStream("x"),
    new PpoScratch(new DecisionStore(space)),
  );
  // The order is shuffled: sums over both decisions, each with half the weight.
  expect(dLogits[0]! + dLogits[2]!).toBeCloseTo((5 * (2 * 0.2 - 1)) / 2, 5);
  expect(dLogits[1]! + dLogits[3]!).toBeCloseTo((5 * (2 * 0.8 - 1)) / 2, 5);
  expect(dValues).toEqual([0.5 * 0.5 * 2, 0.5 * 0.5 * 2]);
});

const settings = {
  rollout: 16,
  decisions: 60_000,
  lambda: 0.95,
  learningRate: 5e-3,
  ppo: { ...a2cUpdate, entropyWeight: 0.01 },
};

describe("A2C solves", () => {
  test.each([
    ["identity, which is cut and goes on", () => identity(), 2, 0.08],
    ["a bandit", () => bandit(), 5, 0.03],
    ["a chain, where time decides", () => chain(), 5, 0.03],
    ["two kinds of decision in turn", () => twoKinds(), 5, 0.03],
  ] as const)("%s", (_, make, horizon, tolerance) => {
    const { mistakes, valueError } = learn(make, { backend, horizon, settings });
    expect(mistakes).toBe(0);
    expect(valueError).toBeLessThan(tolerance);
  });
});

test.each([1, 2, 3, 4, 5])("seed %i: a pole stands for 475 steps and more on average", (seed) => {
  const trainer = new Trainer(
    () => cartPole(),
    { ...a2cDefaults, seed, decisions: 250_000, horizon: 100 },
    backend,
  );
  let best = 0;
  for (let n = 1; !trainer.done && best < 475; n++) {
    trainer.iterate();
    if (n % 20 === 0) best = greedyReturn(cartPole(), trainer.trained(), 50);
  }
  // Stable-Baselines3's tuned PPO takes 70,000.
  expect(trainer.decisions).toBeLessThan(70_000);
  trainer.dispose();
  expect(best).toBeGreaterThanOrEqual(475);
});
