import { expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Auditor } from "../support/auditor.js";
import { wild, wildPolicy } from "../support/wild.js";

/** Seeds of the swarm over everything that a scenario may have: more of them by SWARM_SEEDS. */
const COUNT = Number(process.env["SWARM_SEEDS"] ?? 120);

/** Seeds that once failed, and why. */
const ONCE_FAILED: Readonly<Record<number, string>> = {
  3: "a preemptive pool that drained, or had let servers go, stopped one task for another and had no room for it",
  6: "a task that lost its server waited while another server was free, in its pool or another of its queue",
  95: "a pool that shares its servers and begins with none of them was open",
  114: "in a queue that reallocates, a workflow that was cancelled was given its own servers back halfway",
  143: "a task whose server broke waited for less urgent ones of its preemptive pool",
  233: "the patience of a task that was withdrawn ran out while its workflow was being undone: two compensations at once",
  426: "in a preemptive pool that had let servers go, less urgent tasks ran on where one more urgent waited",
};

test("every run of a wild swarm keeps its books, and no server idles beside a task that it could serve", () => {
  const seeds = new Set([
    ...Array.from({ length: COUNT }, (_, k) => k + 1),
    ...Object.keys(ONCE_FAILED).map(Number),
  ]);
  let attempts = 0;
  for (const seed of seeds) {
    try {
      attempts += play(wild(seed), heuristic(wildPolicy(seed)), seed, { recorder: new Auditor() }).attempts;
    } catch (error) {
      throw new Error(`wild seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  // The swarm must have been out.
  expect(attempts).toBeGreaterThan(100 * seeds.size);
});
