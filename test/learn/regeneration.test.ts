import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { advantages } from "../../src/learn/gae.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { whyNotRegenerative } from "../../src/learn/regeneration.js";
import { RegenerativeRate } from "../../src/learn/regenerative-rate.js";
import { bandit } from "../../src/learn/toys/index.js";
import { Trainer, trainerDefaults } from "../../src/learn/trainer.js";
import type { Scenario } from "../../src/model/scenario.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import {
  deterministic,
  exponential,
  objective,
  poisson,
  pool,
  scenario,
  task,
  workflow,
} from "../support/scenarios.js";
import { expectResumes } from "./resumed.js";

const backend = simdPresent() ? simdBackend : plainBackend;

/** Arrivals of rate 1 split at random over two servers of rate 1: two M/M/1 queues at load 0.5, each with 1 in it on average. */
const ARRIVALS = 1;
const twoQueues: Scenario = scenario(
  [pool("one"), pool("other")],
  [workflow("job", [task("work", [0, 1])], { arrivals: poisson(ARRIVALS) })],
  { decide: ["route"], horizon: 1000, warmup: 0, objective: objective({ flowTime: 1 }) },
);

/** Episodes of random routing: how many are in each queue at each decision, and what a trajectory is made of. */
function played(episodes: number, steps: number, horizon: number, seed: number) {
  const environment = new OrchestrationEnvironment(twoQueues, { episode: 1e9, regenerations: true });
  const coin = new SequentialStream(`coin/${seed}`);
  return Array.from({ length: episodes }, (_, e) => {
    const [rewards, elapsed, discounts] = Array.from({ length: 3 }, () => new Float64Array(steps));
    const regenerated = new Uint8Array(steps);
    const queues: [number, number][] = [];
    environment.reset(2 ** 41 + seed * 1000 + e);
    for (let s = 0; s < steps; s++) {
      const { pools } = environment.point;
      queues.push([pools.running(0) + pools.waiting(0), pools.running(1) + pools.waiting(1)]);
      const step = environment.step(coin.integer(2));
      rewards![s] = step.reward;
      elapsed![s] = step.elapsed;
      discounts![s] = Math.exp(-step.elapsed / horizon);
      regenerated[s] = environment.regeneration!.happened ? 1 : 0;
    }
    const none = new Uint8Array(steps);
    const zero = new Float64Array(steps);
    return {
      queues,
      elapsed: elapsed!,
      trajectory: {
        rewards: rewards!,
        discounts: discounts!,
        values: zero,
        nextValues: zero,
        terminated: none,
        truncated: none,
        regenerated,
      },
    };
  });
}

/**
 * What random routing costs from a decision on, with n in a queue, of that queue alone: solved by value iteration on the chain from
 * decision to decision. Until the next arrival (rate l) one after another of the n is done (rate 1); the cost of a step counts where
 * its decision was, the next decision exp(-seconds / horizon) as much.
 */
function discountedCosts(horizon: number): (n: number) => number {
  const size = 120;
  const discount = 1 / horizon;
  const untilNext = new Float64Array(size);
  for (let n = 1; n < size; n++) untilNext[n] = n / (1 + ARRIVALS) + untilNext[n - 1]! / (1 + ARRIVALS);
  let cost = new Float64Array(size);
  // Before a decision: half of the arrivals come here.
  const before = (n: number) => (cost[n]! + cost[Math.min(size - 1, n + 1)]!) / 2;
  for (let sweep = 0; sweep < 60 * horizon; sweep++) {
    const next = new Float64Array(size);
    let future = (ARRIVALS * before(0)) / (ARRIVALS + discount);
    next[0] = future;
    for (let n = 1; n < size; n++) {
      future = (ARRIVALS * before(n) + future) / (ARRIVALS + 1 + discount);
      next[n] = untilNext[n]! + future;
    }
    cost = next;
  }
  return before;
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const variance = (values: readonly number[]) =>
  mean(values.map((v) => (v - mean(values)) ** 2)) * (values.length / (values.length - 1));

test("an empty system is told: exactly where the next decision is that of an only workflow", () => {
  const environment = new OrchestrationEnvironment(twoQueues, { episode: 1e9, regenerations: true });
  const coin = new SequentialStream("coin");
  environment.reset(2 ** 41);
  const told = Array.from({ length: 2000 }, () => {
    environment.step(coin.integer(2));
    return [environment.regeneration!.happened, environment.point.workflowsInSystem === 1];
  });
  expect(told.map(([happened]) => happened)).toEqual(told.map(([, alone]) => alone));
  expect(told.filter(([happened]) => happened).length).toBeGreaterThan(100);
});

describe("of two M/M/1 queues, the estimates are the relative values that are known", () => {
  const [episodes, steps] = [400, 300];

  /** Estimates at every visit to a state, averaged by episode. */
  const estimated = (runs: ReturnType<typeof played>, worth: number, cut: boolean) => {
    const of = new Map<string, number[]>();
    for (const { queues, elapsed, trajectory } of runs) {
      const { regenerated, ...uncut } = trajectory;
      const rewards = trajectory.rewards.map((reward, i) => reward - worth * elapsed[i]!);
      const futures = advantages({ ...(cut ? { ...uncut, regenerated } : uncut), rewards }, 1);
      const sums = new Map<string, [number, number]>();
      // The last stretch is left out: what follows it was not played.
      queues.slice(0, steps / 2).forEach((state, s) => {
        const [sum, count] = sums.get(String(state)) ?? [0, 0];
        sums.set(String(state), [sum + futures[s]!, count + 1]);
      });
      for (const [state, [sum, count]] of sums) of.set(state, [...(of.get(state) ?? []), sum / count]);
    }
    return of;
  };
  const rateOf = (runs: ReturnType<typeof played>) => {
    const rate = new RegenerativeRate(1);
    for (const { trajectory, elapsed } of runs) {
      const truncated = new Uint8Array(steps);
      truncated[steps - 1] = 1;
      rate.add(0, { ...trajectory, truncated }, elapsed);
    }
    return rate.value;
  };
  const states = ["0,0", "1,0", "1,1", "2,0", "2,1", "3,1"];
  const total = (state: string, of: (n: number) => number) =>
    state.split(",").reduce((sum, n) => sum + of(Number(n)), 0);

  test("discounted: J(x) - J(0), each within 4.5 standard errors (false alarm 4e-5 in all)", () => {
    const horizon = 20;
    const runs = played(episodes, steps, horizon, 1);
    const cost = discountedCosts(horizon);
    const estimates = estimated(runs, rateOf(runs), true);
    for (const state of states) {
      const of = estimates.get(state)!;
      const known = -(total(state, cost) - 2 * cost(0));
      expect(Math.abs(mean(of) - known), state).toBeLessThan(4.5 * Math.sqrt(variance(of) / of.length));
    }
  });

  test("without discount: the rate is the number in system, and values n (n + 1) / (2 (mu - lambda)) a queue", () => {
    const runs = played(episodes, steps, 1e12, 2);
    const rate = rateOf(runs);
    expect(rate).toBeCloseTo(-2, 0);
    const estimates = estimated(runs, rate, true);
    // As solved for M/M/1 with a cost of n a second: h(n) - h(0) in continuous time; a decision brings one more, to either.
    const h = (n: number) => (n * (n + 1)) / (2 * (1 - ARRIVALS / 2));
    const before = (n: number) => (h(n) + h(n + 1)) / 2;
    for (const state of states) {
      const of = estimates.get(state)!;
      const known = -(total(state, before) - 2 * before(0));
      expect(Math.abs(mean(of) - known), state).toBeLessThan(4.5 * Math.sqrt(variance(of) / of.length));
    }
  });

  test("and vary less than a third of what sums over all that was played do", () => {
    const horizon = 100;
    const runs = played(episodes, steps, horizon, 3);
    const rate = rateOf(runs);
    const [cycles, sums] = [estimated(runs, rate, true), estimated(runs, rate, false)];
    expect(variance(cycles.get("0,0")!)).toBeLessThan(variance(sums.get("0,0")!) / 3);
  });

  test("planted: a worth of the wrong state is seen", () => {
    const horizon = 20;
    const runs = played(episodes, steps, horizon, 1);
    // The average over all states, in place of the discounted worth of the empty one.
    const of = estimated(runs, -2, true).get("2,0")!;
    const cost = discountedCosts(horizon);
    const known = -(total("2,0", cost) - 2 * cost(0));
    expect(Math.abs(mean(of) - known)).toBeGreaterThan(4.5 * Math.sqrt(variance(of) / of.length));
  });
});

test("the rate by hand: discounted rewards over discounted seconds, anew after each regeneration", () => {
  const rate = new RegenerativeRate(2);
  const trajectory = {
    rewards: Float64Array.of(-1, -2, -4),
    discounts: Float64Array.of(0.5, 0.5, 0.5),
    values: new Float64Array(3),
    nextValues: new Float64Array(3),
    terminated: new Uint8Array(3),
    truncated: new Uint8Array(3),
    regenerated: Uint8Array.of(0, 1, 0),
  };
  rate.add(1, trajectory, Float64Array.of(1, 1, 2));
  // (1 + 2 / 2) + 4 in 1 + 1 / 2 + 2 seconds.
  expect(rate.value).toBeCloseTo(-6 / 3.5, 12);
  expect(rate.save().weights).toEqual([1, 0.5]);
});

describe("what has a memory that outlives an empty system is refused", () => {
  const job = twoQueues.workflows[0]!;
  const renewal = { kind: "renewal", gap: deterministic(1) } as const;
  const second = workflow("other", [task("work", [0, 1])], { arrivals: poisson(1) });
  test.each<[string, Partial<Scenario>, RegExp | null]>([
    ["nothing", {}, null],
    ["one renewal process", { workflows: [{ ...job, arrivals: renewal }] }, null],
    ["two Poisson streams", { workflows: [job, second] }, null],
    ["a renewal process beside another", { workflows: [{ ...job, arrivals: renewal }, second] }, /memory/],
    [
      "phases of arrivals",
      { workflows: [{ ...job, arrivals: { kind: "mmpp", rates: [1, 2], leave: [1, 1] } }] },
      /memory/,
    ],
    [
      "breakdowns",
      {
        pools: [
          pool("one", {
            breakdown: {
              every: exponential(10),
              lasts: exponential(1),
              mode: "always",
              interrupted: "resume",
            },
          }),
          pool("other"),
        ],
      },
      /pool one .* breakdown/,
    ],
    [
      "changeovers",
      { workflows: [{ ...job, tasks: [task("work", [0, 1], { changeover: exponential(1) })] }] },
      /changeovers/,
    ],
  ])("%s", (_, change, reason) => {
    const why = whyNotRegenerative({ ...twoQueues, ...change });
    if (reason === null) expect(why).toBeNull();
    else expect(why).toMatch(reason);
  });

  test("also by the environment, and by a trainer of environments that tell of none", () => {
    const refused = expect.objectContaining({ code: "BAD_SETTING" });
    const phased = { ...job, arrivals: { kind: "mmpp", rates: [1, 2], leave: [1, 1] } as const };
    expect(
      () => new OrchestrationEnvironment({ ...twoQueues, workflows: [phased] }, { regenerations: true }),
    ).toThrow(refused);
    expect(() => new Trainer(() => bandit(), settings, backend)).toThrow(refused);
  });
});

const settings = {
  ...trainerDefaults,
  seed: 1,
  decisions: 4 * 8 * 256,
  environments: 8,
  rollout: 256,
  horizon: 30,
  hidden: [8],
  regenerative: true,
  ppo: { ...trainerDefaults.ppo, minibatch: 128 },
};

describe("in training", () => {
  const make = () => new OrchestrationEnvironment(twoQueues, { episode: 600, regenerations: true });

  test("cycles are counted", () => {
    const trainer = new Trainer(make, settings, backend);
    expect(trainer.iterate().cycles).toBeGreaterThan(100);
    trainer.dispose();
  });

  test("stopped and resumed it is as in one go, with control variates too", () => {
    const both = () =>
      new OrchestrationEnvironment(twoQueues, { episode: 600, regenerations: true, innovations: true });
    expectResumes(
      () => new Trainer(both, { ...settings, controlVariates: true }, backend),
      (trainer) => trainer.iterate(),
    );
  });
});
