import { describe, test } from "vitest";
import type { Distribution } from "../../src/kit/distribution.js";
import { moments } from "../../src/kit/moments.js";
import type { Outcome } from "../../src/sim/outcome.js";
import { expectNear, replicate } from "../support/replications.js";
import { exponential, poisson, pool, retry, scenario, task, workflow } from "../support/scenarios.js";

/**
 * The simulator against closed forms: 32 replications with fixed seeds, each estimate within 4.5 standard errors
 * (see `expectNear`: one false alarm in 11,000 for each estimate on fresh seeds), each standard error at most 1.5 % of
 * the truth. Arrivals are Poisson, at rate 1 where nothing else is said.
 */
const column = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number) => outcomes.map(of);

function run(
  customers: number,
  tasks: Parameters<typeof workflow>[1],
  pools: Parameters<typeof scenario>[0],
  { rate = 1, policy = "jsq+fifo", sizes = "expected" as "expected" | "known" } = {},
): Outcome[] {
  const seconds = customers / rate / 32;
  const warmup = 2000 / rate;
  return replicate(
    scenario(pools, [workflow("w", tasks, { arrivals: poisson(rate) })], {
      horizon: warmup + seconds,
      warmup,
      sizes,
    }),
    policy,
  );
}

/** Probability that a customer of an M/M/c queue waits, offered load `a` (Erlang C). */
function erlangC(servers: number, a: number): number {
  let blocked = 1;
  for (let c = 1; c <= servers; c++) blocked = (a * blocked) / (c + a * blocked);
  return (servers * blocked) / (servers - a * (1 - blocked));
}

describe("a single server with Poisson arrivals (Pollaczek-Khinchine)", () => {
  const rho = 0.7;
  const works: readonly Distribution[] = [
    exponential(rho),
    { kind: "deterministic", value: rho },
    { kind: "erlang", stages: 4, mean: rho },
    { kind: "gamma", mean: rho, cv: 1.3 },
    { kind: "lognormal", mean: rho, cv: 1.2 },
    { kind: "hyperexponential", weights: [0.4, 0.6], means: [1.3, 0.3] },
    { kind: "uniform", low: 0, high: 2 * rho },
    { kind: "weibull", shape: 0.8, scale: 0.6 },
    { kind: "pareto", alpha: 1.5, low: 0.2, high: 30 },
    { kind: "empirical", values: [0.1, 2], weights: [0.7, 0.3] },
  ];
  test.each(works)("waits as long as it should with $kind work", (work) => {
    const { mean, variance } = moments(work);
    const wait = (variance + mean ** 2) / (2 * (1 - mean));
    const outcomes = run(600_000, [task("a", [0], { work })], [pool("p")]);
    expectNear(
      "utilisation",
      column(outcomes, (o) => o.pools[0]!.utilisation),
      mean,
    );
    expectNear(
      "wait",
      column(outcomes, (o) => o.wait.mean),
      wait,
      { sharpness: 0.025 },
    );
    expectNear(
      "time in system",
      column(outcomes, (o) => o.flowTime.mean),
      wait + mean,
    );
    expectNear(
      "number in system",
      column(outcomes, (o) => o.meanInSystem),
      wait + mean,
    );
    expectNear(
      "number waiting",
      column(outcomes, (o) => o.pools[0]!.meanWaiting),
      wait,
      { sharpness: 0.025 },
    );
    expectNear(
      "flow time of the objective",
      column(outcomes, (o) => o.objective),
      wait + mean,
    );
  });

  test("has exponential times in system with exponential work", () => {
    const outcomes = run(1_000_000, [task("a", [0], { work: exponential(rho) })], [pool("p")]);
    const mean = rho / (1 - rho);
    for (const [q, of] of [
      [0.5, (o: Outcome) => o.flowTime.p50],
      [0.9, (o: Outcome) => o.flowTime.p90],
      [0.95, (o: Outcome) => o.flowTime.p95],
      [0.99, (o: Outcome) => o.flowTime.p99],
    ] as const) {
      // The sketch rounds each quantile by up to 0.5 %, and that of a replication is biased by its finite size.
      expectNear(`quantile ${q}`, column(outcomes, of), -mean * Math.log(1 - q), { tolerance: 0.006 });
    }
  });

  test("serves shorter tasks sooner under SJF where sizes are known (Phipps 1956)", () => {
    // W = integral over x of lambda E[S^2] / 2 / (1 - rho(x))^2 dF(x), rho(x) the load of tasks up to x.
    const mean = 0.8;
    let wait = 0;
    const step = 1e-4;
    for (let u = step / 2; u < 1; u += step) {
      const x = -Math.log(1 - u);
      const load = mean * (1 - Math.exp(-x) * (1 + x));
      wait += (step * mean ** 2) / (1 - load) ** 2;
    }
    const outcomes = run(1_000_000, [task("a", [0], { work: exponential(mean) })], [pool("p")], {
      policy: "sjf",
      sizes: "known",
    });
    expectNear(
      "wait",
      column(outcomes, (o) => o.wait.mean),
      wait,
      { tolerance: 0.001 },
    );
  });
});

describe("several servers", () => {
  test.each([
    [2, 1.6],
    [5, 4],
    [10, 8],
  ])("%i of them, offered load %d, wait as in Erlang C", (servers, load) => {
    const waits = erlangC(servers, load) / (servers - load);
    const outcomes = run(800_000, [task("a", [0], { work: exponential(1) })], [pool("p", { servers })], {
      rate: load,
    });
    expectNear(
      "wait",
      column(outcomes, (o) => o.wait.mean),
      waits,
      { sharpness: 0.025 },
    );
    expectNear(
      "time in system",
      column(outcomes, (o) => o.flowTime.mean),
      1 + waits,
    );
    expectNear(
      "utilisation",
      column(outcomes, (o) => o.pools[0]!.utilisation),
      load / servers,
    );
  });

  test("of speed 3 and price 2 serve three times as fast and cost 2 a busy second", () => {
    const outcomes = run(
      500_000,
      [task("a", [0], { work: exponential(1.8) })],
      [pool("p", { speed: 3, price: 2 })],
    );
    expectNear(
      "time in system",
      column(outcomes, (o) => o.flowTime.mean),
      0.6 / 0.4,
    );
    expectNear(
      "cost",
      column(outcomes, (o) => o.metrics.cost),
      2 * 0.6,
    );
  });
});

describe("networks", () => {
  test("three stations in tandem are three M/M/1 queues (Burke)", () => {
    const tasks = [0.5, 0.8, 0.65].map((mean, k) =>
      task(`t${k}`, [k], { work: exponential(mean), after: k === 0 ? [] : [k - 1] }),
    );
    const outcomes = run(700_000, tasks, [pool("p"), pool("q"), pool("r")]);
    expectNear(
      "time in system",
      column(outcomes, (o) => o.flowTime.mean),
      1 + 4 + 0.65 / 0.35,
    );
    [0.25 / 0.5, 0.64 / 0.2, 0.65 ** 2 / 0.35].forEach((waiting, k) => {
      expectNear(
        `waiting at ${k}`,
        column(outcomes, (o) => o.pools[k]!.meanWaiting),
        waiting,
        { sharpness: 0.025 },
      );
    });
  });

  test("a fork to two equal servers joins after (12 - rho) / 8 times one's time in system (Flatto and Hahn)", () => {
    const rho = 0.7;
    const work = exponential(rho);
    const outcomes = run(
      800_000,
      [task("a", [0], { work }), task("b", [1], { work })],
      [pool("p"), pool("q")],
    );
    expectNear(
      "time in system",
      column(outcomes, (o) => o.flowTime.mean),
      (((12 - rho) / 8) * rho) / (1 - rho),
    );
  });

  test("failed attempts that come back after a delay load an M/M/c as a product-form network has it", () => {
    // BCMP: exponential work, class-independent; the back-off is a station of its own without queueing.
    const [rate, servers, fails, attempts] = [2, 4, 0.3, 3];
    const tries = 1 + fails + fails ** 2;
    const perAttempt = erlangC(servers, rate * tries) / (servers - rate * tries);
    const backoff = fails * 1 + fails ** 2 * 2;
    const outcomes = run(
      800_000,
      [task("a", [0], { retry: retry(attempts, { first: 1, jitter: 0.5 }), attemptFailure: 0.1 })],
      [pool("p", { servers, attemptFailure: 1 - (1 - fails) / 0.9 })],
      { rate },
    );
    const submitted = (o: Outcome) => o.workflows.submitted;
    expectNear(
      "attempts",
      column(outcomes, (o) => o.attempts / submitted(o)),
      tries,
    );
    expectNear(
      "failed attempts",
      column(outcomes, (o) => o.metrics.attemptFailures),
      fails * tries,
    );
    expectNear(
      "failures",
      column(outcomes, (o) => o.metrics.failures),
      fails ** attempts,
    );
    expectNear(
      "failed",
      column(outcomes, (o) => o.workflows.failed / submitted(o)),
      fails ** attempts,
    );
    expectNear(
      "wait",
      column(outcomes, (o) => o.wait.mean),
      perAttempt,
      { sharpness: 0.025 },
    );
    expectNear(
      "time in system",
      column(outcomes, (o) => o.metrics.flowTime),
      tries * (1 + perAttempt) + backoff,
    );
  });

  test("deadlines are missed as the exponential time in an M/M/1 queue has it", () => {
    const [rho, deadline] = [0.6, 2];
    const rate = 1 / rho - 1;
    const seconds = 1_000_000 / 32;
    const outcomes = replicate(
      scenario(
        [pool("p")],
        [workflow("w", [task("a", [0], { work: exponential(rho) })], { arrivals: poisson(1), deadline })],
        { horizon: 2000 + seconds, warmup: 2000 },
      ),
    );
    const missed = Math.exp(-rate * deadline);
    expectNear(
      "deadlines missed",
      column(outcomes, (o) => o.metrics.deadlineMisses),
      missed,
    );
    expectNear(
      "tardiness",
      column(outcomes, (o) => o.metrics.tardiness),
      missed / rate,
    );
  });
});
