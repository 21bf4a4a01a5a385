import { deserialize, serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import { beginPlay, play } from "../../src/learn/play.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { Simulation, type Snapshot } from "../../src/sim/simulation.js";
import { Auditor } from "../support/auditor.js";
import { calm, wild, wildPolicy } from "../support/wild.js";

/** Seeds of the swarm over everything that a scenario may have: more of them by SWARM_SEEDS, from SWARM_FROM on. */
const COUNT = Number(process.env["SWARM_SEEDS"] ?? 120);
const FROM = Number(process.env["SWARM_FROM"] ?? 1);

/** Seeds that once failed, and why. */
const ONCE_FAILED: Readonly<Record<number, string>> = {
  3: "a preemptive pool that drained, or had let servers go, stopped one task for another and had no room for it",
  6: "a task that lost its server waited while another server was free, in its pool or another of its queue",
  33: "a clean-up in a pool with fewer servers than tasks was paid for twice",
  95: "a pool that shares its servers and begins with none of them was open",
  98: "where a stopped task stood first in line, others were started without a token",
  114: "in a queue that reallocates, a workflow that was cancelled was given its own servers back halfway",
  143: "a task whose server broke waited for less urgent ones of its preemptive pool",
  233: "the patience of a task that was withdrawn ran out while its workflow was being undone: two compensations at once",
  426: "in a preemptive pool that had let servers go, less urgent tasks ran on where one more urgent waited",
  1207: "a second copy without work failed, and was started again with the same draws for ever",
  3020: "who waited for a token left, and a stopped task behind, which needs none, did not go on",
};

const some = (share: number): number[] =>
  Array.from({ length: Math.ceil(COUNT / share) }, (_, k) => FROM + k);

/** Runs it for every seed; a failure tells the seed. */
function forSeeds(seeds: Iterable<number>, run: (seed: number) => void): void {
  for (const seed of seeds) {
    try {
      run(seed);
    } catch (error) {
      throw new Error(`wild seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
}

test("every run of a wild swarm keeps its books and the rules of the game, and comes to what was seen of it", () => {
  const seeds = new Set([...some(1), ...Object.keys(ONCE_FAILED).map(Number)]);
  let attempts = 0;
  forSeeds(seeds, (seed) => {
    const auditor = new Auditor();
    const outcome = play(wild(seed), heuristic(wildPolicy(seed)), seed, { recorder: auditor });
    auditor.check(outcome);
    attempts += outcome.attempts;
  });
  // The swarm must have been out.
  expect(attempts).toBeGreaterThan(100 * seeds.size);
});

test("when nothing more arrives all ends, and nothing is left", () => {
  forSeeds(some(3), (seed) => {
    const auditor = new Auditor();
    const outcome = play(calm(wild(seed)), heuristic(wildPolicy(seed)), seed, { recorder: auditor });
    auditor.check(outcome);
    expect(auditor.alive()).toEqual([]);
    expect(auditor.busy).toBe(0);
  });
});

/** Plays on for so many decisions, or to the end. */
function decide(sim: Simulation, policy: Policy, most = Number.POSITIVE_INFINITY): void {
  let point = sim.pending ?? sim.advance();
  for (let n = 0; point !== null && n < most; n++) {
    sim.act(policy.decide(point));
    point = sim.advance();
  }
}

describe("a wild run that is saved midway", () => {
  const midway = (seed: number) => {
    const policy = heuristic(wildPolicy(seed));
    const sim = beginPlay(wild(seed), policy, seed);
    decide(sim, policy, 10 + 3 * (seed % 50));
    if (sim.pending === null) sim.advance(sim.scenario.horizon / 2);
    return { sim, policy };
  };

  test("goes on to the same bits from a file", () => {
    forSeeds(some(3), (seed) => {
      const { sim, policy } = midway(seed);
      const bytes = serialize({ run: sim.snapshot(), policy: policy.save?.() });
      const saved = deserialize(bytes) as { run: Snapshot; policy: unknown };
      const other = heuristic(wildPolicy(seed));
      other.reset(seed);
      other.load?.(saved.policy);
      const again = new Simulation(sim.scenario, { seed });
      again.restore(saved.run);
      decide(sim, policy);
      decide(again, other);
      expect(again.outcome()).toEqual(sim.outcome());
      expect(again.events).toBe(sim.events);
    });
  });

  test("goes where its fork goes", () => {
    forSeeds(some(6), (seed) => {
      const { sim, policy } = midway(seed);
      const saved = policy.save?.();
      const fork = sim.fork();
      decide(fork, policy);
      policy.load?.(saved);
      decide(sim, policy);
      expect(sim.outcome()).toEqual(fork.outcome());
    });
  });
});
