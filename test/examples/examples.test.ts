import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { linearAgent } from "../../examples/custom-agent.js";
import { attentionBackend } from "../../examples/custom-network.js";
import { pairedDifference } from "../../src/experiment/statistics/index.js";
import { loadTensorFlow } from "../../src/learn/backend/index.js";
import { play } from "../../src/learn/play.js";
import { twoKinds } from "../../src/learn/toys/index.js";
import { trainPolicy } from "../../src/learn/train.js";
import { Trainer, trainerDefaults, validationSeeds } from "../../src/learn/trainer.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { neuralPolicy } from "../../src/policy/runtime/neural-policy.js";
import { twoPools } from "../learn/two-pools.js";

describe("the examples", () => {
  const files = readdirSync("examples").filter((name) => name.endsWith(".ts"));

  test.each(files)("%s imports the package by its public names alone", (file) => {
    const imports = readFileSync(`examples/${file}`, "utf8").matchAll(/from "([^"]+)"/g);
    expect([...imports].map(([, name]) => name)).toEqual(["switchyard"]);
  });

  test("the agent has under 80 lines of code", () => {
    const code = readFileSync("examples/custom-agent.ts", "utf8")
      .replace(/\/\*\*[\s\S]*?\*\//g, "")
      .split("\n")
      .filter((line) => line.trim() !== "");
    expect(code.length).toBeLessThan(80);
  });
});

test("the custom agent learns to route better than a split at random, on fresh seeds", () => {
  const seeds = Array.from({ length: 20 }, (_, i) => 500 + i);
  const costs = (policy: Policy) => seeds.map((seed) => play(twoPools, policy, seed).objective);
  const agent = linearAgent(twoPools, { episodes: 200, learningRate: 0.03, horizon: 10, seed: 1 });
  // A false alarm in less than one choice of seeds in a thousand.
  expect(pairedDifference(costs(agent), costs(heuristic("random")), 0.999).high).toBeLessThan(0);
});

const present = await loadTensorFlow().then(
  () => true,
  () => false,
);
if (!present) console.log("skipped: the custom network. TensorFlow.js is not installed");

describe.skipIf(!present)("the custom network", () => {
  test("is trained by PPO, acts in its validations, and decides as it did then", async () => {
    const backend = await attentionBackend();
    const scenario = { ...twoPools, horizon: 40, warmup: 0 };
    const { heads, best } = await trainPolicy(
      {
        algorithm: "ppo",
        scenario,
        episode: 20,
        settings: { ...trainerDefaults, seed: 1, decisions: 500, horizon: 5, environments: 4, rollout: 64 },
        validation: { seeds: 2, every: 250 },
      },
      backend,
    );
    const policy = neuralPolicy("attention", heads, backend.own.runtime);
    const costs = validationSeeds(2).map((seed) => play(scenario, policy, seed).objective);
    expect(costs.reduce((sum, cost) => sum + cost, 0) / 2).toBe(best.cost);
  });

  test("acts as what learns, no probability moved before an update, and learns a game", async () => {
    const trainer = new Trainer(
      twoKinds,
      {
        ...trainerDefaults,
        seed: 1,
        decisions: 6000,
        horizon: 5,
        environments: 16,
        rollout: 16,
        learningRate: 1e-2,
        ppo: { ...trainerDefaults.ppo, epochs: 1, minibatch: 1e6 },
      },
      await attentionBackend(),
    );
    const first = trainer.iterate();
    let last = first;
    while (!trainer.done) {
      last = trainer.iterate();
      for (const { kl } of last.heads) expect(kl).toBeLessThan(1e-10);
    }
    expect(last.rewardRate).toBeGreaterThan(1.5 * first.rewardRate);
    trainer.dispose();
  });
});
