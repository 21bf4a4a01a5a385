import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { playOn } from "../../src/learn/play.js";
import { parseScenario } from "../../src/model/index.js";
import type { Scenario } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { Simulation, type Snapshot } from "../../src/sim/simulation.js";
import { swarm, swarmPolicy } from "../support/swarm.js";

const seeds = Array.from({ length: 60 }, (_, k) => k + 1);

/** Plays on for so many decisions, or to the end. */
function decide(sim: Simulation, policy: Policy, most: number): void {
  let point = sim.pending ?? sim.advance();
  for (let n = 0; point !== null && n < most; n++) {
    sim.act(policy.decide(point));
    point = sim.advance();
  }
}

const begin = (seed: number): { sim: Simulation; policy: Policy; scenario: Scenario } => {
  const scenario = swarm(seed);
  const policy = heuristic(swarmPolicy(seed));
  policy.reset(seed);
  const decided = { ...scenario, decide: scenario.decide.filter((kind) => policy.kinds.includes(kind)) };
  return { sim: new Simulation(decided, { seed }), policy, scenario: decided };
};

describe("a snapshot", () => {
  test("goes on to the bits of the run that it was taken from, also through a file", () => {
    for (const seed of seeds) {
      const { sim, policy, scenario } = begin(seed);
      decide(sim, policy, 50 + 7 * seed);
      if (sim.pending === null) sim.advance(scenario.horizon / 2);
      const bytes = serialize({ run: sim.snapshot(), policy: policy.save?.() });
      const saved = deserialize(bytes) as { run: Snapshot; policy: unknown };
      const other = heuristic(swarmPolicy(seed));
      other.reset(seed);
      other.load?.(saved.policy);
      const again = new Simulation(scenario, { seed });
      again.restore(saved.run);
      expect(again.time).toBe(sim.time);
      for (const [run, by] of [
        [sim, policy],
        [again, other],
      ] as const) {
        decide(run, by, Number.POSITIVE_INFINITY);
      }
      expect(again.outcome(), `seed ${seed}`).toEqual(sim.outcome());
      expect(again.events).toBe(sim.events);
    }
  });

  test("taken while a choice among pools is pending shows those again, and leaves the lists of others alone", () => {
    const text = `
      scenario: two-lists
      horizon: 100 s
      pools: { a: { servers: 1 }, b: { servers: 1 }, c: { servers: 1 }, d: { servers: 1 } }
      workflows:
        left: { arrivals: { poisson: 1 / s }, tasks: { one: { work: 1 s, pools: [a, b] } } }
        right: { arrivals: { poisson: 1 / s }, tasks: { one: { work: 1 s, pools: [c, d] } } }
    `;
    const scenario = parseScenario(text, { file: "two-lists.yaml" });
    /** What is shown from here on, or until something else is. */
    const shown = (sim: Simulation, unlike = ""): string[] => {
      const seen: string[] = [];
      for (let view = sim.pending ?? sim.advance(); view !== null; view = sim.advance()) {
        seen.push(view.pools.name(view.pool(0)) + view.pools.name(view.pool(1)));
        if (unlike !== "" && seen.at(-1) !== unlike) break;
        sim.act(1);
      }
      return seen;
    };
    const run = new Simulation(scenario, { seed: 1 });
    run.advance();
    const saved = run.snapshot();
    const whole = shown(run);
    expect(new Set(whole)).toEqual(new Set(["ab", "cd"]));
    const other = new Simulation(scenario, { seed: 1 });
    shown(other, whole[0]);
    other.restore(saved);
    expect(shown(other)).toEqual(whole);
  });

  test("of another scenario, seed or version is refused", () => {
    const { sim, scenario } = begin(1);
    const snapshot = sim.snapshot();
    const refusal = (made: Simulation, from: Snapshot) => {
      try {
        made.restore(from);
        return "taken";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refusal(new Simulation(scenario, { seed: 2 }), snapshot)).toBe("BAD_SNAPSHOT");
    expect(refusal(new Simulation({ ...scenario, name: "x" }, { seed: 1 }), snapshot)).toBe("BAD_SNAPSHOT");
    expect(refusal(new Simulation(scenario, { seed: 1 }), { ...snapshot, version: 0 })).toBe("BAD_SNAPSHOT");
  });
});

describe("a fork", () => {
  test("leaves the run that it came from alone, and with its streams goes where that goes", () => {
    for (const seed of seeds.slice(0, 30)) {
      const { sim, policy } = begin(seed);
      decide(sim, policy, 40);
      const saved = policy.save?.();
      const fork = sim.fork();
      decide(fork, policy, Number.POSITIVE_INFINITY);
      const there = fork.outcome();
      policy.load?.(saved);
      decide(sim, policy, Number.POSITIVE_INFINITY);
      expect(sim.outcome(), `seed ${seed}`).toEqual(there);
    }
  });

  test("with a seed of its own has another future of the same present", () => {
    const { sim, policy } = begin(3);
    decide(sim, policy, 100);
    const futures = [11, 12, 11].map((seed) => {
      const fork = sim.fork({ seed });
      expect(fork.time).toBe(sim.time);
      const by = heuristic(swarmPolicy(3));
      by.reset(0);
      playOn(fork, by);
      return JSON.stringify({ ...fork.outcome(), seed: 0 });
    });
    expect(futures[0]).toBe(futures[2]);
    expect(futures[0]).not.toBe(futures[1]);
  });
});
