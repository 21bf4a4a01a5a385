import { reorder } from "../../trace/topological-order.js";
import type { Reading, ReadWorkflow } from "../format.js";
import type { ReportBuilder } from "../report.js";
import { graphOf } from "./graph.js";
import type { WfInstance, WfTask } from "./instance.js";
import { applicationName, taskType } from "./task-type.js";

/**
 * An instance as a workflow of a trace. Work is the recorded run time on the machine that ran the task, whatever its
 * speed and however many cores it used; `cpu` has the cores. Bytes are those of the files that a task reads and writes.
 */
export function toWorkflow(instance: WfInstance, { report, since }: Reading): ReadWorkflow {
  const { shape, order } = graphOf(instance, report);
  const tasks = Array.from(order, (t) => instance.tasks[t]!);
  for (const task of instance.tasks) doubts(task, instance, report);
  const column = (of: (task: WfTask) => number | null) =>
    Float64Array.from(tasks, (task) => of(task) ?? Number.NaN);
  const started = ({ startedAt }: WfTask) =>
    startedAt === null || instance.executedAt === null ? null : since(startedAt);
  return {
    ...reorder(shape, order),
    where: instance.file,
    submitted: instance.executedAt === null ? null : since(instance.executedAt),
    template: applicationName(instance.name),
    deadline: Number.POSITIVE_INFINITY,
    type: tasks.map(({ name }) => taskType(name)),
    work: column(({ runtime }) => runtime),
    cpu: column(({ coreCount }) => coreCount),
    memory: column(({ memoryInBytes }) => memoryInBytes),
    bytesIn: column(({ inputs }) => bytesOf(inputs, instance.files)),
    bytesOut: column(({ outputs }) => bytesOf(outputs, instance.files)),
    priority: column(({ priority }) => (fits(priority) ? priority : null)),
    recordedStart: column(started),
    recordedEnd: column((task) => {
      const start = started(task);
      return start === null || task.runtime === null ? null : start + task.runtime;
    }),
    recordedPool: tasks.map(({ machines }) => (machines.length === 1 ? machines[0]! : null)),
  };
}

function doubts(
  { id, executed, runtime, priority, machines, where }: WfTask,
  instance: WfInstance,
  report: ReportBuilder,
) {
  const at = () => `${where()} ("${id}")`;
  if (runtime === null) {
    report.warn(
      "RUNTIME_UNKNOWN",
      executed
        ? "a task has no run time; its work is unknown"
        : "a task has no execution record; its work is unknown",
      at,
    );
  }
  if (priority !== null && !fits(priority)) {
    report.warn(
      "PRIORITY_OUT_OF_RANGE",
      "a priority is no whole number of 16 bits, and is taken as unknown",
      at,
    );
  }
  if (machines.some((name) => !instance.machines.has(name))) {
    report.warn("UNDECLARED_MACHINE", "a task ran on a machine that the file does not describe", at);
  }
}

function fits(priority: number | null): boolean {
  return priority !== null && Number.isInteger(priority) && priority >= -32_768 && priority <= 32_767;
}

/** Sum over distinct files; null where one of them is of unknown size. */
function bytesOf(keys: readonly string[] | null, files: ReadonlyMap<string, number | null>): number | null {
  if (keys === null) return null;
  let total = 0;
  for (const key of new Set(keys)) {
    const size = files.get(key) ?? null;
    if (size === null) return null;
    total += size;
  }
  return total;
}
