import { describe, expect, test } from "vitest";
import type { PolicySource } from "../../src/experiment/policy-source.js";
import {
  estimateSteadyState,
  type SteadyStateEstimate,
  type SteadyStatePlan,
} from "../../src/experiment/steady-state/index.js";
import { SwitchyardError } from "../../src/kit/errors.js";
import type { Scenario } from "../../src/model/scenario.js";
import { exponential, objective, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";

const heuristic = (spec: string): PolicySource => ({ kind: "heuristic", spec });

/** M/M/1 at a load, mean gap 1 s. */
const queue = (load: number, rest: Partial<Scenario> = {}) =>
  scenario(
    [pool("p")],
    [workflow("w", [task("a", [0], { work: exponential(load) })], { arrivals: poisson(1) })],
    { horizon: 2000, objective: objective({ flowTime: 2, waiting: 1 }), ...rest },
  );

const estimate = (plan: Partial<SteadyStatePlan>, threads = 1): Promise<SteadyStateEstimate> =>
  estimateSteadyState(
    {
      scenario: queue(0.5),
      policy: heuristic("jsq"),
      figure: "flowTime",
      method: "replications",
      precision: 0.05,
      ...plan,
    },
    { threads },
  );

/** At 99.99 % a right estimate misses on one seed in ten thousand. */
function expectCovers({ mean, low, high, halfWidth, reached }: SteadyStateEstimate, truth: number): void {
  expect(reached).toBe(true);
  expect(Math.max(mean - low, high - mean)).toBeCloseTo(halfWidth, 12);
  expect(low).toBeLessThanOrEqual(truth);
  expect(high).toBeGreaterThanOrEqual(truth);
}

describe("the steady state of M/M/1", () => {
  // Load 0.5, arrivals at 1 a second: 1 s in system, of which 0.5 s waiting.
  test.each([
    ["flowTime", "replications", 1],
    ["flowTime", "batch-means", 1],
    ["waiting", "replications", 0.5],
    ["waiting", "batch-means", 0.5],
    ["numberInSystem", "replications", 1],
    ["numberInSystem", "batch-means", 1],
    ["objective", "replications", 2.5],
    ["objective", "batch-means", 2.5],
  ] as const)("has the %s that theory gives, by %s", async (figure, method, truth) => {
    const found = await estimate({ figure, method, level: 0.9999 });
    expectCovers(found, truth);
    expect(found.relativeHalfWidth).toBeLessThanOrEqual(0.05 / 1.05);
    expect(found.batches === undefined).toBe(method === "replications");
  });

  test("has it by antithetic pairs, which need fewer runs", async () => {
    const fine = { precision: 0.02, level: 0.9999 };
    const pairs = await estimate({ ...fine, antithetic: true });
    expectCovers(pairs, 1);
    expect(pairs.runs).toBeLessThan((await estimate(fine)).runs);
  });

  test("does not depend on the number of threads", async () => {
    expect(await estimate({ precision: 0.03 }, 2)).toEqual(await estimate({ precision: 0.03 }, 1));
  });

  test("is said not to be reached where the runs allowed do not suffice", async () => {
    expect(await estimate({ precision: 0.001, mostRuns: 30 })).toMatchObject({ reached: false, runs: 30 });
    const long = await estimate({ precision: 0.001, mostRuns: 30, method: "batch-means" });
    expect(long).toMatchObject({ reached: false, runs: 30 });
  });
});

test("two policies differ by what theory gives, on the same draws", async () => {
  // Two servers at load 0.5 each. At random each is M/M/1: 2 s. In turn each is E2/M/1, whose sigma solves
  // sigma = 1 / (2 - sigma)^2: 1 / (1 - sigma) = 1.618 s, the golden ratio.
  const pair = scenario(
    [pool("a"), pool("b")],
    [workflow("w", [task("a", [0, 1], { work: exponential(1) })], { arrivals: poisson(1) })],
    { horizon: 2000 },
  );
  const policies = { scenario: pair, policy: heuristic("round-robin"), versus: heuristic("random") };
  const found = await estimate({ ...policies, precision: 0.02, level: 0.9999 });
  expectCovers(found, (Math.sqrt(5) + 1) / 2 - 2);
  // Relative to the policy compared with, which is 2 s.
  expect(found.relativeHalfWidth).toBeCloseTo(found.halfWidth / 2, 2);
  expect(found).toMatchObject({ policy: "round-robin", versus: "random" });
});

describe("a warm-up", () => {
  test("is found where a run begins far from its steady state, and longer than the scenario says if need be", async () => {
    // 400 servers fill from empty over several mean works of 100 s.
    const filling = scenario(
      [pool("p", { servers: 400 })],
      [workflow("w", [task("a", [0], { work: exponential(100) })], { arrivals: poisson(1) })],
      { horizon: 2000, warmup: 10 },
    );
    const found = await estimate({ scenario: filling, figure: "numberInSystem", level: 0.9999 });
    expect(found.warmUp.found).toBeGreaterThan(100);
    expect(found.warmUp.found).toBeLessThan(1000);
    expect(found.warmUp.seconds).toBeGreaterThanOrEqual(found.warmUp.found);
    expectCovers(found, 100);
  });

  test("is never shorter than the scenario says", async () => {
    const { warmUp } = await estimate({ scenario: queue(0.5, { warmup: 700 }), precision: 0.2 });
    expect(warmUp.seconds).toBe(700);
  });

  test("makes runs longer where the horizon is short beside what the queue remembers", async () => {
    const found = await estimate({ scenario: queue(0.95, { horizon: 1000 }), precision: 0.2, level: 0.9999 });
    expect(found.runSeconds).toBeGreaterThan(1000);
    expectCovers(found, 19);
  });
});

describe("no estimate, but the reason, for", () => {
  const refusal = async (plan: Partial<SteadyStatePlan>) => {
    const error = await estimate(plan).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SwitchyardError);
    return error as SwitchyardError;
  };

  test("a queue that more work comes to than it can do", async () => {
    const error = await refusal({ scenario: queue(1.1) });
    expect(error.code).toBe("UNSTABLE");
    expect(error.what).toContain("110.0 % of their capacity");
  });

  test("a queue so near to its capacity that it does not settle", async () => {
    expect((await refusal({ scenario: queue(0.9999) })).code).toBe("UNSETTLED");
  });

  test("a policy that sends everything one way", async () => {
    // By load the two pools could do it; round robin gives the slow one more than it can do.
    const lopsided = scenario(
      [pool("slow", { speed: 0.2 }), pool("fast", { speed: 2 })],
      [workflow("w", [task("a", [0, 1], { work: exponential(1) })], { arrivals: poisson(1) })],
      { horizon: 2000 },
    );
    expect((await refusal({ scenario: lopsided, policy: heuristic("round-robin") })).code).toBe("UNSETTLED");
  });

  test("arrivals that change with the time of day", async () => {
    const day = { kind: "diurnal", mean: 1, amplitude: 0.5, period: 500, shift: 0 } as const;
    const wave = queue(0.5);
    const [only] = wave.workflows;
    const error = await refusal({ scenario: { ...wave, workflows: [{ ...only!, arrivals: day }] } });
    expect(error.code).toBe("NOT_STATIONARY");
  });

  test.each([
    { precision: 0 },
    { level: 1 },
    { mostRuns: 0 },
    { firstSeed: -1 },
    { method: "batch-means", antithetic: true },
    { method: "batch-means", versus: heuristic("jsq") },
  ] as const)("wrong settings: %o", async (plan) => {
    expect((await refusal(plan)).exitCode).toBe(2);
  });

  test("a full room keeps any load in bounds, so it is estimated", async () => {
    // M/M/1/3 at load 2: P(n) = 2^n / 15, so 34 / 15 in the system.
    const room = { ...queue(2), pools: [pool("p", { capacity: 3 })] };
    expectCovers(await estimate({ scenario: room, figure: "numberInSystem", level: 0.9999 }), 34 / 15);
  });
});
