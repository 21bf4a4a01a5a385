import { describe, expect, test } from "vitest";
import { CANCELLED, TIMED_OUT } from "../../src/engine/ports.js";
import { play } from "../../src/learn/play.js";
import { arrivalRate } from "../../src/model/arrival-rate.js";
import type { Scenario } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { telemetryDigest } from "../../src/sim/telemetry.js";
import { checkRun } from "../support/run-checks.js";
import { pool } from "../support/scenarios.js";
import { stretched } from "../support/stretched.js";
import { swarm, swarmPolicy } from "../support/swarm.js";
import { type AttemptRow, type Run, witnessed } from "../support/witness.js";

const seeds = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);
const keyOf = (row: AttemptRow) => [row.source, row.workflow, row.task, row.attempt].join("/");

/** With pools where an attempt takes as long as its work, and no longer. */
const uninterrupted = (scenario: Scenario): Scenario => ({
  ...scenario,
  pools: scenario.pools.map((p) => ({ ...p, discipline: "fifo" })),
});

test("every run of a swarm of scenarios keeps the rules of the game", () => {
  let attempts = 0;
  for (const seed of seeds(300)) {
    const run = witnessed(swarm(seed), swarmPolicy(seed), seed);
    checkRun(run);
    attempts += run.attempts.length;
  }
  // The swarm must have been out.
  expect(attempts).toBeGreaterThan(50_000);
});

describe("common random numbers", () => {
  test("two policies on one seed see the same arrivals, work and luck", () => {
    let compared = 0;
    for (const seed of seeds(60)) {
      const drawn = uninterrupted(swarm(seed));
      // Where all pools fail alike, so must each attempt, wherever it runs.
      const scenario = {
        ...drawn,
        decide: ["route", "dispatch"] as const,
        pools: drawn.pools.map((p) => ({ ...p, attemptFailure: 0.1 })),
      };
      const [one, other] = ["jsq+fifo", "random+sjf"].map((policy) => witnessed(scenario, policy, seed));
      const seen = new Map(one!.attempts.map((row) => [keyOf(row), row]));
      for (const row of other!.attempts) {
        const twin = seen.get(keyOf(row));
        if (twin === undefined || [row, twin].some((r) => r.outcome >= TIMED_OUT || r.outcome === CANCELLED))
          continue;
        const work = (r: AttemptRow) => (r.ended - r.started) * scenario.pools[r.pool]!.speed;
        expect(Math.abs(work(row) - work(twin)), `seed ${seed}, ${keyOf(row)}`).toBeLessThan(1e-9);
        expect(row.outcome, `seed ${seed}, ${keyOf(row)}`).toBe(twin.outcome);
        compared++;
      }
      expect(one!.submissions).toEqual(other!.submissions);
    }
    expect(compared).toBeGreaterThan(5_000);
  });

  test("work is drawn anew for a retry, or repeated, as the template says", () => {
    const works = { fresh: 0, same: 0 };
    for (const seed of seeds(200)) {
      const scenario = uninterrupted(swarm(seed));
      const { attempts } = witnessed(scenario, swarmPolicy(seed), seed);
      const first = new Map(attempts.filter((r) => r.attempt === 1).map((r) => [keyOf(r), r]));
      for (const row of attempts) {
        const { work, retry } = scenario.workflows[row.source]!.tasks[row.task]!;
        const before = first.get(keyOf({ ...row, attempt: 1 }));
        const whole = [row, before].every((r) => r !== undefined && r.outcome < TIMED_OUT);
        if (row.attempt === 1 || before === undefined || !whole || work.kind !== "exponential") continue;
        const took = (r: AttemptRow) => (r.ended - r.started) * scenario.pools[r.pool]!.speed;
        expect(Math.abs(took(row) - took(before)) < 1e-9).toBe(retry.work === "same");
        works[retry.work]++;
      }
    }
    expect(Math.min(works.fresh, works.same)).toBeGreaterThan(30);
  });
});

/** The same run, told of in whatever unit: all columns of times multiplied. */
const times = (run: Run, factor: number) => ({
  attempts: run.attempts.map((r) => [
    keyOf(r),
    r.pool,
    r.outcome,
    ...[r.ready, r.started, r.ended].map((t) => factor * t),
  ]),
  workflows: run.workflows.map((r) => [r.source, r.workflow, factor * r.submitted, factor * r.ended]),
});

function slower(scenario: Scenario, by: number): Scenario {
  return {
    ...scenario,
    horizon: scenario.horizon * by,
    warmup: scenario.warmup * by,
    workflows: scenario.workflows.map((w) => ({
      ...w,
      deadline: w.deadline * by,
      ...(w.arrivals === undefined
        ? {}
        : {
            arrivals:
              w.arrivals.kind === "renewal"
                ? { kind: "renewal", gap: stretched(w.arrivals.gap, by) }
                : { kind: "poisson", rate: arrivalRate(w.arrivals) / by },
          }),
      tasks: w.tasks.map((t) => ({
        ...t,
        work: stretched(t.work, by),
        timeout: t.timeout * by,
        ...(t.scheduleToStart === undefined ? {} : { scheduleToStart: stretched(t.scheduleToStart, by) }),
        retry: {
          ...t.retry,
          backoff: { ...t.retry.backoff, first: t.retry.backoff.first * by, cap: t.retry.backoff.cap * by },
        },
      })),
    })),
  };
}

describe("what must not matter does not", () => {
  test("the unit of time: all times doubled, every instant of the run is doubled, to the last bit", () => {
    for (const seed of seeds(60)) {
      const policy = swarmPolicy(seed);
      // Its knobs are prices in seconds, which would have to be doubled too.
      if (policy.includes("price")) continue;
      const scenario = swarm(seed);
      expect(times(witnessed(slower(scenario, 2), policy, seed), 1), `seed ${seed}`).toEqual(
        times(witnessed(scenario, policy, seed), 2),
      );
    }
  });

  test("a pool that nothing can reach", () => {
    for (const seed of seeds(60)) {
      const scenario = swarm(seed);
      const more = { ...scenario, pools: [...scenario.pools, pool("idle", { servers: 9, speed: 100 })] };
      const digests = [scenario, more].map((s) =>
        telemetryDigest(witnessed(s, swarmPolicy(seed), seed).recorder),
      );
      expect(digests[1], `seed ${seed}`).toBe(digests[0]);
    }
  });

  test("the order of the pools, for a policy that knows them by their figures only", () => {
    for (const seed of seeds(60)) {
      const drawn = swarm(seed);
      // Speeds that are all different, and sizes above nothing, leave no ties for the order to break.
      const pools = drawn.pools.map((p, k) => ({ ...p, speed: p.speed * (1 + 0.0123 * k) }));
      const last = pools.length - 1;
      const scenario = { ...drawn, pools, decide: ["route"] as const, sizes: "expected" as const };
      const reversed = {
        ...scenario,
        pools: pools.toReversed(),
        workflows: scenario.workflows.map((w) => ({
          ...w,
          tasks: w.tasks.map((t) => ({ ...t, pools: t.pools.map((p) => last - p).toReversed() })),
        })),
      };
      const fates = (s: Scenario) => times(witnessed(s, "upward-rank", seed), 1).workflows;
      expect(fates(reversed), `seed ${seed}`).toEqual(fates(scenario));
    }
  });

  test("who listens: a run is the same with and without a recorder", () => {
    for (const seed of seeds(20)) {
      const [scenario, policy] = [swarm(seed), swarmPolicy(seed)];
      expect(play(scenario, heuristic(policy), seed)).toEqual(witnessed(scenario, policy, seed).outcome);
    }
  });
});
