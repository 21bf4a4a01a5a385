import { moments } from "../kit/moments.js";
import type { Places } from "./places.js";
import { type Requirements, requirements } from "./requirements.js";
import type { EdgeCondition, TaskSpec, TaskTemplate } from "./scenario.js";

/** Odds of each task of a workflow, by task. */
export interface TaskOdds {
  /** Probability that it runs at all, at most: failures that end the workflow, and deadlines, can only make it less. */
  readonly runs: Float64Array;
  /** How often its body runs where it does: instances at once, or repeats until one succeeds; mean. */
  readonly times: Float64Array;
}

/**
 * How likely each task of a workflow is to run, taking attempts and answers to be independent of each other, with
 * failures as at the pools that fail least. A task that joins all its edges runs if every outcome it needs comes to pass;
 * one that joins k of them at most as often as what they have in common, and as 1/k of all of them (Markov's inequality).
 */
export function taskOdds(tasks: readonly TaskTemplate[], places: Places): TaskOdds {
  const once = tasks.map((task) => bodySuccess(task, places));
  const success = tasks.map((task, t) => repeated(task, once[t]!).success);
  const split = new Set<number>();
  for (const { after, conditions } of tasks)
    for (const [e, condition] of (conditions ?? []).entries())
      if (condition !== "success") split.add(after[e]!);
  const { needed } = requirements(tasks, (t) => split.has(t) || success[t]! < 1);
  const chance = (parent: number, outcome: EdgeCondition): number => {
    if (outcome === "done") return 1;
    if (outcome === "failure") return 1 - success[parent]!;
    return success[parent]! * (outcome === "success" ? 1 : answerShare(tasks[parent]!, outcome.value));
  };
  const all = (set: Requirements): number => {
    let product = 1;
    for (const [parent, outcome] of set) product *= chance(parent, outcome);
    return product;
  };
  const runs = new Float64Array(tasks.length);
  tasks.forEach(({ after, conditions, join }, t) => {
    const edges = after.map((parent, e) => runs[parent]! * chance(parent, conditions?.[e] ?? "success"));
    const bound =
      join >= after.length
        ? edges.reduce((least, edge) => Math.min(least, edge), 1)
        : edges.reduce((sum, edge) => sum + edge, 0) / Math.max(1, join);
    runs[t] = Math.min(bound, all(needed[t]!));
  });
  return { runs, times: Float64Array.from(tasks, (task, t) => repeated(task, once[t]!).times) };
}

/** Mean attempts where each fails with probability `failure`: 1 + p + ... + p^(n - 1). */
export function meanAttempts(failure: number, attempts: number): number {
  return failure === 1 ? attempts : (1 - failure ** attempts) / (1 - failure);
}

/** Probability that one run of the body succeeds; that of a workflow that is called is taken to be 1. */
function bodySuccess(task: TaskTemplate, places: Places): number {
  if (task.call !== undefined) return 1;
  if (task.oneOf !== undefined)
    return Math.max(...task.oneOf.map((one) => (one.call === undefined ? specSuccess(one, places) : 1)));
  return specSuccess(task, places);
}

function specSuccess(spec: TaskSpec, places: Places): number {
  return 1 - places.leastFailure(spec) ** spec.retry.attempts;
}

function repeated(task: TaskTemplate, success: number): { readonly success: number; readonly times: number } {
  if (task.forEach !== undefined) return { success: 1, times: moments(task.forEach.count).mean };
  if (task.repeat === undefined) return { success, times: 1 };
  const { most, until } = task.repeat;
  const ends = until === undefined ? success : success * valueShare(task, until);
  return { success: 1 - (1 - ends) ** most, times: meanAttempts(1 - ends, most) };
}

/** Share of the task's successes that answer the value; what repeats until it answers one answers nothing else. */
function answerShare(task: TaskTemplate, value: string): number {
  return task.repeat?.until === undefined ? valueShare(task, value) : 1;
}

/** The same of one run of the body: at the most, where there are alternatives. */
function valueShare(task: TaskTemplate, value: string): number {
  // What a workflow answers depends on all of it, so nothing is known against the value.
  const share = ({ call, values }: TaskSpec & { readonly call?: number }) =>
    call === undefined ? (values?.weights[values.names.indexOf(value)] ?? 0) : 1;
  return task.oneOf === undefined ? share(task) : Math.max(...task.oneOf.map(share));
}
