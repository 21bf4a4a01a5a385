import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { type ContextualBandit, PairFeatures, playBandit } from "../../src/learn/contextual-bandit.js";
import type { Environment, Space } from "../../src/learn/environment.js";
import { linUcb } from "../../src/learn/lin-ucb.js";
import { LinearModel } from "../../src/learn/linear-model.js";
import { linearThompson } from "../../src/learn/linear-thompson.js";
import { neuralBandit, neuralBanditDefaults } from "../../src/learn/neural-bandit.js";
import { bandit, identity, type SolvedEnvironment } from "../../src/learn/toys/index.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";

const backend = simdPresent() ? simdBackend : plainBackend;

describe("ridge regression one observation at a time", () => {
  const stream = new SequentialStream("ridge");
  const width = 3;
  const rows = Array.from({ length: 20 }, () =>
    Float64Array.from({ length: width }, () => 2 * stream.next() - 1),
  );
  const rewards = rows.map(() => stream.next());
  const model = new LinearModel(width, 0.5);
  rows.forEach((x, i) => {
    model.add(x, 0, rewards[i]!);
  });

  test("solves the normal equations: (ridge I + sum x x') theta = sum r x", () => {
    for (let i = 0; i < width; i++) {
      let left = 0.5 * model.weights[i]!;
      for (const x of rows) left += x[i]! * model.mean(x, 0);
      const right = rows.reduce((sum, x, n) => sum + rewards[n]! * x[i]!, 0);
      expect(left).toBeCloseTo(right, 10);
    }
  });

  test("its root squared is the inverse", () => {
    const root = model.root(new Float64Array(width * width));
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        let product = 0;
        for (let k = 0; k < width; k++) product += root[i * width + k]! * root[j * width + k]!;
        expect(product).toBeCloseTo(model.inverse[i * width + j]!, 12);
      }
    }
  });
});

describe("LinUCB by hand", () => {
  const space: Space = { name: "arms", context: 0, candidate: 2 };
  const arms = (allowed = [1, 1]) => ({
    head: 0,
    count: 2,
    context: new Float32Array(0),
    candidates: Float32Array.of(1, 0, 0, 1),
    mask: Uint8Array.from(allowed),
  });

  test("an arm seen n times with mean m has the bound n m / (n + 1) + alpha / sqrt(n + 1)", () => {
    // Arm 0: four times 1, bound 0.8 + alpha 0.447; arm 1: never, bound alpha. They meet at alpha = 1.447.
    const choiceWith = (alpha: number) => {
      const learner = linUcb(space, { alpha, plain: true });
      for (let n = 0; n < 4; n++) learner.learn(arms(), 0, 1);
      return learner.choose(arms());
    };
    expect(choiceWith(1.44)).toBe(0);
    expect(choiceWith(1.46)).toBe(1);
  });

  test("a masked arm is never taken, however good", () => {
    const learner = linUcb(space, { alpha: 1, plain: true });
    for (let n = 0; n < 9; n++) learner.learn(arms(), 0, 1);
    expect(learner.choose(arms([0, 1]))).toBe(1);
    expect(learner.best(arms([0, 1]))).toBe(1);
  });
});

test("features of a pair are 1, the candidate's, and their products with the context's", () => {
  const features = new PairFeatures({ name: "x", context: 2, candidate: 2 });
  const rows = features.of({
    head: 0,
    count: 1,
    context: Float32Array.of(3, 5),
    candidates: Float32Array.of(2, 7),
    mask: Uint8Array.of(1),
  });
  expect([...rows.subarray(0, features.width)]).toEqual([1, 2, 7, 6, 21, 10, 35]);
});

const learners: readonly [string, (space: Space) => ContextualBandit][] = [
  ["LinUCB", (space) => linUcb(space, { alpha: 1 })],
  ["linear Thompson sampling", (space) => linearThompson(space, { seed: 1, noise: 0.5 })],
  [
    "a neural network, epsilon-greedy",
    (space) => neuralBandit(space, { ...neuralBanditDefaults, seed: 1 }, backend),
  ],
];
const games: readonly [string, () => SolvedEnvironment][] = [
  ["a bandit", () => bandit()],
  // What one does there changes nothing of what comes: a contextual bandit.
  ["identity", () => identity()],
];

/** Share of greedy decisions that are not among the best, after so many of learning. */
function mistakes(
  learner: ContextualBandit,
  make: () => SolvedEnvironment,
  disguise = (game: Environment) => game,
) {
  playBandit(learner, disguise(make()), 1500, (n) => n);
  const game = make();
  let wrong = 0;
  let observation = game.reset(10_000);
  for (let n = 0; n < 200; n++) {
    const { best } = game.solution(1);
    const action = learner.best(observation);
    if (!best.includes(action)) wrong++;
    const step = game.step(action);
    observation = step.terminated || step.truncated ? game.reset(10_001 + n) : step.observation;
  }
  return wrong / 200;
}

describe.each(learners)("%s", (_, make) => {
  test.each(games)("solves %s: no mistakes after 1500 decisions", (_, game) => {
    expect(mistakes(make(game().spaces[0]!), game)).toBe(0);
  });

  test("gives the same for the same seed", () => {
    const run = () => playBandit(make(identity().spaces[0]!), identity(), 300, (n) => n).rewards;
    expect(run()).toEqual(run());
  });

  test("planted: a flipped sign of the reward is seen", () => {
    const flipped = (game: Environment): Environment => ({
      ...game,
      step: (action) => {
        const step = game.step(action);
        return { ...step, reward: -step.reward };
      },
    });
    expect(mistakes(make(identity().spaces[0]!), () => identity(), flipped)).toBeGreaterThan(0.5);
  });

  test("planted: a mask that is not looked at is found out by the game", () => {
    const unmasked = (game: Environment): Environment => {
      const open = (o: ReturnType<Environment["reset"]>) => ({ ...o, mask: o.mask.map(() => 1) });
      return {
        ...game,
        reset: (seed) => open(game.reset(seed)),
        step: (action) => {
          const step = game.step(action);
          return { ...step, observation: open(step.observation) };
        },
      };
    };
    expect(() => playBandit(make(identity().spaces[0]!), unmasked(identity()), 500, (n) => n)).toThrow(
      /is masked/,
    );
  });
});
