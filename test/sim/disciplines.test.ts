import { describe, test } from "vitest";
import type { Distribution } from "../../src/kit/distribution.js";
import { UNBOUNDED_ATTEMPTS, UNLIMITED } from "../../src/model/scenario.js";
import type { Outcome } from "../../src/sim/outcome.js";
import { expectNear, replicate } from "../support/replications.js";
import { exponential, poisson, pool, retry, scenario, task, workflow } from "../support/scenarios.js";

/**
 * Orders of service, finite rooms and impatience against closed forms and exact chains: 32 replications with fixed seeds,
 * each estimate within 4.5 standard errors (one false alarm in 11,000 each on fresh seeds).
 */
type Pools = Parameters<typeof scenario>[0];
type Workflows = Parameters<typeof scenario>[1];

function run(pools: Pools, workflows: Workflows, customers: number, rate: number): Outcome[] {
  const warmup = 3000 / rate;
  return replicate(
    scenario(pools, workflows, {
      horizon: warmup + customers / rate / 32,
      warmup,
      decide: ["route"],
      sizes: "known",
    }),
    "jsq",
  );
}

const single = (rate: number, work: Distribution, rest: Parameters<typeof task>[2] = {}) => [
  workflow("w", [task("a", [0], { work, ...rest })], { arrivals: poisson(rate) }),
];
const inSystem = (outcomes: readonly Outcome[]) => outcomes.map((outcome) => outcome.meanInSystem);
const lost = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ workflows }) => workflows.failed / workflows.submitted);

const bounded: Distribution = { kind: "pareto", alpha: 1.5, low: 0.35, high: 100 };

describe("by size (Schrage and Miller 1966; Phipps 1956; Harchol-Balter 2013, ch. 31-33)", () => {
  test.each([
    ["sjf", exponential(1), 0.8, 2.88221862],
    ["srpt", exponential(1), 0.8, 2.35277327],
    ["sjf", bounded, 0.7, 4.47694571],
    ["srpt", bounded, 0.7, 1.7419507],
    ["psjf", bounded, 0.7, 1.87744414],
  ] as const)("%s with $kind work", (discipline, work, rate, sojourn) => {
    const outcomes = run([pool("p", { discipline })], single(rate, work), 1_500_000, rate);
    expectNear("number in system", inSystem(outcomes), rate * sojourn, { sharpness: 0.03 });
  });
});

describe("two classes by priority (Cobham 1954; White and Christie 1958)", () => {
  const classes = (rates: readonly number[], means: readonly number[]): Workflows =>
    rates.map((rate, c) =>
      workflow(`class${c}`, [task("a", [0], { work: exponential(means[c]!) })], {
        arrivals: poisson(rate),
        priority: -c,
      }),
    );
  test.each([
    ["priority", [0.3, 0.4], [1, 1], 7 / 3],
    ["priority-preemptive", [0.3, 0.4], [1, 1], 7 / 3],
    ["priority-preemptive", [0.5, 0.2], [0.5, 2], 1.57142857],
  ] as const)("%s, rates %o, means %o", (discipline, rates, means, number) => {
    const outcomes = run([pool("p", { discipline })], classes(rates, means), 1_000_000, 0.7);
    expectNear("number in system", inSystem(outcomes), number, { sharpness: 0.02 });
  });

  test("a preemptive first class does not see the second at all", () => {
    const both = run(
      [pool("p", { discipline: "priority-preemptive" })],
      classes([0.3, 0.4], [1, 1]),
      400_000,
      0.7,
    );
    const alone = run([pool("p")], classes([0.3], [1]), 400_000 * (0.3 / 0.7), 0.3);
    // M/M/1 with load 0.3, and so for both: 3 / 7 in the system.
    expectNear("alone", inSystem(alone), 3 / 7);
    expectNear("all less the second class", inSystem(both), 7 / 3, { sharpness: 0.02 });
  });
});

describe("processor sharing does not care about the law of work (Sakata, Noguchi and Oizumi 1969)", () => {
  test.each<[Distribution, number]>([
    [exponential(1), 0.7],
    [{ kind: "deterministic", value: 1 }, 0.8],
    [{ kind: "pareto", alpha: 2.5, low: 0.6, high: Number.POSITIVE_INFINITY }, 0.7],
  ])("%o at load %d", (work, rho) => {
    const outcomes = run([pool("p", { discipline: "ps" })], single(rho, work), 1_500_000, rho);
    expectNear("number in system", inSystem(outcomes), rho / (1 - rho), { sharpness: 0.02 });
    expectNear(
      "utilisation",
      outcomes.map((outcome) => outcome.pools[0]!.utilisation),
      rho,
    );
  });
});

describe("finite rooms lose customers", () => {
  test.each([
    ["M/M/1/5", 1, 5, 0.9, 0.12602255, 2.1947823],
    ["M/M/4/10", 4, 10, 3, 0.024320928, 3.83722042],
  ] as const)("%s", (_, servers, capacity, rate, loss, number) => {
    const outcomes = run([pool("p", { servers, capacity })], single(rate, exponential(1)), 800_000, rate);
    expectNear("share lost", lost(outcomes), loss, { sharpness: 0.03 });
    expectNear("number in system", inSystem(outcomes), number);
  });

  test.each<[string, Distribution]>([
    ["exponential", exponential(1)],
    ["deterministic", { kind: "deterministic", value: 1 }],
    ["hyperexponential", { kind: "hyperexponential", weights: [0.1, 0.9], means: [5, 1 / 1.8] }],
  ])("Erlang's loss formula holds for %s work too", (_, work) => {
    const outcomes = run([pool("p", { servers: 10, capacity: 10 })], single(8, work), 800_000, 8);
    expectNear("share lost", lost(outcomes), 0.121661064, { sharpness: 0.03 });
  });

  test("blocked customers who try again (M/M/1 retrial: Falin and Templeton 1997)", () => {
    const again = {
      attempts: UNBOUNDED_ATTEMPTS,
      backoff: { ...retry(1).backoff, draw: exponential(2) },
      work: "same" as const,
    };
    const outcomes = run(
      [pool("p", { capacity: 1 })],
      single(0.7, exponential(1), { retry: again }),
      1_500_000,
      0.7,
    );
    expectNear("number in system", inSystem(outcomes), 5.6, { sharpness: 0.02 });
  });
});

describe("impatient customers (Erlang A: Palm 1957)", () => {
  test.each([
    [1, 0.9, 5, 0.209545814, 1.65436493],
    [10, 12, 2, 0.195655944, 14.3478713],
  ] as const)("%d servers at rate %d, mean patience %d s", (servers, rate, patience, abandon, number) => {
    const workflows = single(rate, exponential(1), { scheduleToStart: exponential(patience) });
    const outcomes = run([pool("p", { servers })], workflows, 800_000, rate);
    expectNear("share that gave up", lost(outcomes), abandon, { sharpness: 0.02 });
    expectNear("number in system", inSystem(outcomes), number);
  });
});

test("a pool of unlimited servers is a pure delay: the number in it is Poisson's mean, whatever the law", () => {
  const work: Distribution = { kind: "lognormal", mean: Math.exp(0.5), cv: Math.sqrt(Math.E - 1) };
  const outcomes = run([pool("p", { servers: UNLIMITED })], single(4, work), 800_000, 4);
  expectNear("number in system", inSystem(outcomes), 4 * Math.exp(0.5));
});
