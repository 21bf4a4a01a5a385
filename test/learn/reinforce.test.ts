import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { type Environment, emptyObservation, type Step } from "../../src/learn/environment.js";
import { lessonOf } from "../../src/learn/imitation.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import {
  baselineAt,
  type ReinforceSettings,
  ReinforceTrainer,
  reinforceDefaults,
} from "../../src/learn/reinforce.js";
import { chain, identity, twoKinds } from "../../src/learn/toys/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import { expectResumes } from "./resumed.js";
import { examine } from "./toy-training.js";
import { twoPools } from "./two-pools.js";

const backend = simdPresent() ? simdBackend : plainBackend;

describe("the baseline at a moment", () => {
  const rising = { times: [0, 10, 20], returns: [3, 5, 1] };
  const flat = { times: [0, 5, 5, 30], returns: [2, 7, 2, 2] };

  test.each([
    ["at a decision, its return", [rising], 10, 5],
    ["between two, by a straight line", [rising], 12.5, 4],
    ["after the last, nothing", [rising], 21, 0],
    ["before the first, the first's", [{ times: [4], returns: [6] }], 1, 6],
    ["of several decisions at once, the first's", [flat], 5, 7],
    ["of several episodes, the mean", [rising, flat], 20, (1 + 2) / 2],
    ["of none, nothing", [], 3, 0],
  ])("%s", (_, others, time, value) => expect(baselineAt(others, time)).toBe(value));
});

/** Rewards that are mostly the weather's: by seed and step alone, whatever is done. A wanted action adds 1. */
function weather(): Environment & { mistakes(trainer: ReinforceTrainer): number } {
  const space = { name: "weather", context: 2, candidate: 2 };
  const observation = emptyObservation([space], 2);
  observation.count = 2;
  observation.candidates.set([1, 0, 0, 1]);
  observation.mask.fill(1);
  const result: Step = { observation, reward: 0, elapsed: 1, terminated: false, truncated: false };
  let stream = new SequentialStream("weather");
  let wanted = 0;
  let left = 0;
  const observe = () => {
    wanted = stream.integer(2);
    observation.context.fill(0);
    observation.context[wanted] = 1;
  };
  const environment: Environment = {
    spaces: [space],
    continuing: false,
    reset(seed) {
      stream = new SequentialStream(`weather/${seed}`);
      left = 10;
      observe();
      return observation;
    },
    step(action) {
      result.reward = (action === wanted ? 1 : 0) + 60 * (stream.next() - 0.5);
      result.truncated = --left === 0;
      observe();
      return result;
    },
  };
  return {
    ...environment,
    mistakes(trainer) {
      const solved = { ...environment, solution: () => ({ best: [wanted], value: 0 }) };
      return examine(solved, trainer.trained(), 1, 1).mistakes;
    },
  };
}

const settings: ReinforceSettings = {
  ...reinforceDefaults,
  seed: 1,
  decisions: 15_000,
  horizon: 5,
  learningRate: 1e-2,
  hidden: [16, 16],
};

function train(make: () => Environment, rest: Partial<ReinforceSettings> = {}) {
  const trainer = new ReinforceTrainer(make, { ...settings, ...rest }, backend);
  let last = trainer.iterate();
  const first = last;
  while (!trainer.done) last = trainer.iterate();
  return { trainer, first, last };
}

describe("REINFORCE", () => {
  test.each([
    ["identity", () => identity(), 1],
    ["a chain, where time decides", () => chain(), 5],
    ["two kinds of decision in turn", () => twoKinds(), 5],
  ] as const)("solves %s: no mistakes", (_, make, horizon) => {
    const { trainer } = train(make, { horizon, decisions: 40_000 });
    expect(examine(make(), trainer.trained(), horizon, 1).mistakes).toBe(0);
    trainer.dispose();
  });

  test("holds a decision against others on the same sequence: what the weather did is no part of it", () => {
    const { trainer, first } = train(weather);
    // Weather: uniform of width 60, deviation 17 a step and more in a return. What remains is of the actions, below 2.
    expect(first.returnDeviation).toBeGreaterThan(17);
    expect(first.advantageDeviation).toBeLessThan(2);
    expect(weather().mistakes(trainer)).toBe(0);
    trainer.dispose();
  });

  test("holds a decision against a heuristic on the same sequence, which does as well, also with one episode on each", () => {
    const rule = { environment: weather(), begin() {}, answer: () => 0 };
    const alone = { ...settings, baseline: "heuristic" as const, sequences: 16, rollouts: 1 };
    const trainer = new ReinforceTrainer(weather, alone, backend, rule);
    const first = trainer.iterate();
    while (!trainer.done) trainer.iterate();
    expect(first.returnDeviation).toBeGreaterThan(17);
    expect(first.advantageDeviation).toBeLessThan(2);
    expect(weather().mistakes(trainer)).toBe(0);
    trainer.dispose();
  });

  test("planted: a baseline over all sequences leaves the weather in, and does not learn in the same time", () => {
    const { trainer, first } = train(weather, { baseline: "mean" });
    expect(first.advantageDeviation).toBeGreaterThan(17);
    expect(weather().mistakes(trainer)).toBeGreaterThan(0);
    trainer.dispose();
  });

  test("planted: a flipped sign of the reward is seen", () => {
    const flipped = (): Environment => {
      const game = chain();
      return {
        ...game,
        step: (action) => {
          const step = game.step(action);
          return { ...step, reward: -step.reward };
        },
      };
    };
    const { trainer } = train(flipped, { decisions: 8000 });
    expect(examine(chain(), trainer.trained(), 5, 1).mistakes).toBeGreaterThan(0);
    trainer.dispose();
  });

  test("the same seed gives the same bits", () => {
    const run = () => train(() => identity(), { decisions: 2000 }).trainer.trained()[0]!.parameters;
    expect(run()).toEqual(run());
  });

  test.each([
    ["a game", () => twoKinds(), null],
    ["a scenario", () => new OrchestrationEnvironment(twoPools, { episode: 20 }), null],
    [
      "a scenario, held against a heuristic",
      () => new OrchestrationEnvironment(twoPools, { episode: 20 }),
      "sed",
    ],
  ] as const)("stopped and resumed from what was saved, %s is as in one go", (_, make, rule) => {
    const baseline = rule === null ? "input-driven" : "heuristic";
    const small = { ...settings, baseline, decisions: 3000, sequences: 2, rollouts: 3 } as const;
    const lesson = () =>
      rule === null ? null : lessonOf(make() as OrchestrationEnvironment, heuristic(rule));
    expectResumes(
      () => new ReinforceTrainer(make, small, backend, lesson()),
      (trainer) => trainer.iterate(),
    );
  });

  test("a run that diverges says so", () =>
    expect(() => train(() => identity(), { learningRate: 1e38 })).toThrow(
      expect.objectContaining({ code: "DIVERGED" }),
    ));
});
