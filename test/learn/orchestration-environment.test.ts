import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import type { Observation } from "../../src/learn/environment.js";
import {
  OrchestrationEnvironment,
  type OrchestrationOptions,
} from "../../src/learn/orchestration-environment.js";
import { featureSpec } from "../../src/model/features.js";
import type { Scenario } from "../../src/model/scenario.js";
import { Simulation } from "../../src/sim/simulation.js";
import { loadTrace } from "../../src/workload/trace/index.js";
import {
  exponential,
  objective,
  poisson,
  pool,
  replay,
  retry,
  scenario,
  task,
  workflow,
} from "../support/scenarios.js";

const pools = [
  pool("fast", { servers: 2, speed: 2, price: 1, attemptFailure: 0.2 }),
  pool("slow", { servers: 3, speed: 1, price: 0.5 }),
];

const busy: Scenario = scenario(
  pools,
  [
    workflow(
      "order",
      [
        task("a", [0, 1], { retry: retry(3, { first: 0.5, jitter: 0.3 }) }),
        task("b", [0, 1], { after: [0], work: exponential(0.7), retry: retry(2) }),
      ],
      { arrivals: poisson(2), deadline: 4 },
    ),
  ],
  {
    horizon: 80,
    warmup: 20,
    objective: objective({ flowTime: 1, waiting: 0.3, deadlineMisses: 2, failures: 7, cost: 0.5 }),
  },
);

const file = fileURLToPath(new URL("../../scenarios/traces/small.arrow", import.meta.url));
const trace = loadTrace(readFileSync(file), file);
const replaying: Scenario = {
  ...busy,
  workflows: [],
  horizon: 1e6,
  trace: replay(file, {
    timeScale: 0.1,
    workScale: 0.1,
    pools: [0, 1],
    attemptFailure: 0.05,
    retry: retry(3, { first: 1 }),
    deadline: 60,
  }),
};

interface Episode {
  readonly rewards: readonly number[];
  readonly elapsed: readonly number[];
  readonly ended: "terminated" | "truncated";
  /** The objective, from a simulation of its own that takes the same actions. */
  readonly costAtFirst: number;
  readonly costAtEnd: number;
  readonly timeAtFirst: number;
  readonly timeAtEnd: number;
}

function allowed({ count, mask }: Observation, stream: SequentialStream): number {
  const open = Array.from({ length: count }, (_, i) => i).filter((i) => mask[i] === 1);
  return open[stream.integer(open.length)]!;
}

/** One episode of random play, and the same run by the pull loop. */
function episode(of: Scenario, seed: number, options: OrchestrationOptions = {}): Episode {
  const environment = new OrchestrationEnvironment(of, options);
  const sim = new Simulation(
    { ...of, horizon: Number.POSITIVE_INFINITY, warmup: 0 },
    { seed, ...(options.trace === undefined ? {} : { trace: options.trace }) },
  );
  const stream = new SequentialStream(`play/${seed}`);
  const rewards: number[] = [];
  const elapsed: number[] = [];
  let observation = environment.reset(seed);
  const point = sim.advance()!;
  const [costAtFirst, timeAtFirst] = [sim.cost(), point.time];
  for (;;) {
    const action = allowed(observation, stream);
    const step = environment.step(action);
    sim.act(action);
    sim.advance();
    rewards.push(step.reward);
    elapsed.push(step.elapsed);
    observation = step.observation;
    if (!step.terminated && !step.truncated) continue;
    const ended = step.terminated ? "terminated" : "truncated";
    return { rewards, elapsed, ended, costAtFirst, timeAtFirst, costAtEnd: sim.cost(), timeAtEnd: sim.time };
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe.each<[string, Scenario, OrchestrationOptions, Episode["ended"]]>([
  ["routing", { ...busy, decide: ["route"] }, {}, "truncated"],
  ["routing and dispatching", busy, { episode: 50 }, "truncated"],
  ["a trace to its end", replaying, { trace }, "terminated"],
  ["a trace cut short", replaying, { trace, episode: 30 }, "truncated"],
])("an episode of %s", (_, of, options, ending) => {
  test.each([1, 2, 3])(
    "pays minus what the objective accrues, over the time that goes by (seed %i)",
    (seed) => {
      const { rewards, elapsed, ended, ...sim } = episode(of, seed, options);
      expect(ended).toBe(ending);
      expect(rewards.length).toBeGreaterThan(40);
      const accrued = sim.costAtEnd - sim.costAtFirst;
      expect(accrued).toBeGreaterThan(10);
      // Up to rounding of the running sums, at most half an ulp of each a step.
      expect(Math.abs(sum(rewards) + accrued)).toBeLessThan(rewards.length * 1e-15 * sim.costAtEnd);
      expect(Math.max(...rewards)).toBeLessThanOrEqual(0);
      expect(Math.abs(sum(elapsed) - (sim.timeAtEnd - sim.timeAtFirst))).toBeLessThan(
        rewards.length * 1e-15 * sim.timeAtEnd,
      );
      if (ending === "truncated") {
        // Cut at the first decision past its length, not before and not later.
        const length = options.episode ?? of.horizon;
        expect(sim.timeAtEnd).toBeGreaterThanOrEqual(length);
        expect(sim.timeAtEnd - elapsed.at(-1)!).toBeLessThan(length);
      }
    },
  );
});

test("what accrues before the first decision is nobody's doing", () => {
  // Nothing can be routed until the first task, which has one pool, is done: its workflow's time is not charged.
  const late = scenario(
    [pool("a"), pool("b")],
    [
      workflow("w", [task("first", [0], { work: exponential(5) }), task("then", [0, 1], { after: [0] })], {
        arrivals: poisson(0.1),
      }),
    ],
    { decide: ["route"], horizon: 100 },
  );
  const { costAtFirst, rewards, costAtEnd } = episode(late, 1);
  expect(costAtFirst).toBeGreaterThan(0);
  expect(sum(rewards)).toBeCloseTo(costAtFirst - costAtEnd, 9);
});

test("a space for each kind of decision that is asked, as wide as its features", () => {
  const { spaces, continuing } = new OrchestrationEnvironment(busy);
  expect(spaces).toEqual(
    (["route", "dispatch"] as const).map((kind) => {
      const { context, candidate } = featureSpec(kind);
      return { name: kind, context: context.length, candidate: candidate.length };
    }),
  );
  expect(continuing).toBe(true);
  expect(new OrchestrationEnvironment(replaying, { trace }).continuing).toBe(false);
});

test.each<[string, Scenario]>([
  [
    "has no choice to offer",
    scenario([pool("only")], [workflow("w", [task("t", [0])], { arrivals: poisson(0.5) })]),
  ],
  ["asks for no kind of decision", { ...busy, decide: [] }],
])("a scenario that %s is refused, though it would run for ever", (_, of) => {
  expect(() => new OrchestrationEnvironment({ ...of, decide: of.decide.slice(0, 1) }).reset(1)).toThrow(
    expect.objectContaining({ code: "NOTHING_TO_DECIDE" }),
  );
});

test("a step before a reset, or after an end, is our own mistake", () => {
  const environment = new OrchestrationEnvironment(busy, { episode: 1 });
  expect(() => environment.step(0)).toThrow(/before reset/);
  const stream = new SequentialStream("end");
  let observation = environment.reset(1);
  for (let over = false; !over; ) {
    const step = environment.step(allowed(observation, stream));
    observation = step.observation;
    over = step.truncated;
  }
  expect(() => environment.step(0)).toThrow(/after the episode had ended/);
});
