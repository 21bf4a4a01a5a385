import { describe, expect, test } from "vitest";
import { a2cDefaults } from "../../src/learn/a2c.js";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { dqnDefaults } from "../../src/learn/dqn.js";
import type { Learning, Progress } from "../../src/learn/learner.js";
import { reinforceDefaults } from "../../src/learn/reinforce.js";
import { type TrainingState, type TrainPlan, trainPolicy } from "../../src/learn/train.js";
import { trainerDefaults } from "../../src/learn/trainer.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import { twoPools } from "./two-pools.js";

const backend = simdPresent() ? simdBackend : plainBackend;

const base = { seed: 2, decisions: 3000, horizon: 10, hidden: [16] };
const ways: readonly Learning[] = [
  { algorithm: "a2c", settings: { ...a2cDefaults, ...base, environments: 4 } },
  { algorithm: "dqn", settings: { ...dqnDefaults, ...base, memory: 1500, lookAround: 200 } },
  { algorithm: "reinforce", settings: { ...reinforceDefaults, ...base, sequences: 2, rollouts: 3 } },
];
const rest = {
  scenario: { ...twoPools, horizon: 60 },
  episode: 25,
  validation: { seeds: 2, every: 1000 },
};

async function trained(plan: TrainPlan, until = Number.POSITIVE_INFINITY, from?: TrainingState) {
  const seen: Progress[] = [];
  const result = await trainPolicy(
    plan,
    backend,
    {
      onIteration: (progress) => {
        seen.push(progress);
        return progress.iteration < until;
      },
    },
    from,
  );
  return { result, seen, state: JSON.stringify(result.state()) };
}

describe.each(ways)("training by $algorithm", (learning) => {
  const plan: TrainPlan = { ...learning, ...rest };

  test("stopped and resumed is as in one go, and so is its curve", async () => {
    const whole = await trained(plan);
    const before = await trained(plan, 1);
    const after = await trained(plan, undefined, JSON.parse(before.state));
    expect(before.result.finished).toBe(false);
    expect(after.state).toBe(whole.state);
    expect(after.result.curve).toEqual(whole.result.curve);
    expect([...before.seen, ...after.seen]).toEqual(whole.seen);
    expect(whole.result.best.cost).toBe(Math.min(...whole.result.curve.map(({ cost }) => cost)));
  });

  test("tells what it does in figures, each of them by name", async () => {
    const { seen } = await trained(plan, 2);
    const { figures, decisions, iteration } = seen.at(-1)!;
    expect(iteration).toBe(2);
    expect(decisions).toBeGreaterThan(0);
    expect(Object.values(figures).some(Number.isFinite)).toBe(true);
  });
});

test("figures of several heads are told as means and one by one", async () => {
  const plan: TrainPlan = {
    algorithm: "ppo",
    settings: { ...trainerDefaults, ...base, environments: 2, rollout: 64 },
    ...rest,
    scenario: { ...rest.scenario, decide: ["route", "dispatch"] },
  };
  const { figures } = (await trained(plan, 1)).seen[0]!;
  const { entropy, "entropy/route": route, "entropy/dispatch": dispatch } = figures;
  expect(entropy).toBeCloseTo((route! + dispatch!) / 2, 12);
});

describe("a run that diverges", () => {
  const wild = (learningRate: number): TrainPlan => ({
    algorithm: "ppo",
    settings: { ...trainerDefaults, ...base, environments: 4, rollout: 64, learningRate, decisions: 5000 },
    ...rest,
    validation: { seeds: 2, every: 256 },
  });

  test("before its first validation gives nothing but the reason", () =>
    expect(trained(wild(1e38))).rejects.toMatchObject({ code: "DIVERGED" }));

  test("stops, names it, and keeps the last good checkpoint and the best policy so far", async () => {
    // From a good state into bad waters: the settings are the resumed run's own.
    const good = await trained(wild(1e-3), 3);
    const stored: TrainingState[] = [];
    const result = await trainPolicy(
      wild(1e38),
      backend,
      { onCheckpoint: (save) => void stored.push(save()) },
      JSON.parse(good.state),
    );
    expect(result.diverged).toMatchObject({ code: "DIVERGED" });
    expect(result.finished).toBe(false);
    expect(result.best.cost).toBeLessThanOrEqual(good.result.best.cost);
    expect(stored.length).toBeLessThanOrEqual(1);
  });

  test("by growing queues and stays there is called off, and no checkpoint is made of it", async () => {
    const stored: number[] = [];
    const result = await trainPolicy(
      // What the yardstick says makes any cost one that has exploded.
      { ...wild(1e-9), yardstick: { policy: "oracle", cost: 1e-3, unfinished: 0 } },
      backend,
      { onCheckpoint: (save) => void stored.push(save().curve.length) },
    );
    expect(result.diverged).toMatchObject({ code: "COST_EXPLODED" });
    expect(stored).toEqual([]);
    expect(result.curve.length).toBeLessThan(19);
  });
});
