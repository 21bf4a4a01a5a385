import { describe, expect, test } from "vitest";
import { a2cDefaults } from "../../src/learn/a2c.js";
import { plainBackend } from "../../src/learn/backend/index.js";
import { DqnTrainer, dqnDefaults } from "../../src/learn/dqn.js";
import type { Learning } from "../../src/learn/learner.js";
import { ReinforceTrainer, reinforceDefaults } from "../../src/learn/reinforce.js";
import { requireSettings } from "../../src/learn/require-settings.js";
import { bandit } from "../../src/learn/toys/index.js";
import { Trainer, trainerDefaults } from "../../src/learn/trainer.js";

const base = { seed: 1, decisions: 1000, horizon: 10 };
const settings = {
  ppo: { ...trainerDefaults, ...base },
  a2c: { ...a2cDefaults, ...base },
  dqn: { ...dqnDefaults, ...base },
  reinforce: { ...reinforceDefaults, ...base },
};
type Algorithm = keyof typeof settings;
const learning = (algorithm: Algorithm, change: object = {}) =>
  ({ algorithm, settings: { ...settings[algorithm], ...change } }) as unknown as Learning;

test.each(Object.keys(settings) as Algorithm[])("the defaults of %s are none of it", (algorithm) =>
  expect(() => requireSettings(learning(algorithm))).not.toThrow(),
);

describe("settings that nothing can be learned with are refused, with the mend", () => {
  test.each<[Algorithm, object, RegExp]>([
    ["ppo", { lambda: 1.2 }, /lambda: 1.2 is not a number from 0 to 1/],
    ["ppo", { horizon: 0 }, /horizon: 0 is not a number above 0/],
    ["ppo", { horizon: Number.NaN }, /horizon: NaN is not a number above 0/],
    ["ppo", { learningRate: -1e-3 }, /learningRate: -0.001 is not a number above 0/],
    ["a2c", { environments: 1.5 }, /environments: 1.5 is not a whole number, 1 or more/],
    ["a2c", { rollout: 0 }, /rollout: 0 is not a whole number/],
    ["ppo", { ppo: { ...trainerDefaults.ppo, clip: -0.2 } }, /ppo.clip: -0.2 is not a number above 0/],
    ["ppo", { ppo: { ...trainerDefaults.ppo, entropyWeight: "much" } }, /ppo.entropyWeight: "much" is not/],
    ["dqn", { exploration: { first: 2, last: 0, share: 0.1 } }, /exploration.first: 2 is not/],
    ["ppo", { regenerative: "yes" }, /regenerative: "yes" is not true or false/],
    ["dqn", { memory: 10 }, /memory: a minibatch of 64 is more than is remembered: 10.*at least 64/],
    ["dqn", { prioritised: { alpha: 0.6, beta: 3 } }, /prioritised.beta: 3 is not a number from 0 to 1/],
    ["reinforce", { rollouts: 1 }, /rollouts: one episode on each sequence.*2 or more/],
  ])("%s: %j", (algorithm, change, complaint) =>
    expect(() => requireSettings(learning(algorithm, change))).toThrow(complaint),
  );

  test("all that is wrong in one go", () =>
    expect(() => requireSettings(learning("ppo", { lambda: -1, clip: 0, rollout: -3 }))).toThrow(
      /3 things are wrong/,
    ));

  test.each<[Algorithm, () => unknown]>([
    ["ppo", () => new Trainer(() => bandit(), { ...settings.ppo, lambda: 2 }, plainBackend)],
    ["dqn", () => new DqnTrainer(() => bandit(), { ...settings.dqn, steps: 0 }, plainBackend)],
    [
      "reinforce",
      () => new ReinforceTrainer(() => bandit(), { ...settings.reinforce, sequences: 0 }, plainBackend),
    ],
  ])("whoever makes a trainer of them: %s", (_, make) =>
    expect(make).toThrow(expect.objectContaining({ code: "BAD_SETTING" })),
  );
});
