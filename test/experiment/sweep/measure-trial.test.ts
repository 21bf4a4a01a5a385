import { describe, expect, test } from "vitest";
import {
  measureTrial,
  parseDimension,
  type SweepSubject,
  verifyDimensions,
} from "../../../src/experiment/sweep/index.js";
import { play } from "../../../src/learn/play.js";
import { validationSeeds } from "../../../src/learn/trainer.js";
import { parseScenario } from "../../../src/model/index.js";
import { heuristic } from "../../../src/policy/catalogue.js";
import { TINY } from "../../cli/training/tiny-scenario.js";

const policy: SweepSubject = {
  text: TINY,
  file: "tiny.yaml",
  folder: ".",
  seeds: 4,
  by: { kind: "policy", spec: "sed" },
};
const agent: SweepSubject = {
  ...policy,
  seeds: 1,
  by: { kind: "agent", algorithm: "ppo", decisions: 1000, seed: 1, backend: "plain" },
};
const costOf = (text: string, spec: string, count: number) =>
  validationSeeds(count).reduce(
    (sum, seed) =>
      sum + play(parseScenario(text, { file: "tiny.yaml" }), heuristic(spec), seed).objective / count,
    0,
  );

describe("a trial costs what its settings cost by hand", () => {
  test.each<[string, Record<string, number | string>, string, string, number]>([
    ["nothing set", {}, TINY, "sed", 4],
    ["a knob", { "policy.failure": 5 }, TINY, "sed(failure=5)", 4],
    ["another policy", { policy: "jsq" }, TINY, "jsq", 4],
    [
      "a number of the scenario",
      { "scenario.pools.fast.servers": 5 },
      TINY.replace("fast: { servers: 2", "fast: { servers: 5"),
      "sed",
      4,
    ],
  ])("%s", async (_, settings, text, spec, count) =>
    expect(await measureTrial(policy, { settings, share: 1 })).toBeCloseTo(costOf(text, spec, count), 12),
  );

  test("with half of the effort, by half of the runs", async () =>
    expect(await measureTrial(policy, { settings: {}, share: 0.5 })).toBeCloseTo(costOf(TINY, "sed", 2), 12));
});

test("an agent is trained, differently with other settings, and again the same", async () => {
  const settings = { "agent.environments": 4, "agent.rollout": 64, "agent.hidden": 8 };
  const measure = (more: object) => measureTrial(agent, { settings: { ...settings, ...more }, share: 1 });
  const cost = await measure({});
  expect(cost).toBeGreaterThan(0);
  expect(await measure({})).toBe(cost);
  expect(await measure({ "agent.learningRate": 0.05 })).not.toBe(cost);
});

describe("what cannot be set is refused before anything runs, with what can", () => {
  test.each<[string, SweepSubject, RegExp]>([
    ["policy.failures=uniform(0,1)", policy, /failures/],
    [
      "policie.failure=uniform(0,1)",
      policy,
      /has no policie.failure.*known here: policy, scenario; did you mean "policy"/,
    ],
    ["scenario.pool.fast.servers=integer(1,2)", policy, /has no pool .*did you mean "pools"/],
    ["scenario.pools.fats.servers=integer(1,2)", policy, /has no pools.fats .*did you mean "fast"/],
    ["scenario.pools.fast.servers=choice(0)", policy, /servers/],
    ["agent.learningRate=uniform(0,1)", policy, /a sweep of a policy has no agent.learningRate/],
    ["agent.learningrate=uniform(0,1)", agent, /has no learningrate .*did you mean "learningRate"/],
    ["agent.ppo.epoch=integer(1,2)", agent, /did you mean "epochs"/],
    ["agent.nothing.epochs=integer(1,2)", agent, /has no nothing/],
  ])("%s", (text, subject, message) =>
    expect(() => verifyDimensions(subject, [parseDimension(text)])).toThrow(message),
  );
});
