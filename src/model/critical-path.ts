import { moments } from "../kit/moments.js";
import type { Places } from "./places.js";
import type { Scenario, TaskSpec, TaskTemplate } from "./scenario.js";
import { taskOdds } from "./task-odds.js";

/**
 * Seconds that the critical path of each workflow takes at mean work, with every task at the pool that does it fastest
 * and nobody waiting. A task that joins k edges is ready after the k that are met first; of alternatives the shortest
 * counts, of instances at once and of repeats one. Tasks that run in less than half of the instances are not waited for.
 */
export function criticalPaths({ workflows }: Scenario, places: Places): number[] {
  const known = new Map<number, number>();
  const pathOf = (w: number): number => {
    const before = known.get(w);
    if (before !== undefined) return before;
    const { tasks } = workflows[w]!;
    const { runs } = taskOdds(tasks, places);
    const ends = new Float64Array(tasks.length);
    let path = 0;
    tasks.forEach((task, t) => {
      ends[t] = readyAt(task, ends) + length(task);
      if (runs[t]! >= 0.5) path = Math.max(path, ends[t]!);
    });
    known.set(w, path);
    return path;
  };
  const length = (task: TaskTemplate): number => {
    if (task.oneOf !== undefined) return Math.min(...task.oneOf.map(single));
    if (task.forEach !== undefined && moments(task.forEach.count).mean < 0.5) return 0;
    return single(task);
  };
  const single = (body: TaskSpec & { readonly call?: number }): number =>
    body.call === undefined ? fastestMean(body, places) : pathOf(body.call);
  return workflows.map((_, w) => pathOf(w));
}

/** Mean seconds of an attempt at the pool where it goes fastest, with all that a cache may spare. */
export function fastestMean(spec: TaskSpec, places: Places): number {
  return (moments(spec.work).mean * (1 - (spec.cache?.saving ?? 0))) / places.fastest(spec);
}

function readyAt({ after, join }: TaskTemplate, ends: Float64Array): number {
  if (after.length === 0) return 0;
  if (join >= after.length) return after.reduce((latest, parent) => Math.max(latest, ends[parent]!), 0);
  return after.map((parent) => ends[parent]!).sort((a, b) => a - b)[Math.max(1, join) - 1]!;
}
