import type { Reading, ReadWorkflow } from "../format.js";
import { type Nanos, onClock, secondsOf } from "../instant.js";
import { latest } from "../spans-of-time.js";
import { type TaskRecord, workflowOf } from "../workflow-of.js";
import type { LogCase } from "./event.js";
import { type Execution, executionsOf } from "./executions.js";
import { directlyBefore } from "./interval-order.js";

/** Dependencies of one case; hundreds of activities that all wait for hundreds of others are no process. */
const MOST_EDGES = 5_000_000;
/** The type of events without an activity. */
const UNNAMED = "(unnamed)";

/**
 * A case as a workflow: an activity that is carried out is a task, and waits for those that had ended when it began. Where
 * any time is unknown, one follows the other as the document has them. Null where nothing was carried out.
 */
export function caseWorkflow(
  log: string,
  { events, where, id }: LogCase,
  reading: Reading,
): ReadWorkflow | null {
  const { report, settings } = reading;
  const called = `${where}${id === null ? "" : ` (case ${id})`}`;
  const file = where.replace(/:\d+$/, "");
  for (const { badTime, line } of events) {
    if (badTime) {
      report.warn("BAD_INSTANT", "an event's time is none, and is taken as unknown", () => `${file}:${line}`);
    }
  }
  const { list, passed, uncompleted } = executionsOf(events);
  if (passed > 0) report.skip("an event that neither begins nor ends an activity", called, passed);
  if (list.length === 0) {
    report.skip("a case without events", called);
    return null;
  }
  if (uncompleted > 0) {
    report.warn("UNCOMPLETED", "an activity has begun and not ended", () => called, uncompleted);
  }
  const executions = list.map((each): Execution => {
    if (each.start === null || each.end === null || each.start <= each.end) return each;
    report.warn(
      "TIME_REVERSED",
      "an activity ends before it starts; its start is taken as unknown",
      () => `${file}:${each.line}`,
    );
    return { ...each, start: null };
  });
  const before = orderOf(executions);
  if (before === null) {
    report.skip("a case in which too many activities wait for too many others", called);
    return null;
  }
  let first: Nanos | null = null;
  for (const { ready, start, end } of executions) {
    for (const at of [ready, start, end]) if (at !== null && (first === null || at < first)) first = at;
  }
  /** When the last of what a task waited for had ended; its own end for those that begin a case. */
  const waitedUntil = (t: number): Nanos | null => {
    const ends = before[t]!.map((other) => executions[other]!.end);
    if (ends.includes(null)) return null;
    return ends.length === 0 ? executions[t]!.end : latest(ends as Nanos[]);
  };
  // Recorded times have no clock to stand on where a case has none.
  const clock = (at: Nanos | null) => (at === null ? Number.NaN : onClock(reading, at));
  const tasks = executions.map(({ activity, resource, ready, start, end, outcome, line }, t): TaskRecord => {
    const from = start ?? (settings.eventWork === "sojourn" ? waitedUntil(t) : null);
    const known = from !== null && end !== null && from <= end;
    if (!known) {
      report.warn(
        "RUNTIME_UNKNOWN",
        "an activity has no start or no end; its work is unknown",
        () => `${file}:${line}`,
      );
    }
    return {
      id: String(t),
      type: activity || UNNAMED,
      parents: before[t]!.map(String),
      work: known ? secondsOf(end - from) : Number.NaN,
      recordedReady: clock(ready),
      recordedStart: clock(start),
      recordedEnd: clock(end),
      recordedPool: resource || null,
      outcome,
      where: `${file}:${line}`,
    };
  });
  return { ...workflowOf(log, first === null ? null : onClock(reading, first), tasks), where };
}

/** For each activity, those that it waits for. */
function orderOf(executions: readonly Execution[]): readonly (readonly number[])[] | null {
  const intervals = executions.flatMap(({ start, end }) => {
    const begin = start ?? end;
    const until = end ?? start;
    return begin === null || until === null ? [] : [{ begin, end: until }];
  });
  if (intervals.length < executions.length) return executions.map((_, t) => (t === 0 ? [] : [t - 1]));
  return directlyBefore(intervals, MOST_EDGES);
}
