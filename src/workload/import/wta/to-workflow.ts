import type { Reading, ReadWorkflow } from "../format.js";
import { soundWorkflow } from "../sound-workflow.js";
import type { WtaTask } from "./tasks.js";

/** The tasks of one workflow; null where they make none, which is told to the report. */
export function toWorkflow(key: string, tasks: readonly WtaTask[], { report }: Reading): ReadWorkflow | null {
  const parents = parentsOf(tasks);
  let submitted = Number.POSITIVE_INFINITY;
  for (const { submit } of tasks) if (submit < submitted) submitted = submit;
  const dated = submitted < Number.POSITIVE_INFINITY;
  const records = tasks.map((task) => {
    const { id, type, submit, runtime, wait, amount, file, row } = task;
    const where = `${file} > row ${row}`;
    const known = runtime >= 0;
    if (!known)
      report.warn(
        "RUNTIME_UNKNOWN",
        "a task has no run time, or a negative one; its work is unknown",
        () => where,
      );
    const ready = dated ? submit / 1000 : Number.NaN;
    const start = wait >= 0 ? ready + wait / 1000 : Number.NaN;
    return {
      id,
      type: type === null || type === "" ? "task" : type,
      parents: parents.get(id) ?? [],
      work: known ? runtime / 1000 : Number.NaN,
      ...(amount > 0 ? { cpu: amount } : {}),
      recordedReady: ready,
      recordedStart: start,
      recordedEnd: known ? start + runtime / 1000 : Number.NaN,
      where,
    };
  });
  return soundWorkflow(report, `workflow ${key}`, "workflow", dated ? submitted / 1000 : null, records);
}

/** By what tasks say of their parents, or else of their children. */
function parentsOf(tasks: readonly WtaTask[]): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  const add = (child: string, parent: string) => {
    const list = parents.get(child);
    if (list === undefined) parents.set(child, [parent]);
    else list.push(parent);
  };
  for (const task of tasks) {
    for (const parent of task.parents) add(task.id, parent);
    for (const child of task.children) add(child, task.id);
  }
  return parents;
}
