import type { WorkflowTemplate } from "../scenario.js";
import type { Reader } from "./reader.js";
import { DEEPEST_CALLS } from "./workflow-names.js";

/** Tasks that one instance may come to, calls included and each loop once: more is a mistake, or hostile. */
const MOST_TASKS_IN_ALL = 1_000_000;

/** Complains of workflows that call themselves, by whatever way round, and of calls that nest too deep or multiply. */
export function checkCalls(workflows: readonly WorkflowTemplate[], reader: Reader): void {
  const calls = workflows.map(({ tasks }) =>
    tasks.flatMap(({ call, oneOf }) => [
      ...(call === undefined ? [] : [call]),
      ...(oneOf?.flatMap((one) => (one.call === undefined ? [] : [one.call])) ?? []),
    ]),
  );
  // Levels by Kahn's order from the workflows that call none: what is left over is on a cycle or above one.
  const callers: number[][] = workflows.map(() => []);
  const open = calls.map((called, w) => {
    const distinct = new Set(called);
    for (const inner of distinct) callers[inner]!.push(w);
    return distinct.size;
  });
  const depth = workflows.map(() => 0);
  const size = workflows.map(({ tasks }) => tasks.length);
  const ready = open.flatMap((count, w) => (count === 0 ? [w] : []));
  const done = new Set<number>();
  for (const w of ready) {
    done.add(w);
    for (const inner of calls[w]!) {
      depth[w] = Math.max(depth[w]!, depth[inner]! + 1);
      size[w] = size[w]! + size[inner]!;
    }
    for (const caller of callers[w]!) if (--open[caller]! === 0) ready.push(caller);
  }
  const stuck = workflows.findIndex((_, w) => !done.has(w));
  if (stuck >= 0) {
    const cycle = cycleFrom(stuck, calls, done);
    reader.complain(
      `workflows call each other without end: ${[...cycle, cycle[0]!].map((w) => workflows[w]!.name).join(" -> ")}`,
      "drop one of these calls; a task that repeats has `repeat`",
    );
  }
  const deep = ready.find((w) => depth[w]! > DEEPEST_CALLS);
  if (deep !== undefined)
    reader.complain(
      `calls from workflow ${workflows[deep]!.name} nest ${depth[deep]} deep`,
      `nest at most ${DEEPEST_CALLS}`,
    );
  const large = ready.find((w) => size[w]! > MOST_TASKS_IN_ALL);
  if (large !== undefined)
    reader.complain(
      `an instance of workflow ${workflows[large]!.name} comes to ${size[large]} tasks, calls included`,
      `let it have at most ${MOST_TASKS_IN_ALL}`,
    );
}

/** Along calls that are not done, until a workflow comes twice. */
function cycleFrom(
  start: number,
  calls: readonly (readonly number[])[],
  done: ReadonlySet<number>,
): number[] {
  const path: number[] = [];
  let w = start;
  while (!path.includes(w)) {
    path.push(w);
    w = calls[w]!.find((inner) => !done.has(inner))!;
  }
  return path.slice(path.indexOf(w));
}
