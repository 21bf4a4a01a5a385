import { InputError } from "../../kit/errors.js";
import { Names } from "../../model/names.js";
import type { RunRecord } from "../../report/inspect/run-record.js";
import { readTrace, readTraceMetadata } from "../../workload/trace/index.js";

/** More would be too much for a browser. */
const MOST_TASKS = 5_000_000;

/**
 * What a trace says of when its tasks ran and where: an attempt a task that has a start and an end.
 * @throws {InputError} NO_RECORDED_TIMES where no task has; TOO_LARGE
 */
export async function recordedRun(path: string): Promise<RunRecord> {
  const { source } = await readTraceMetadata(path);
  const [sources, pools, outcomes] = [new Names(), new Names(), new Names()];
  const tasks = new CommonTypes();
  const [workflow, task, attempt, pool, outcome]: number[][] = [[], [], [], [], []];
  const [ready, started, ended]: number[][] = [[], [], []];
  const [template, serial, submitted, due, last]: number[][] = [[], [], [], [], []];
  for await (const flow of readTrace(path)) {
    const row = template!.length;
    let end = Number.NaN;
    for (let t = 0; t < flow.count; t++) {
      const began = flow.recordedStart?.[t] ?? Number.NaN;
      const over = flow.recordedEnd?.[t] ?? Number.NaN;
      if (!(over >= began)) continue;
      if (task!.length === MOST_TASKS) throw tooLarge(path);
      if (!(end >= over)) end = over;
      const waits = flow.recordedReady?.[t] ?? Number.NaN;
      const result = flow.outcome?.[t] ?? null;
      workflow!.push(row);
      task!.push(flow.task[t]!);
      attempt!.push(Math.max(1, known(flow.attempts?.[t]) ?? 1));
      pool!.push(pools.number(flow.recordedPool?.[t] ?? flow.template));
      outcome!.push(result === null ? -1 : outcomes.number(result));
      ready!.push(waits <= began ? waits : Number.NaN);
      started!.push(began);
      ended!.push(over);
    }
    if (Number.isNaN(end)) continue;
    template!.push(sources.number(flow.template));
    serial!.push(flow.id);
    submitted!.push(flow.submitted);
    due!.push(flow.submitted + flow.deadline);
    last!.push(end);
    tasks.add(flow.template, flow.task, flow.type);
  }
  const count = task!.length;
  if (count === 0) {
    throw new InputError("NO_RECORDED_TIMES", {
      what: "no task of the trace has a recorded start and end",
      where: path,
      mend: "simulate it with `switchyard simulate SCENARIO --out FOLDER`, and give the folder",
    });
  }
  const integers = (values: number[] | undefined) => Int32Array.from(values!);
  const numbers = (values: number[] | undefined) => Float64Array.from(values!);
  return {
    title: source,
    policy: "",
    sources: sources.list,
    pools: pools.list.map((name) => ({ name, servers: null })),
    outcomes: outcomes.list,
    taskNames: tasks.names(),
    attempts: {
      count,
      workflow: integers(workflow),
      task: integers(task),
      instance: new Int32Array(count),
      attempt: integers(attempt),
      copy: new Int32Array(count),
      pool: integers(pool),
      outcome: integers(outcome),
      ready: numbers(ready),
      started: numbers(started),
      ended: numbers(ended),
    },
    workflows: {
      count: template!.length,
      source: integers(template),
      serial: integers(serial),
      succeeded: new Int8Array(template!.length).fill(-1),
      submitted: numbers(submitted),
      due: numbers(due),
      ended: numbers(last),
    },
    decisions: NO_DECISIONS,
    candidates: [],
    spells: [],
    series: NO_SERIES,
  };
}

const known = (value: number | undefined): number | undefined => (Number.isNaN(value) ? undefined : value);

const [I, F] = [new Int32Array(0), new Float64Array(0)];
export const NO_DECISIONS: RunRecord["decisions"] = {
  count: 0,
  kinds: [],
  kind: I,
  workflow: I,
  task: I,
  pool: I,
  serial: I,
  option: I,
  candidates: I,
  chosen: I,
  propensity: F,
  time: F,
};
export const NO_SERIES: RunRecord["series"] = {
  count: 0,
  time: F,
  pool: I,
  running: I,
  waiting: I,
  servers: I,
};

/** Types of tasks by template, as long as all of its workflows have the same. */
class CommonTypes {
  private readonly known = new Map<string, string[] | null>();

  add(template: string, task: Int32Array, type: readonly string[]): void {
    const before = this.known.get(template);
    if (before === null) return;
    const types: string[] = [];
    task.forEach((id, t) => {
      types[id] = type[t]!;
    });
    const same =
      before === undefined ||
      (before.length === types.length && before.every((name, t) => name === types[t]));
    this.known.set(template, same ? types : null);
  }

  names(): Record<string, readonly string[]> {
    return Object.fromEntries(
      [...this.known].flatMap(([template, types]) => (types === null ? [] : [[template, types]])),
    );
  }
}

const tooLarge = (path: string): InputError =>
  new InputError("TOO_LARGE", {
    what: `the trace has more than ${MOST_TASKS} tasks with recorded times`,
    where: path,
    mend: "slice it first: switchyard trace transform",
  });
