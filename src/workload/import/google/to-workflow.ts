import { Extent } from "../figures.js";
import type { Reading, ReadWorkflow } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { soundWorkflow } from "../sound-workflow.js";
import type { TaskRecord } from "../workflow-of.js";
import { EVENT, isEnd, type TaskEvent } from "./task-event.js";

/** The jobs of task events, wherever the events of each stand. */
export async function* jobWorkflows(
  events: () => AsyncIterable<readonly TaskEvent[]>,
  where: string,
  reading: Reading,
): AsyncGenerator<ReadWorkflow> {
  for await (const { key, rows } of groupByWorkflow(events, ({ job }) => job, { where })) {
    const flow = jobWorkflow(key, rows, reading);
    if (flow !== null) yield flow;
  }
}

/**
 * A job: tasks without dependencies. A task may be scheduled, evicted and scheduled again; its work is how long its last
 * run took, from the schedule to the end.
 */
function jobWorkflow(job: string, events: readonly TaskEvent[], reading: Reading): ReadWorkflow | null {
  const { report } = reading;
  const tasks = new Map<string, TaskEvent[]>();
  for (const event of events) {
    const known = tasks.get(event.task);
    if (known === undefined) tasks.set(event.task, [event]);
    else known.push(event);
  }
  const submitted = new Extent();
  let before = false;
  const records = Array.from(tasks.values(), (each) => {
    const run = runOf(each);
    const first = each[0]!;
    if (run.submitted === Number.NEGATIVE_INFINITY) before = true;
    else submitted.add(run.submitted);
    if (Number.isNaN(run.end - run.start)) {
      report.warn(
        "RUNTIME_UNKNOWN",
        "a task has no run from a start to an end within the trace; its work is unknown",
        () => `${first.where} (job ${job}, task ${first.task})`,
      );
    }
    return recordOf(first, run);
  });
  if (before) {
    report.warn(
      "SUBMITTED_BEFORE_TRACE",
      "a job was there when the trace began; it comes at its time 0",
      () => `${events[0]!.where} (job ${job})`,
    );
  }
  const { user } = events[0]!;
  return soundWorkflow(
    report,
    `job ${job}`,
    user === "" ? "job" : `user ${user}`,
    before ? 0 : submitted.first,
    records,
  );
}

interface Run {
  readonly submitted: number;
  readonly start: number;
  readonly end: number;
  readonly machine: string | null;
  readonly schedules: number;
  readonly outcome: TaskRecord["outcome"];
}

/** Events of one instant keep the order of the file. */
function runOf(events: readonly TaskEvent[]): Run {
  const sorted = [...events].sort((a, b) => (a.time === b.time ? 0 : a.time - b.time));
  let submitted = Number.NaN;
  let start = Number.NaN;
  let end = Number.NaN;
  let machine: string | null = null;
  let schedules = 0;
  let last = -1;
  for (const event of sorted) {
    if (event.event === EVENT.submit) {
      if (Number.isNaN(submitted)) submitted = event.time;
    } else if (event.event === EVENT.schedule) {
      start = finite(event.time);
      end = Number.NaN;
      machine = event.machine;
      schedules++;
    } else if (isEnd(event.event)) {
      end = finite(event.time);
      machine = event.machine ?? machine;
    } else continue;
    last = event.event;
  }
  return { submitted, start, end, machine, schedules, outcome: OUTCOMES[last] ?? null };
}

function recordOf(first: TaskEvent, run: Run): TaskRecord {
  const { priority } = first;
  return {
    id: first.task,
    type: first.class === "" ? "task" : `class ${first.class}`,
    parents: [],
    work: run.end - run.start,
    priority: Number.isInteger(priority) && Math.abs(priority) <= 32_767 ? priority : Number.NaN,
    recordedReady: finite(run.submitted),
    recordedStart: run.start,
    recordedEnd: run.end,
    recordedPool: run.machine,
    attempts: run.schedules > 0 ? Math.min(run.schedules, 32_767) : Number.NaN,
    outcome: run.outcome ?? null,
    where: first.where,
  };
}

const finite = (time: number): number => (Number.isFinite(time) ? time : Number.NaN);

/** An evicted or a lost task goes on elsewhere, or out of sight. */
const OUTCOMES: Readonly<Record<number, NonNullable<TaskRecord["outcome"]>>> = {
  [EVENT.fail]: "failed",
  [EVENT.finish]: "succeeded",
  [EVENT.kill]: "cancelled",
};
