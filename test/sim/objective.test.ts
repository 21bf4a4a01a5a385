import { describe, expect, test } from "vitest";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { play } from "../../src/learn/play.js";
import type { Scenario } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Simulation } from "../../src/sim/simulation.js";
import { minimizing } from "../support/objective-text.js";
import { deterministic, exponential, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";
import { swarm, swarmPolicy } from "../support/swarm.js";
import { rows, witnessed } from "../support/witness.js";

const seeds = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);

function near(found: number, truth: number, what: string): void {
  expect(Math.abs(found - truth), `${what}: ${found} rather than ${truth}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(truth)),
  );
}

/** Everything that money and power are paid for, and two workflows that meet in one pool. */
const dear = (rest: Partial<Scenario> = {}): Scenario =>
  scenario(
    [
      pool("elastic", {
        price: 2,
        idlePrice: 0.5,
        setupPrice: 0.25,
        startPrice: 3,
        power: { busy: 200, idle: 80 },
        scaling: {
          least: 1,
          most: 5,
          every: 3,
          setup: exponential(1),
          teardown: deterministic(2),
          idleTimeout: exponential(4),
        },
      }),
      pool("frail", {
        servers: 3,
        price: 1,
        idlePrice: 0.125,
        power: { busy: 100, idle: 10 },
        breakdown: {
          every: exponential(20),
          lasts: exponential(3),
          mode: "always",
          interrupted: "resume",
        },
      }),
      pool("shared", { servers: 2, discipline: "ps", price: 0.75 }),
    ],
    [
      workflow("gold", [task("cut", [0, 1]), task("join", [2], { after: [0] })], {
        arrivals: poisson(0.6),
        deadline: 4,
      }),
      workflow("silver", [task("cut", [0, 1], { attemptFailure: 0.2 })], {
        arrivals: poisson(0.9),
        deadline: 2,
      }),
    ],
    { horizon: 300, decide: ["route", "scale"], ...rest },
  );

/** One run, with what the objective had cost at its decisions. */
function charged(of: Scenario, policy: string, seed: number) {
  const sim = new Simulation(of, { seed });
  const decider = heuristic(policy);
  decider.reset(seed);
  const costs: number[] = [];
  for (let point = sim.advance(); point !== null; point = sim.advance()) {
    costs.push(sim.cost());
    // Of a kind that the policy does not decide: the first that is allowed.
    const first = Array.from({ length: point.count }, (_, i) => i).find((i) => point.allowed(i))!;
    sim.act(
      decider.kinds.includes(point.kind) ? decider.decide(point) : first + (sim.decisions % 2 === 0 ? 1 : 0),
    );
  }
  return { costs, total: sim.cost(), outcome: sim.outcome() };
}

const EXPRESSIONS = [
  "flowTime + 5 * deadlineMisses + 0.2 * cost",
  'squaredFlowTime("gold") + 3 * flowTime("silver") + tardiness',
  'squaredInSystem("cut") + inSystem("join") + inPool("shared")',
  'idleTime + 2 * setupTime("elastic") + busyTime("frail") + 4 * starts + energy / 100',
  'max(flowTime("gold"), 2 * flowTime("silver")) + sqrt(1 + squaredFlowTime)',
  "log1p(flowTime) * (1 + failures) ^ 2 + 10 * max(0, deadlineMisses - 0.05)",
  'busyTime / max(onTime, 1) + 0.1 * attempts("elastic")',
];

describe("what an objective costs between decisions adds up to what the run has cost", () => {
  test.each(EXPRESSIONS)("%s", (expression) => {
    const of = minimizing(expression, dear());
    for (const seed of seeds(5)) {
      const { costs, total, outcome } = charged(of, "jsq", seed);
      expect(costs.length).toBeGreaterThan(200);
      near(total, outcome.objective * outcome.workflows.submitted, `seed ${seed}`);
      // It is the cost of the run so far, not of its end only.
      const half = costs[Math.floor(costs.length / 2)]!;
      expect(half).toBeGreaterThan(0.2 * total);
      expect(half).toBeLessThan(0.8 * total);
    }
  });

  test.each(EXPRESSIONS)("rewards of %s are its changes, negated", (expression) => {
    const of = minimizing(expression, dear({ decide: ["route"] }));
    const environment = new OrchestrationEnvironment(of, { episode: 60 });
    environment.reset(1);
    const sim = new Simulation({ ...of, horizon: Number.POSITIVE_INFINITY }, { seed: 1 });
    sim.advance();
    const atFirst = sim.cost();
    let paid = 0;
    for (let steps = 1; ; steps++) {
      const { reward, truncated } = environment.step(0);
      paid += reward;
      sim.act(0);
      sim.advance();
      if (!truncated) continue;
      expect(steps).toBeGreaterThan(30);
      break;
    }
    near(paid, atFirst - sim.cost(), "sum of rewards");
  });

  test("in a swarm of scenarios, what is overdue at the end among it", () => {
    let overdue = 0;
    for (const seed of seeds(100)) {
      const of = minimizing("flowTime + 2 * deadlineMisses + tardiness ^ 2", { ...swarm(seed), warmup: 0 });
      const sim = new Simulation({ ...of, decide: [] }, { seed });
      while (sim.advance() !== null);
      const { objective, workflows, metrics } = sim.outcome();
      if (workflows.submitted > 0) near(sim.cost(), objective * workflows.submitted, `seed ${seed}`);
      overdue += metrics.deadlineMisses;
    }
    expect(overdue).toBeGreaterThan(10);
  });
});

describe("metrics of parts are those of the whole", () => {
  test("by workflow and by pool, in a swarm", () => {
    for (const seed of seeds(100)) {
      const outcome = play(swarm(seed), heuristic(swarmPolicy(seed)), seed);
      const { workflows, metrics, bySource, pools, measured } = outcome;
      const whole = (name: keyof typeof metrics) => metrics[name] * workflows.submitted;
      const sum = <T>(parts: readonly T[], of: (part: T) => number) =>
        parts.reduce((total, part) => total + of(part), 0);
      expect(sum(bySource, (s) => s.submitted)).toBe(workflows.submitted);
      expect(sum(bySource, (s) => s.failed)).toBe(workflows.failed);
      near(
        sum(bySource, (s) => s.deadlineMisses),
        whole("deadlineMisses"),
        "misses",
      );
      if (workflows.submitted === 0) continue;
      near(sum(bySource, (s) => s.meanInSystem) * measured, whole("flowTime"), "flow time");
      near(sum(bySource, (s) => s.meanSquaredInSystem) * measured, whole("squaredFlowTime"), "squares");
      near(
        sum(pools, (p) => p.attempts),
        outcome.attempts,
        "attempts",
      );
      near(
        sum(pools, (p) => p.onTime),
        whole("onTime"),
        "time on",
      );
      near(
        sum(pools, (p) => p.cost),
        whole("cost"),
        "cost",
      );
      near(whole("onTime") - whole("busyTime"), whole("idleTime"), "idle time");
    }
  });

  test.each([0, 40])(
    "money and power by pool, with servers that come, go and break (warm-up %d s)",
    (warmup) => {
      for (const seed of seeds(10)) {
        const { outcome } = charged(dear({ warmup }), "jsq", seed);
        const { pools, metrics, workflows } = outcome;
        const sum = (of: (p: (typeof pools)[number]) => number) =>
          pools.reduce((total, p) => total + of(p), 0);
        near(
          sum((p) => p.cost),
          metrics.cost * workflows.submitted,
          "cost",
        );
        near(
          sum((p) => p.energy),
          metrics.energy * workflows.submitted,
          "energy",
        );
        near(
          sum((p) => p.setupTime),
          metrics.setupTime * workflows.submitted,
          "setup",
        );
        expect(pools[0]!.starts).toBeGreaterThan(5);
        expect(pools[0]!.setupTime).toBeGreaterThan(1);
        // Three servers, broken or not, are on all the time.
        near(pools[1]!.onTime, 3 * (300 - warmup), "servers on");
      }
    },
  );
});

test("the squared number of workflows is that of a sweep over when each came and went", () => {
  for (const seed of seeds(60)) {
    const run = witnessed(swarm(seed), swarmPolicy(seed), seed);
    const { warmup, horizon } = run.scenario;
    const ended = new Map(
      rows(run.recorder.workflows).map((row) => [`${row.source}/${row.workflow}`, row.ended] as const),
    );
    run.outcome.bySource.forEach(({ name, meanSquaredInSystem, meanInSystem }, source) => {
      const changes = run.submissions
        .filter((row) => row.source === source)
        .flatMap((row) => [
          [row.at, 1] as const,
          [ended.get(`${source}/${row.workflow}`) ?? Number.POSITIVE_INFINITY, -1] as const,
        ])
        .sort(([a], [b]) => a - b);
      let [n, since, sum, squares] = [0, 0, 0, 0];
      for (const [at, by] of [...changes, [horizon, 0] as const]) {
        const span = Math.max(0, Math.min(at, horizon) - Math.max(since, warmup));
        sum += span * n;
        squares += span * n ** 2;
        n += by;
        since = Math.max(since, Math.min(at, horizon));
      }
      near(meanInSystem * (horizon - warmup), sum, `${name} of seed ${seed}`);
      near(meanSquaredInSystem * (horizon - warmup), squares, `${name} squared of seed ${seed}`);
    });
  }
});

describe("figures of a whole run", () => {
  test("may be minimized in a benchmark: they enter the outcome as they are", () => {
    const expression = 'flowTime + 3 * p99 + 2 * p50("gold") + utilisation("frail") - fairness';
    const outcome = play(minimizing(expression, dear()), heuristic("jsq"), 1);
    const { metrics, flowTime, bySource, pools, fairness } = outcome;
    near(
      outcome.objective,
      metrics.flowTime + 3 * flowTime.p99 + 2 * bySource[0]!.flowTime.p50 + pools[1]!.utilisation - fairness,
      "objective",
    );
    expect(flowTime.p99).toBeGreaterThan(flowTime.p50);
  });

  test("cannot be learned from: no decision has a share in them", () => {
    const of = minimizing("flowTime + 3 * p99", dear());
    expect(() => new OrchestrationEnvironment(of)).toThrow("can only be said of a whole run");
    expect(() => new Simulation(of, { seed: 1 }).cost()).toThrow("can only be said of a whole run");
  });

  test("an objective that has no finite value has no running cost", () => {
    const sim = new Simulation(minimizing("log(failures)", dear()), { seed: 1 });
    sim.advance();
    expect(() => sim.cost()).toThrow("is -Infinity at");
  });

  test("fairness is Jain's index of slowdowns: 1 where all are slowed down alike, less where they are not", () => {
    // Nobody waits: a workflow takes its longest path over the speed of its pool.
    const undisturbed = (slow: number) =>
      play(
        scenario(
          [pool("fast", { servers: 1000 }), pool("slow", { servers: 1000, speed: 1 / slow })],
          [
            workflow("a", [task("t", [0], { work: deterministic(2) })], { arrivals: poisson(1) }),
            workflow(
              "b",
              [
                task("u", [1], { work: deterministic(1) }),
                task("v", [1], { work: deterministic(3) }),
                task("w", [1], { work: deterministic(1), after: [0, 1] }),
              ],
              { arrivals: poisson(1) },
            ),
          ],
          { horizon: 1000 },
        ),
        heuristic("jsq"),
        1,
      );
    const even = undisturbed(1);
    expect(even.bySource.map(({ slowdown }) => slowdown)).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(1, 9),
    ]);
    near(even.fairness, 1, "fairness");
    const uneven = undisturbed(3);
    expect(uneven.bySource[1]!.slowdown).toBeCloseTo(3, 9);
    // (1 + 3)^2 / (2 (1 + 9))
    near(uneven.fairness, 0.8, "fairness");
  });
});

test("tasks by type are reported where the objective reads them", () => {
  const of = minimizing('inSystem("cut") + squaredInSystem("cut") + inSystem("join")', dear());
  const { byType, metrics, pools, workflows, measured, objective } = play(of, heuristic("jsq"), 1);
  expect(byType.map(({ name }) => name)).toEqual(["cut", "join"]);
  // Whoever is at a station is in a pool: here nobody waits anywhere else.
  const inPools = pools.reduce((sum, p) => sum + p.meanPresent, 0);
  near(byType[0]!.meanInSystem! + byType[1]!.meanInSystem!, inPools, "tasks at stations");
  expect(byType[0]!.meanSquaredInSystem!).toBeGreaterThan(byType[0]!.meanInSystem!);
  expect(byType[1]).not.toHaveProperty("meanSquaredInSystem");
  const perSecond = byType.reduce((sum, t) => sum + t.meanInSystem! + (t.meanSquaredInSystem ?? 0), 0);
  near(objective * workflows.submitted, perSecond * measured, "objective");
  expect(play(dear(), heuristic("jsq"), 1)).toMatchObject({ byType: [], metrics });
});
