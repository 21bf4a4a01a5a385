import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { ControlVariates } from "../../src/learn/control-variates.js";
import { Innovations } from "../../src/learn/innovations.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { bandit } from "../../src/learn/toys/index.js";
import { Trainer, trainerDefaults } from "../../src/learn/trainer.js";
import type { Scenario } from "../../src/model/scenario.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import { deterministic, objective, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";
import { expectResumes } from "./resumed.js";

const backend = simdPresent() ? simdBackend : plainBackend;

/** Arrivals of rate 1.2 split at random over two servers of rate 1: two M/M/1 queues with 1.5 in each, on average. */
const twoQueues: Scenario = scenario(
  [pool("one"), pool("other")],
  [workflow("job", [task("work", [0, 1])], { arrivals: poisson(1.2) })],
  { decide: ["route"], horizon: 1000, warmup: 0, objective: objective({ flowTime: 1 }) },
);
const IN_SYSTEM = 2 * (0.6 / (1 - 0.6));

/** Steps of random routing over many episodes: rewards, seconds and innovations of each. */
function played(episodes: number, steps: number, seed: number) {
  const environment = new OrchestrationEnvironment(twoQueues, { episode: 1e9, innovations: true });
  const width = environment.innovations!.length;
  const coin = new SequentialStream(`coin/${seed}`);
  const rewards = new Float64Array(episodes * steps);
  const seconds = new Float64Array(episodes * steps);
  const innovations = new Float64Array(episodes * steps * width);
  for (let e = 0, at = 0; e < episodes; e++) {
    environment.reset(2 ** 41 + seed * 1000 + e);
    for (let s = 0; s < steps; s++, at++) {
      const { reward, elapsed } = environment.step(coin.integer(2));
      rewards[at] = reward;
      seconds[at] = elapsed;
      innovations.set(environment.innovations!, at * width);
    }
  }
  return { rewards, seconds, innovations, width };
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const variance = (values: ArrayLike<number>) => {
  const centre = mean(values);
  return Array.from(values).reduce((sum, v) => sum + (v - centre) ** 2, 0) / (values.length - 1);
};

test("innovations are of mean 0, each within 4.5 standard errors of independent episodes (false alarm 1e-4)", () => {
  const [episodes, steps] = [400, 60];
  const { innovations, width } = played(episodes, steps, 1);
  // A clock of arrivals, and two of ends.
  expect(width).toBe(2 + 3 + 3);
  for (let k = 0; k < width; k++) {
    const sums = Array.from({ length: episodes }, (_, e) => {
      let sum = 0;
      for (let s = 0; s < steps; s++) sum += innovations[(e * steps + s) * width + k]!;
      return sum;
    });
    const error = Math.sqrt(variance(sums) / episodes);
    expect(error).toBeGreaterThan(0);
    expect(Math.abs(mean(sums))).toBeLessThan(4.5 * error);
  }
});

describe("of two M/M/1 queues, with known answers", () => {
  const [episodes, steps] = [300, 120];
  const horizon = 30;
  /** Discounted returns from the beginning of each episode, with what a function of the step takes off. */
  const returnsOf = ({ rewards, seconds }: ReturnType<typeof played>) =>
    Array.from({ length: episodes }, (_, e) => {
      let total = 0;
      for (let s = steps - 1; s >= 0; s--) {
        const i = e * steps + s;
        total = rewards[i]! + IN_SYSTEM * seconds[i]! + Math.exp(-seconds[i]! / horizon) * total;
      }
      return total;
    });
  const futuresOf = ({ rewards, seconds }: ReturnType<typeof played>) => {
    const futures = new Float64Array(rewards.length);
    for (let e = 0; e < episodes; e++) {
      for (let s = steps - 1, total = 0; s >= 0; s--) {
        const i = e * steps + s;
        total = rewards[i]! + IN_SYSTEM * seconds[i]! + Math.exp(-seconds[i]! / horizon) * total;
        futures[i] = total;
      }
    }
    return futures;
  };

  const before = played(episodes, steps, 2);
  const control = new ControlVariates(before.width);
  control.learn(futuresOf(before), before.innovations, new Float64Array(before.rewards.length));
  const fresh = played(episodes, steps, 3);
  const plain = returnsOf(fresh);
  const luck = control.luck(fresh.innovations);
  const rewards = fresh.rewards.map((reward, i) => reward - luck[i]!);
  const controlled = returnsOf({ ...fresh, rewards });

  test("the variance of returns from the empty system falls to less than a third", () => {
    expect(variance(controlled)).toBeLessThan(variance(plain) / 3);
  });

  test("their mean stays: the paired difference is 0 within 4 standard errors (false alarm 1e-4)", () => {
    const differences = plain.map((value, e) => value - controlled[e]!);
    const error = Math.sqrt(variance(differences) / episodes);
    expect(Math.abs(mean(differences))).toBeLessThan(4 * error);
  });

  test("the mean number in system is that of the theory, plain and controlled, the latter more sharply", () => {
    // Time averages per episode of what is left after a stretch to settle.
    const rate = (of: Float64Array) => {
      const perEpisode = Array.from({ length: episodes }, (_, e) => {
        let [cost, time] = [0, 0];
        for (let s = steps / 2; s < steps; s++) {
          cost -= of[e * steps + s]!;
          time += fresh.seconds[e * steps + s]!;
        }
        return { cost, time };
      });
      const time = mean(perEpisode.map((p) => p.time));
      const value = mean(perEpisode.map((p) => p.cost)) / time;
      const error = Math.sqrt(variance(perEpisode.map((p) => (p.cost - value * p.time) / time)) / episodes);
      return { value, error };
    };
    const [without, having] = [rate(fresh.rewards), rate(rewards)];
    expect(Math.abs(without.value - IN_SYSTEM)).toBeLessThan(4.5 * without.error);
    expect(Math.abs(having.value - IN_SYSTEM)).toBeLessThan(4.5 * having.error);
  });

  test("planted: a wrong sign of the control makes it worse", () => {
    const wrong = fresh.rewards.map((reward, i) => reward - (rewards[i]! - reward));
    expect(variance(returnsOf({ ...fresh, rewards: wrong }))).toBeGreaterThan(2 * variance(plain));
  });
});

test("the multiple is that of least squares, and the share what fitted fresh rollouts best, by hand", () => {
  const control = new ControlVariates(2);
  const none = new Float64Array(3);
  // A = 3 z1 - z2.
  control.learn(Float64Array.of(3, -1, 2), Float64Array.of(1, 0, 0, 1, 1, 1), none);
  expect([...control.multiple()]).toEqual([expect.closeTo(3, 2), expect.closeTo(-1, 2)]);
  const [first, second] = control.luck(Float64Array.of(1, 0, 1, 2));
  expect([first, second]).toEqual([expect.closeTo(3, 2), expect.closeTo(1, 2)]);
  expect(control.share).toBe(0);
  // Effects twice as large as they should have been: half.
  control.learn(Float64Array.of(1, -2, 3), new Float64Array(6), Float64Array.of(2, -4, 6));
  expect(control.share).toBe(0.5);
  control.learn(Float64Array.of(-9, 9, -9), new Float64Array(6), Float64Array.of(2, -4, 6));
  expect(control.share).toBe(0);
});

test("before anything is learned, and for columns that are nothing, nothing is taken off", () => {
  const control = new ControlVariates(2);
  expect([...control.luck(Float64Array.of(1, 1, 1, 1))]).toEqual([0, 0]);
  control.learn(Float64Array.of(1, 2), Float64Array.of(1, 0, 2, 0), new Float64Array(2));
  expect([...control.multiple()]).toEqual([expect.closeTo(1, 3), 0]);
});

describe("clocks with a memory are left out", () => {
  const width = (change: Partial<Scenario>) => new Innovations({ ...twoQueues, ...change }).values.length;
  const job = twoQueues.workflows[0]!;
  test.each<[string, Partial<Scenario>, number]>([
    ["none", {}, 8],
    [
      "work that is not exponential",
      { workflows: [{ ...job, tasks: [task("work", [0, 1], { work: deterministic(1) })] }] },
      2,
    ],
    [
      "arrivals at even gaps",
      { workflows: [{ ...job, arrivals: { kind: "renewal", gap: deterministic(1) } }] },
      6,
    ],
    ["sizes that policies know", { sizes: "known" }, 2],
    ["a shared server", { pools: [pool("one", { discipline: "ps" }), pool("other")] }, 5],
    [
      "tasks of two speeds in a pool",
      { workflows: [{ ...job, tasks: [task("a", [0]), task("b", [0], { speeds: [2] })] }] },
      2,
    ],
  ])("%s", (_, change, columns) => expect(width(change)).toBe(columns));
});

describe("in training", () => {
  const settings = {
    ...trainerDefaults,
    seed: 1,
    decisions: 8 * 8 * 256,
    environments: 8,
    rollout: 256,
    horizon: 30,
    hidden: [8],
    controlVariates: true,
    ppo: { ...trainerDefaults.ppo, minibatch: 128 },
  };
  const make = () => new OrchestrationEnvironment(twoQueues, { episode: 600, innovations: true });

  test("a share of the advantages' variance is taken off", () => {
    const trainer = new Trainer(make, { ...settings, lambda: 1 }, backend);
    const removed: number[] = [];
    while (!trainer.done) removed.push(trainer.iterate().luckRemoved!);
    trainer.dispose();
    expect(removed[0]).toBe(0);
    expect(removed.at(-1)).toBeGreaterThan(0.2);
  });

  test("stopped and resumed it is as in one go", () =>
    expectResumes(
      () => new Trainer(make, { ...settings, decisions: 4 * 8 * 256 }, backend),
      (trainer) => trainer.iterate(),
    ));

  test("refused where environments tell of no luck", () => {
    expect(() => new Trainer(() => bandit(), settings, backend)).toThrow(
      expect.objectContaining({ code: "BAD_SETTING" }),
    );
  });
});
