import { expect } from "vitest";
import { DUPLICATE, WAIT } from "../../src/model/decision-view.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Policy } from "../../src/policy/policy.js";
import { candidatesOf, type FakeTask, type FakeView, fakeView } from "./fake-view.js";

/**
 * What a policy does, in words: `fast` (a pool), `gold > fast` (a task of that type to that pool), `gold >> fast` (a second
 * copy), `wait`, or the option, where that is all there is to choose.
 */
export function decision(policy: Policy, fake: FakeView): string {
  const [task, pool, option] = candidatesOf(fake)[policy.decide(fakeView(fake))]!;
  const poolName = fake.pools[pool]?.name ?? `p${pool}`;
  if (fake.kind === "route") return poolName;
  if (fake.kind !== "dispatch") return String(option);
  if (option === WAIT) return "wait";
  return `${fake.tasks[task]?.type ?? `t${task}`} ${option === DUPLICATE ? ">>" : ">"} ${poolName}`;
}

/** The policy of a spec, begun. */
export function begun(spec: string): Policy {
  const policy = heuristic(spec);
  policy.reset(1);
  return policy;
}

/** Each policy's one right decision in a view: the answers do not hang on a draw, so every seed must give them. */
export function check(fake: FakeView, right: Readonly<Record<string, string | number>>): void {
  for (const [spec, answer] of Object.entries(right)) {
    const policy = heuristic(spec);
    for (let seed = 0; seed < 5; seed++) {
      policy.reset(seed);
      expect(decision(policy, fake), `${spec}, seed ${seed}`).toBe(String(answer));
    }
  }
}

/** Tasks that wait, each of a type of its own: `waiting({ gold: { size: 2 }, basic: {} })`; the first has waited longest. */
export const waiting = (tasks: Readonly<Record<string, Partial<FakeTask>>>): Partial<FakeTask>[] =>
  Object.entries(tasks).map(([type, task], i) => ({ type, readyAt: i, ...task }));
