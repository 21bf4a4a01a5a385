import { describe, expect, test } from "vitest";
import { type LearningOptions, learningPlan } from "../../../src/cli/training/learning-plan.js";
import { SwitchyardError } from "../../../src/kit/errors.js";
import type { Scenario } from "../../../src/model/scenario.js";
import { twoPools } from "../../learn/two-pools.js";
import { poisson, pool, scenario, task, workflow } from "../../support/scenarios.js";

const plan = (options: Partial<LearningOptions>, nouns: Scenario = twoPools) =>
  learningPlan({ algorithm: "ppo", seed: 1, ...options }, { scenario: nouns });

function refusal(options: Partial<LearningOptions>, nouns?: Scenario): string {
  try {
    plan(options, nouns);
  } catch (error) {
    if (error instanceof SwitchyardError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("an impossible configuration is refused before training, with the mend", () => {
  test.each<[Partial<LearningOptions>, RegExp]>([
    [{ decisions: 0 }, /--decisions: 0 is not a whole number from 1/],
    [{ environments: 251 }, /--environments: 251 is not a whole number from 1 to 250/],
    [{ learningRate: -1 }, /--learning-rate: -1 is not positive/],
    [{ horizon: Number.POSITIVE_INFINITY }, /--horizon: Infinity is not positive/],
    [{ valueClip: 0 }, /--value-clip: 0 is not positive/],
    [{ algorithm: "a2c", valueClip: 0.2 }, /--value-clip: a2c does not use it/],
    [{ entropy: -0.1 }, /--entropy: -0.1 is negative/],
    [{ hidden: "64,,64" }, /--hidden: "64,,64" is no list of layer widths \(widths from 1/],
    [{ hidden: "0" }, /no list of layer widths/],
    [
      { environments: 2, rollout: 32, minibatch: 512 },
      /--minibatch: a minibatch of 512 is more than a rollout has: 2 environments x 32 decisions \(at most 64, or a longer --rollout\)/,
    ],
    [
      { algorithm: "dqn", memory: 10 },
      /--memory: a minibatch of 64 is more than is remembered: 10 decisions \(at least 64/,
    ],
    [{ algorithm: "dqn", quantiles: 1025 }, /--quantiles: 1025 is not a whole number from 1 to 1024/],
    [{ algorithm: "dqn", flat: true }, /--flat: dqn does not use it/],
    [{ quantiles: 8 }, /--quantiles: ppo does not use it/],
    [{ algorithm: "dqn", decisions: 500 }, /--decisions: 500 decisions are fewer than the 1000 random ones/],
    [
      { algorithm: "dqn", epochs: 3 },
      /--epochs: dqn does not use it \(leave it out; it is for --algorithm ppo, imitate\)/,
    ],
    [{ algorithm: "ppo", teacher: "sed" }, /--teacher: ppo does not use it/],
    [{ algorithm: "knobs", hidden: "8" }, /--hidden: knobs does not use it/],
    [
      { algorithm: "reinforce", teacher: "sed" },
      /--teacher: the baseline is input-driven.*--baseline heuristic/,
    ],
    [{ algorithm: "dqn", controlVariates: true }, /--control-variates: dqn does not use it/],
    [{ algorithm: "reinforce", rollouts: 1 }, /--rollouts: 1 is not a whole number from 2/],
    [
      { algorithm: "reinforce", horizon: 100, episode: 50 },
      /--episode: an episode of 50 s is short for a horizon of 100 s.*--episode 300 or more/,
    ],
    [{ algorithm: "imitate", teacher: "sedd" }, /UNKNOWN_POLICY.*did you mean "sed"/],
    [
      { algorithm: "imitate", teacher: "fifo" },
      /BAD_TEACHER.*fifo does not make route decisions.*fifo\+random/,
    ],
    [{ algorithm: "knobs", heuristic: "jsq" }, /NO_KNOBS.*jsq has no knob left to learn/],
    [{ algorithm: "knobs", population: 1 }, /--population: 1 is not a whole number from 2/],
  ])("%j", (options, message) => expect(refusal(options)).toMatch(message));

  test("all that is wrong is said in one go", () => {
    const all = refusal({ algorithm: "dqn", epochs: 3, rollouts: 9, learningRate: 0 });
    expect(all).toMatch(/3 things are wrong/);
  });

  test("control variates where nothing has no memory", () => {
    const work = { kind: "deterministic", value: 1 } as const;
    const arrivals = { kind: "renewal", gap: work } as const;
    const even = scenario(
      [pool("one"), pool("other")],
      [workflow("job", [task("work", [0, 1], { work })], { arrivals })],
      { decide: ["route"] },
    );
    expect(refusal({ controlVariates: true }, even)).toMatch(
      /--control-variates: nothing here has no memory/,
    );
  });

  test("regenerative estimates where an empty system is no new beginning", () => {
    const phases = { kind: "mmpp", rates: [1, 2], leave: [1, 1] } as const;
    const modulated = scenario(
      [pool("one"), pool("other")],
      [workflow("job", [task("work", [0, 1])], { arrivals: phases })],
      { decide: ["route"] },
    );
    expect(refusal({ regenerative: true }, modulated)).toMatch(
      /--regenerative: an empty system is no new beginning here: arrivals have a memory/,
    );
  });

  test("costs by workflow where they would mislead", () => {
    const shared = scenario(
      [pool("one", { discipline: "ps" }), pool("other")],
      [workflow("job", [task("work", [0, 1])], { arrivals: poisson(1) })],
      { decide: ["route"] },
    );
    expect(refusal({ workflowCosts: true }, shared)).toMatch(
      /--workflow-costs: costs cannot be told by workflow: one is ps, not fifo/,
    );
  });

  test("a scenario without a decision", () => {
    const one = scenario([pool("only")], [workflow("job", [task("work", [0])], { arrivals: poisson(1) })], {
      decide: ["route"],
    });
    expect(refusal({}, one)).toMatch(/NOTHING_TO_DECIDE/);
  });
});

describe("what is left out has a default of the algorithm's own", () => {
  test.each<[Partial<LearningOptions>, object]>([
    [{}, { environments: 16, rollout: 256, decisions: 1_000_000 }],
    [{ algorithm: "a2c" }, { environments: 16, rollout: 16, learningRate: 2e-3 }],
    [{ algorithm: "dqn" }, { memory: 50_000, decisions: 100_000, double: true }],
    [{ algorithm: "dqn", quantiles: 32 }, { quantiles: { count: 32, kappa: 1 } }],
    [{ algorithm: "reinforce" }, { sequences: 4, rollouts: 8, baseline: "input-driven" }],
    [
      { algorithm: "reinforce", baseline: "heuristic", teacher: "sed" },
      { baseline: "heuristic", heuristic: "sed" },
    ],
    [{ controlVariates: true }, { controlVariates: true, environments: 16 }],
    [{ regenerative: true }, { regenerative: true, environments: 16 }],
    [{ environments: 4, rollout: 32 }, { ppo: expect.objectContaining({ minibatch: 128 }) }],
    [{ learningRate: 0.01 }, { learningRate: 0.01, finalLearningRate: 1e-4 }],
    [{ algorithm: "imitate" }, { valueIterations: 2 }],
  ])("%j", (options, settings) =>
    expect(plan(options)).toMatchObject({ kind: "networks", learning: { settings } }),
  );

  /** Ten seconds' work a second can be done. */
  const busy = (rate: number): Scenario => ({
    ...twoPools,
    workflows: twoPools.workflows.map((job) => ({ ...job, arrivals: poisson(rate) })),
  });

  test.each<[Partial<LearningOptions>, object]>([
    // 1.5 s of work at a mean speed of 2.
    [{}, { workflowCosts: true, horizon: 0.75 }],
    [{ algorithm: "a2c" }, { workflowCosts: true, horizon: 0.75 }],
    [{ algorithm: "imitate" }, { workflowCosts: true, horizon: 0.75 }],
    [{ horizon: 3 }, { workflowCosts: true, horizon: 3 }],
    // Two deadlines of 6 s.
    [{ workflowCosts: false }, { workflowCosts: false, horizon: 12 }],
    [{ algorithm: "dqn" }, { horizon: 12 }],
  ])("where a busy system routes each job once, %j", (options, settings) =>
    expect(plan(options, busy(9))).toMatchObject({ learning: { settings } }),
  );

  test("costs by workflow only where one route is all that is decided about a workflow, and they are to be had", () => {
    const [job] = busy(9).workflows;
    const [work] = job!.tasks;
    const others: Partial<Scenario>[] = [
      { workflows: [{ ...job!, tasks: [work!, { ...work!, name: "more" }] }] },
      { decide: ["route", "dispatch"] },
      { workflows: busy(7.9).workflows },
      { decide: ["route", "retry"] },
      { pools: twoPools.pools.map((each) => ({ ...each, discipline: "ps" as const })) },
    ];
    for (const other of others) {
      expect(plan({}, { ...busy(9), ...other })).toMatchObject({
        learning: { settings: { workflowCosts: false, horizon: 12 } },
      });
    }
  });

  test("an option that is not set does not hide the default", () =>
    expect(plan({ environments: undefined, epochs: undefined })).toEqual(plan({})));

  test("knobs: the elites are a quarter of the population", () =>
    expect(plan({ algorithm: "knobs", population: 12 })).toMatchObject({
      kind: "knobs",
      heuristic: null,
      settings: { population: 12, elites: 3, rounds: 12 },
    }));

  test("imitation: lessons are shared out over the rounds", () =>
    expect(plan({ algorithm: "imitate", lessons: 5000, teacher: "sed" })).toMatchObject({
      imitation: { teacher: "sed", settings: { decisions: 1000, rounds: 5 } },
    }));
});

test("a flat network knows as many candidates as there are pools, and is for routing alone", () => {
  expect(plan({ flat: true })).toMatchObject({ learning: { settings: { flat: 2 } } });
  expect(plan({ flat: true, algorithm: "a2c" })).toMatchObject({ learning: { settings: { flat: 2 } } });
  expect(refusal({ flat: true }, { ...twoPools, decide: ["route", "dispatch"] })).toMatch(
    /--flat: a flat network is for one kind of decision.*route, dispatch/,
  );
});
