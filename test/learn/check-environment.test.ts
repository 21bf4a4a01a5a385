import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkEnvironment } from "../../src/learn/check-environment.js";
import type { Environment, Observation, Step } from "../../src/learn/environment.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { bandit, chain, identity, twoKinds } from "../../src/learn/toys/index.js";
import type { Scenario } from "../../src/model/scenario.js";
import { loadTrace } from "../../src/workload/trace/index.js";
import { objective, poisson, pool, replay, retry, scenario, task, workflow } from "../support/scenarios.js";

const routing: Scenario = scenario(
  [pool("fast", { servers: 2, speed: 2, attemptFailure: 0.2 }), pool("slow", { servers: 3 })],
  [
    workflow(
      "w",
      [task("a", [0, 1], { retry: retry(3, { first: 0.5 }) }), task("b", [0, 1], { after: [0] })],
      {
        arrivals: poisson(1.5),
        deadline: 5,
      },
    ),
  ],
  { objective: objective({ flowTime: 1, deadlineMisses: 3, failures: 10 }), decide: ["route"], horizon: 60 },
);

const file = fileURLToPath(new URL("../../scenarios/traces/small.arrow", import.meta.url));
const trace = loadTrace(readFileSync(file), file);
const replaying: Scenario = {
  ...scenario([pool("fast", { servers: 2, speed: 2 }), pool("slow", { servers: 3 })], [], {
    decide: ["route"],
    horizon: 1e6,
  }),
  trace: replay(file, {
    timeScale: 1,
    workScale: 1,
    pools: [0, 1],
    attemptFailure: 0,
    retry: retry(1),
    deadline: Number.POSITIVE_INFINITY,
  }),
};

test.each<[string, () => Environment]>([
  ["identity", () => identity()],
  ["identity of 7 labels", () => identity({ labels: 7, length: 3 })],
  ["bandit", () => bandit()],
  ["chain", () => chain()],
  ["two kinds of decision", () => twoKinds()],
  ["orchestration, routing", () => new OrchestrationEnvironment(routing)],
  [
    "orchestration, routing and dispatching",
    () => new OrchestrationEnvironment({ ...routing, decide: ["route", "dispatch"] }, { episode: 20 }),
  ],
  ["orchestration, a trace", () => new OrchestrationEnvironment(replaying, { trace })],
  [
    "orchestration, a trace cut short",
    () => new OrchestrationEnvironment(replaying, { trace, episode: trace.submitted[3]! }),
  ],
])("accepts %s", (_, make) => {
  checkEnvironment(make);
});

test("accepts a trace over its end, where nothing is left to come", () => {
  const ends: boolean[] = [];
  const make = (): Environment => {
    const inner = new OrchestrationEnvironment(replaying, { trace });
    return {
      spaces: inner.spaces,
      continuing: inner.continuing,
      reset: (seed) => inner.reset(seed),
      step(action) {
        const step = inner.step(action);
        ends.push(step.terminated);
        return step;
      },
    };
  };
  checkEnvironment(make, { seeds: [1], steps: trace.rows + 100 });
  expect(ends).toContain(true);
});

/** An identity game whose observations and steps somebody has tampered with. */
function tampered(
  observed: (o: Observation, n: number) => void,
  stepped: (s: Step, n: number) => void = () => {},
): () => Environment {
  let serial = 0;
  return () => {
    const game = identity();
    const change = (o: Observation): Observation => {
      const changed = {
        ...o,
        context: o.context.slice(),
        candidates: o.candidates.slice(),
        mask: o.mask.slice(),
      };
      observed(changed, serial++);
      return changed;
    };
    return {
      ...game,
      reset: (seed) => change(game.reset(seed)),
      step(action) {
        const step = game.step(action);
        const changed = { ...step, observation: change(step.observation) };
        stepped(changed, serial++);
        return changed;
      },
    };
  };
}

const untouched = () => {};
/** The twentieth of anything, so that a breach deep in an episode is found too. */
const later = (change: (o: Observation) => void) => (o: Observation, n: number) => {
  if (n > 20) change(o);
};

test.each<[breach: string, make: () => Environment, message: RegExp]>([
  [
    "a context that is not a number",
    tampered(later((o) => o.context.fill(Number.NaN))),
    /context\[0\] is NaN/,
  ],
  [
    "an infinite candidate feature",
    tampered(later((o) => void (o.candidates[5] = Number.POSITIVE_INFINITY))),
    /candidates\[5\] is Infinity/,
  ],
  ["a mask that allows nothing", tampered(later((o) => o.mask.fill(0))), /no candidate is allowed/],
  ["a mask that is not 0 or 1", tampered(later((o) => o.mask.fill(2))), /mask of candidate 0 is 2/],
  ["no candidates", tampered(later((o) => void (o.count = 0))), /there are 0 candidates/],
  ["a head that there is not", tampered(later((o) => void (o.head = 1))), /head 1, of 1/],
  ["a short context", tampered(later((o) => void (o.context = new Float32Array(1)))), /1 numbers, of 4/],
  [
    "short candidates",
    tampered(later((o) => void (o.candidates = new Float32Array(1)))),
    /fewer candidate features/,
  ],
  ["a short mask", tampered(later((o) => void (o.mask = new Uint8Array(1)))), /mask is shorter/],
  [
    "a reward that is not a number",
    tampered(untouched, (s) => void (s.reward = Number.NaN)),
    /reward is NaN/,
  ],
  ["time that runs back", tampered(untouched, (s, n) => void (s.elapsed = n > 20 ? -1 : 1)), /-1 seconds/],
  [
    "time without end",
    tampered(untouched, (s) => void (s.elapsed = Number.POSITIVE_INFINITY)),
    /Infinity seconds/,
  ],
  [
    "an episode both ended and cut",
    tampered(untouched, (s) => void (s.terminated = s.truncated)),
    /both terminated and was truncated/,
  ],
  [
    "features that the seed does not determine",
    tampered((o, n) => void (o.context[0] = n)),
    /same seed and actions gave another episode/,
  ],
  [
    "a final observation that the seed does not determine",
    () => {
      let serial = 0;
      const game = chain({ seconds: [1, 1] });
      return {
        ...game,
        step(action) {
          const step = game.step(action);
          if (step.terminated) return step;
          const context = Float32Array.of(serial++, 0);
          return { ...step, truncated: true, observation: { ...step.observation, context } };
        },
      };
    },
    /same seed and actions gave another episode/,
  ],
  [
    "rewards that an earlier episode reaches into",
    () => {
      const game = identity();
      let total = 0;
      return {
        ...game,
        step(action) {
          const step = game.step(action);
          return { ...step, reward: (total += step.reward) };
        },
      };
    },
    /played again on the same environment/,
  ],
  [
    "one that differs from its like",
    (() => {
      let made = 0;
      return () => identity({ length: 8 + made++ });
    })(),
    /played on a fresh environment/,
  ],
  ["no spaces", () => ({ ...identity(), spaces: [] }), /no spaces/],
  [
    "candidates without features",
    () => ({ ...identity(), spaces: [{ name: "x", context: 4, candidate: 0 }] }),
    /space x is 4 by 0/,
  ],
  [
    "a width that is not a whole number",
    () => ({ ...identity(), spaces: [{ name: "x", context: 1.5, candidate: 4 }] }),
    /space x is 1.5 by 4/,
  ],
])("names %s", (_, make, message) => {
  expect(() => checkEnvironment(make)).toThrow(message);
  expect(() => checkEnvironment(make)).toThrow(expect.objectContaining({ code: "BAD_ENVIRONMENT" }));
});
