import { type Complaint, InputError, InputErrors } from "../../kit/errors.js";
import { shorten } from "../../kit/shorten.js";
import type { GraphShape } from "../../model/task-graph.js";
import { reorder, topologicalOrder } from "../trace/topological-order.js";
import { TASK_NUMBERS, type TaskNumber } from "../trace/workflow.js";
import type { ReadWorkflow } from "./format.js";

/** A task as a format tells it. Numbers that are absent or NaN and names that are absent or null are unknown. */
export interface TaskRecord extends Readonly<Partial<Record<TaskNumber, number>>> {
  /** What its children name it by; any text, distinct within the workflow. */
  readonly id: string;
  readonly type: string;
  /** Ids of the tasks that must have ended before it; repeated ones count once. */
  readonly parents: readonly string[];
  /** Seconds; NaN where unknown. */
  readonly work: number;
  readonly recordedPool?: string | null;
  /** Ids of the blocks that its prompt begins with. */
  readonly prefix?: Int32Array | null;
  readonly outcome?: "succeeded" | "failed" | "timed out" | "cancelled" | "skipped" | null;
  /** Where it stands, for complaints: `log.csv:12`. */
  readonly where: string;
}

/** Ids of a cycle that are named; the others are counted. */
const CYCLE_SHOWN = 50;

/**
 * A workflow of the tasks given, in topological order.
 * @throws {InputErrors} BAD_WORKFLOW: ids that repeat, parents that are no tasks, tasks that wait for themselves. What a
 * format wants to let pass with a warning it takes out before; see `faultsOf`
 */
export function workflowOf(
  template: string,
  submitted: number | null,
  tasks: readonly TaskRecord[],
  deadline = Number.POSITIVE_INFINITY,
): ReadWorkflow {
  if (tasks.length === 1 && tasks[0]!.parents.length === 0) {
    return assembled(template, submitted, deadline, LONE, tasks);
  }
  const { shape, faults } = graphOf(tasks);
  const found = faults.length > 0 ? undefined : topologicalOrder(shape);
  if (found !== undefined && "cycle" in found) faults.push(cycleFault(found.cycle, tasks));
  if (found === undefined || "cycle" in found) throw new InputErrors("BAD_WORKFLOW", faults);
  const { order } = found;
  const ordered = Array.from(order, (t) => tasks[t]!);
  return assembled(template, submitted, deadline, reorder(shape, order), ordered);
}

/** Most logs are of jobs that stand alone. */
const LONE: GraphShape = { count: 1, firstParent: new Int32Array(2), parent: new Int32Array(0) };

/** @param tasks in the order of the shape */
function assembled(
  template: string,
  submitted: number | null,
  deadline: number,
  shape: GraphShape,
  tasks: readonly TaskRecord[],
): ReadWorkflow {
  const { length } = tasks;
  const type = new Array<string>(length);
  const work = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    type[t] = tasks[t]!.type;
    work[t] = finite(tasks[t]!, "work");
  }
  const { count, firstParent, parent } = shape;
  const where = tasks[0]?.where ?? "";
  const flow: Writable<ReadWorkflow> = {
    count,
    firstParent,
    parent,
    where,
    submitted,
    template,
    deadline,
    type,
    work,
  };
  for (const name of TASK_NUMBERS) {
    const column = numbersOf(tasks, name);
    if (column !== undefined) flow[name] = column;
  }
  const recordedPool = labelsOf(tasks, "recordedPool");
  if (recordedPool !== undefined) flow.recordedPool = recordedPool;
  const outcome = labelsOf(tasks, "outcome");
  if (outcome !== undefined) flow.outcome = outcome;
  const prefix = labelsOf(tasks, "prefix");
  if (prefix !== undefined) flow.prefix = prefix;
  return flow;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A task's number; NaN where it is not known. A file can hold a number that is beyond all doubles in the trace's unit.
 * @throws {InputError} BAD_NUMBER
 */
function finite(task: TaskRecord, name: TaskNumber | "work"): number {
  const value = task[name] ?? Number.NaN;
  if (Math.abs(value) !== Number.POSITIVE_INFINITY) return value;
  throw new InputError("BAD_NUMBER", {
    what: `${name} of task "${shorten(task.id, 60)}" is too large to be a number`,
    where: task.where,
    mend: "correct it, or leave the task out",
  });
}

/** Undefined where none is known. */
function numbersOf(tasks: readonly TaskRecord[], name: TaskNumber): Float64Array | undefined {
  let column: Float64Array | undefined;
  for (let t = 0; t < tasks.length; t++) {
    const value = finite(tasks[t]!, name);
    if (Number.isNaN(value)) continue;
    column ??= new Float64Array(tasks.length).fill(Number.NaN);
    column[t] = value;
  }
  return column;
}

function labelsOf<K extends "recordedPool" | "outcome" | "prefix">(
  tasks: readonly TaskRecord[],
  name: K,
): NonNullable<TaskRecord[K]>[] | undefined {
  if (tasks.every((task) => (task[name] ?? null) === null)) return undefined;
  return tasks.map((task) => task[name] ?? null) as NonNullable<TaskRecord[K]>[];
}

/** What would keep the tasks from being a workflow, a cycle included; nothing where they are one. */
export function faultsOf(tasks: readonly TaskRecord[]): readonly Complaint[] {
  const { shape, faults } = graphOf(tasks);
  if (faults.length > 0) return faults;
  const found = topologicalOrder(shape);
  return "cycle" in found ? [cycleFault(found.cycle, tasks)] : [];
}

function graphOf(tasks: readonly TaskRecord[]): { readonly shape: GraphShape; readonly faults: Complaint[] } {
  const faults: Complaint[] = [];
  const number = new Map<string, number>();
  tasks.forEach(({ id, where }, t) => {
    if (number.has(id))
      faults.push({ what: `task "${id}" occurs twice`, where, mend: "give every task an id of its own" });
    else number.set(id, t);
  });
  const firstParent = new Int32Array(tasks.length + 1);
  const parent: number[] = [];
  tasks.forEach(({ id, parents, where }, t) => {
    for (const name of new Set(parents)) {
      const p = number.get(name);
      if (p === undefined)
        faults.push({
          what: `parent "${name}" of "${id}" is not a task`,
          where,
          mend: "correct the name, or remove it",
        });
      else if (name === id)
        faults.push({
          what: `task "${id}" is its own parent`,
          where,
          mend: "remove it from its own parents",
        });
      else parent.push(p);
    }
    firstParent[t + 1] = parent.length;
  });
  return { shape: { count: tasks.length, firstParent, parent: Int32Array.from(parent) }, faults };
}

function cycleFault(cycle: readonly number[], tasks: readonly TaskRecord[]): Complaint {
  const ids = cycle.map((t) => tasks[t]!.id);
  const more = ids.length - CYCLE_SHOWN;
  return {
    what: `tasks depend on one another in a circle: ${ids.slice(0, CYCLE_SHOWN).join(" → ")}${more > 0 ? ` → … (${more} more)` : ""} → ${ids[0]}`,
    where: tasks[cycle[0]!]!.where,
    mend: "remove one of these dependencies",
  };
}
