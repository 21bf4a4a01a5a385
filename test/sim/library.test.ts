import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { parseScenario, type Scenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Outcome } from "../../src/sim/outcome.js";
import { expectNear, REPLICATIONS } from "../support/replications.js";

/** A scenario of the library, over a shorter time. */
function library(name: string, horizon: number, warmup = 0): Scenario {
  const file = `scenarios/${name}.yaml`;
  return { ...parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" }), horizon, warmup };
}

const runs = (scenario: Scenario, policy: string, seeds = REPLICATIONS): Outcome[] =>
  Array.from({ length: seeds }, (_, k) => play(scenario, heuristic(policy), k + 1));
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const pool = (outcome: Outcome, name: string) => outcome.pools.find((found) => found.name === name)!;
/** Attempts in a pool for each workflow submitted. */
const share = (outcome: Outcome, name: string) => pool(outcome, name).attempts / outcome.workflows.submitted;

const files = readdirSync("scenarios").filter((name) => name.endsWith(".yaml"));
const replays = (name: string) => /^trace:/m.test(readFileSync(`scenarios/${name}`, "utf8"));

test.each(files.filter((name) => !replays(name)))("%s runs, and gives the same bytes twice", (name) => {
  const scenario = library(name.replace(".yaml", ""), 120);
  const [first, second] = [1, 2].map(() => JSON.stringify(play(scenario, heuristic("jsq+fifo"), 7)));
  expect(second).toBe(first);
});

// Truths are by hand from the scenarios' own figures; `expectNear` states its false-alarm rate.
describe("what each scenario of the library is about is true of it", () => {
  test("agent-loop: turns until the answer is good, eight at most", () => {
    const outcomes = runs(library("agent-loop", 3600, 600), "jsq");
    // By default the small model: right in 55%, and then the tools work at one of three attempts.
    const good = 0.55 * (1 - 0.05 ** 3);
    const solved = 1 - (1 - good) ** 8;
    const turns = solved / good;
    expectNear(
      "small model",
      outcomes.map((o) => share(o, "small-model")),
      turns + solved,
    );
    expectNear(
      "large model",
      outcomes.map((o) => share(o, "large-model")),
      1,
    );
  });

  test("approval: every claim takes one of the branches, and the branches meet", () => {
    const outcomes = runs(library("approval", 86_400, 14_400), "jsq+fifo");
    const unsure = 0.6 * 0.15;
    // check, pay or decline, file: three tasks of each claim, whatever is answered.
    expectNear(
      "service",
      outcomes.map((o) => share(o, "service")),
      3,
    );
    expectNear(
      "clerks",
      outcomes.map((o) => share(o, "clerks")),
      0.6,
    );
    expectNear(
      "experts",
      outcomes.map((o) => share(o, "experts")),
      unsure,
      { sharpness: 0.05 },
    );
  });

  test("saga: trips fail where a booking fails twice, and what was booked is undone", () => {
    const outcomes = runs(library("saga", 900), "jsq+fifo");
    const failed = outcomes.map((o) => o.metrics.failures);
    // A charge that fails three times adds less than 0.0001.
    expectNear("failures", failed, 1 - (1 - 0.08 ** 2) * (1 - 0.06 ** 2), {
      sharpness: 0.06,
      tolerance: 0.01,
    });
    // Whoever is still undoing at the end has begun to, and not yet failed: seldom more than one at a time.
    for (const { metrics, workflows } of outcomes)
      expect((metrics.compensations - metrics.failures) * workflows.submitted).toBeLessThan(5);
    expect(mean(outcomes.map((o) => o.metrics.compensations))).toBeGreaterThan(0);
  });

  test("map-reduce: as many attempts as shards and their failures, and 2 GB moved a job", () => {
    const outcomes = runs(library("map-reduce", 4 * 3600, 1200), "fifo", REPLICATIONS);
    const shards = 40 * ((1 - 0.01 ** 4) / 0.99);
    expectNear(
      "cpu",
      outcomes.map((o) => share(o, "cpu")),
      1 + shards + 1,
    );
    expectNear(
      "moved",
      outcomes.map((o) => o.metrics.transferredBytes),
      2e9,
    );
  });

  test("hedged-requests: a second copy of one request in ten takes the tail away", () => {
    const scenario = library("hedged-requests", 60, 10);
    const hedged = runs(scenario, "jsq+hedge-always", 4);
    const plain = runs(scenario, "jsq+hedge-never", 4);
    // Stragglers take 1 s, one in twenty does; late are those, and 5% of the others.
    expect(mean(plain.map((o) => o.flowTime.p99))).toBeGreaterThan(0.5);
    expect(mean(hedged.map((o) => o.flowTime.p99))).toBeLessThan(0.25);
    expect(mean(hedged.map((o) => o.metrics.duplicates))).toBeGreaterThan(0.05);
    expect(mean(hedged.map((o) => o.metrics.duplicates))).toBeLessThan(0.13);
    expect(mean(plain.map((o) => o.metrics.duplicates))).toBe(0);
  });

  test("autoscaling: servers come as the load does, and all energy is of servers busy or idle", () => {
    const scenario = library("autoscaling", 2 * 3600);
    const scaled = runs(scenario, "tasks-per-server", 4);
    const fixed = runs(scenario, "jsq+fifo", 4);
    for (const { metrics } of scaled) {
      expect(metrics.starts).toBeGreaterThan(0);
      expect(metrics.energy).toBeCloseTo(300 * metrics.busyTime + 120 * metrics.idleTime, 6);
    }
    for (const { metrics } of fixed) expect(metrics.starts).toBe(0);
    expect(mean(scaled.map((o) => o.metrics.flowTime))).toBeLessThan(
      mean(fixed.map((o) => o.metrics.flowTime)),
    );
  });

  test("breakdowns: a busy server is lost as often as it breaks, and jobs survive it", () => {
    const outcomes = runs(library("breakdowns", 86_400, 7200), "jsq");
    const busy = (o: Outcome, name: string) => pool(o, name).utilisation * pool(o, name).onTime;
    const lost = outcomes.map(
      (o) =>
        (o.metrics.interruptions * o.workflows.submitted) /
        (busy(o, "old") / (2 * 3600) + busy(o, "new") / (5 * 86_400)),
    );
    expectNear("interruptions for each that was due", lost, 1, { sharpness: 0.04 });
    for (const { workflows } of outcomes) expect(workflows.failed).toBe(0);
  });

  test("central-queue: fast and slow servers together do the work that comes", () => {
    const scenario = library("central-queue", 1800, 300);
    const outcomes = runs(scenario, "fifo");
    const done = (names: readonly string[]) =>
      outcomes.map((o) =>
        names.reduce((sum, name) => {
          const { servers, speed } = scenario.pools.find((found) => found.name === name)!;
          return sum + pool(o, name).utilisation * servers * speed;
        }, 0),
      );
    expectNear("reception", done(["counter-1", "counter-2"]), 1.5 * 2);
    expectNear("office", done(["back-office", "desk"]), 1.5 * 1 + 0.6 * 2);
  });

  test("gpu-packing: small jobs that may overtake one that does not fit yet wait less", () => {
    const scenario = library("gpu-packing", 6 * 3600);
    const strict = { ...scenario, pools: scenario.pools.map(({ backfill: _, ...rest }) => rest) };
    const p50 = (of: Scenario) =>
      mean(runs(of, "jsq", 8).map((o) => o.bySource.find(({ name }) => name === "inference")!.flowTime.p50));
    expect(p50(scenario)).toBeLessThan(p50(strict));
  });

  test("rate-limited-api: no more starts than tokens, and the rest is told to come again", () => {
    const scenario = library("rate-limited-api", 900);
    for (const outcome of runs(scenario, "random", 8)) {
      expect(pool(outcome, "cheap").attempts).toBeLessThanOrEqual(12 + 6 * 900);
      expect(outcome.metrics.rejections).toBeGreaterThan(0);
    }
  });

  test("outage-drill: nothing runs where all is down, and what ran there has failed", () => {
    const scenario = library("outage-drill", 3600);
    for (const outcome of runs(scenario, "jsq", 4)) expect(outcome.metrics.interruptions).toBeGreaterThan(0);
    const down = scenario.weather!.map((one) =>
      one.name === "east-down"
        ? { ...one, when: { kind: "scheduled" as const, spans: [{ from: 0, until: 3600 }] } }
        : one,
    );
    for (const outcome of runs({ ...scenario, weather: down }, "jsq", 4)) {
      expect(pool(outcome, "east").attempts).toBe(0);
      expect(pool(outcome, "west").attempts).toBeGreaterThan(0);
    }
  });

  test("llm-cache: going where the prefix is finds more of it, and is sooner done", () => {
    const scenario = library("llm-cache", 900, 120);
    const [warm, busy] = ["cache-aware", "jsq"].map((policy) => runs(scenario, policy, 6));
    const hits = (outcomes: readonly Outcome[]) =>
      mean(outcomes.map(({ metrics }) => metrics.cacheHits / metrics.cacheLookups));
    expect(hits(warm!)).toBeGreaterThan(hits(busy!) + 0.1);
    expect(mean(warm!.map((o) => o.metrics.flowTime))).toBeLessThan(
      mean(busy!.map((o) => o.metrics.flowTime)),
    );
  });
});
