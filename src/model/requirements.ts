import type { EdgeCondition, TaskTemplate } from "./scenario.js";

/** What must have come of each parent (by index) before a task is ready. */
export type Requirements = ReadonlyMap<number, EdgeCondition>;

/** A task that can never run: two edges ask for outcomes of `parent` that exclude each other. */
export interface Contradiction {
  readonly task: number;
  readonly parent: number;
  readonly outcomes: readonly [EdgeCondition, EdgeCondition];
}

/** Past so many entries nothing more is derived: large graphs with many conditions would need their square. */
const MOST_ENTRIES = 1_000_000;

/**
 * For every task the outcomes that it cannot run without, of the parents that are `uncertain`; and the first
 * contradiction of each task that has one. A task needs what every edge needs where it joins all of them; where it joins
 * fewer, what all its edges have in common. Sound, but not complete: a task without contradiction may still never run.
 */
export function requirements(
  tasks: readonly Pick<TaskTemplate, "after" | "conditions" | "join">[],
  uncertain: (task: number) => boolean,
): { readonly needed: readonly Requirements[]; readonly contradictions: readonly Contradiction[] } {
  const needed: Requirements[] = [];
  const contradictions: Contradiction[] = [];
  const certain = tasks.map((_, t) => !uncertain(t));
  let entries = 0;
  tasks.forEach(({ after, conditions, join }, t) => {
    const own = new Map<number, EdgeCondition>();
    needed.push(own);
    if (entries > MOST_ENTRIES) return;
    const all = join >= after.length;
    let broken = false;
    after.forEach((parent, e) => {
      const edge = new Map(needed[parent]);
      if (!certain[parent]) edge.set(parent, conditions?.[e] ?? "success");
      entries += edge.size;
      if (all) {
        for (const [at, outcome] of edge) {
          const before = own.get(at);
          const both = before === undefined ? outcome : joint(before, outcome);
          if (both !== null) own.set(at, both);
          else if (!broken) {
            broken = true;
            contradictions.push({ task: t, parent: at, outcomes: [before!, outcome] });
          }
        }
      } else if (e === 0) for (const [at, outcome] of edge) own.set(at, outcome);
      else {
        for (const [at, outcome] of own) {
          const other = edge.get(at);
          if (other === undefined) own.delete(at);
          else own.set(at, either(outcome, other));
        }
      }
    });
  });
  return { needed, contradictions };
}

const answer = (outcome: EdgeCondition) => (typeof outcome === "object" ? outcome.value : undefined);
const same = (a: EdgeCondition, b: EdgeCondition) =>
  answer(a) === undefined ? a === b : answer(a) === answer(b);

/** The outcome that is both; null where there is none. */
function joint(a: EdgeCondition, b: EdgeCondition): EdgeCondition | null {
  if (same(a, b) || b === "done") return a;
  if (a === "done") return b;
  if (a === "success" && b !== "failure") return b;
  if (b === "success" && a !== "failure") return a;
  return null;
}

/** The narrowest outcome that covers both. */
function either(a: EdgeCondition, b: EdgeCondition): EdgeCondition {
  if (same(a, b)) return a;
  return a === "failure" || b === "failure" || a === "done" || b === "done" ? "done" : "success";
}
