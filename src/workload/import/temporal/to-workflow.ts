import { InputError } from "../../../kit/errors.js";
import type { Reading, ReadWorkflow } from "../format.js";
import { onClock, secondsOf } from "../instant.js";
import { type TaskRecord, workflowOf } from "../workflow-of.js";
import { type History, type Operation, OUTCOME_OF } from "./history.js";

/** Markers of local activities, as the SDKs name them. */
const LOCAL_ACTIVITY = /^(?:core_local_activity|LocalActivity)$/;
/** More dependencies than a history of 50,000 events, the most that Temporal keeps, has in practice. */
const MOST_EDGES = 10_000_000;

/** A history as a workflow; null where nothing in it could be a task. */
export function toWorkflow(history: History, reading: Reading): ReadWorkflow | null {
  const { report } = reading;
  for (const { type, entry } of history.events) {
    if (type !== "MarkerRecorded") continue;
    const marker = entry.child("markerRecordedEventAttributes")?.text("markerName") ?? "";
    if (LOCAL_ACTIVITY.test(marker))
      report.skip(
        "a local activity, of which a history keeps the result and not the times",
        `${history.file} > ${entry.place}`,
      );
  }
  const { operations, events, file } = history;
  if (operations.length === 0) {
    report.skip("a workflow without activities, timers and child workflows", file);
    return null;
  }
  const parents = parentsOf(operations, file);
  const submitted = onClock(reading, events[0]!.at);
  const tasks = operations.map((operation, i) => taskOf(operation, parents[i]!, file, reading));
  return { ...workflowOf(history.workflowType, submitted, tasks), where: file };
}

/**
 * What each operation waits for: all that had ended when its workflow task began, without what others of these had
 * waited for themselves. That is the most that may have been waited for; what the code really looked at, no history tells.
 */
function parentsOf(operations: readonly Operation[], file: string): string[][] {
  const ended = operations.filter(({ close }) => close !== null).sort((a, b) => a.close!.id - b.close!.id);
  // For the first n that ended, the latest event that any of them had seen.
  const latestSeen = new Float64Array(ended.length + 1);
  ended.forEach(({ seen }, i) => {
    latestSeen[i + 1] = Math.max(latestSeen[i]!, seen);
  });
  const endedBefore = (event: number): number => {
    let low = 0;
    for (let high = ended.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (ended[middle]!.close!.id < event) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let edges = 0;
  return operations.map(({ seen }) => {
    const known = endedBefore(seen);
    const parents = ended.slice(endedBefore(latestSeen[known]!), known).map(({ id }) => String(id));
    edges += parents.length;
    if (edges > MOST_EDGES) {
      throw new InputError("TOO_MANY_EDGES", {
        what: `what was decided in this history waits for so much that there are more than ${MOST_EDGES} dependencies`,
        where: file,
        mend: "leave the file out",
      });
    }
    return parents;
  });
}

function taskOf(
  operation: Operation,
  parents: readonly string[],
  file: string,
  reading: Reading,
): TaskRecord {
  const { kind, name, scheduled, started, close } = operation;
  const where = `${file} > ${operation.place}`;
  // A timer that is running has a known end all the same.
  const span = close === null || started === null ? operation.timeout : close.at - started;
  if (span === null) {
    reading.report.warn(
      "RUNTIME_UNKNOWN",
      "an activity, timer or child workflow has not begun or not ended; its work is unknown",
      () => where,
    );
  } else if (span < 0n) {
    reading.report.warn("TIME_REVERSED", "a task ends before it begins; its work is unknown", () => where);
  }
  const attempts = operation.attempt ?? Number.NaN;
  return {
    id: String(operation.id),
    type: name === "" ? kind : name,
    parents,
    work: span === null || span < 0n ? Number.NaN : secondsOf(span),
    recordedReady: onClock(reading, scheduled),
    recordedStart: started === null ? Number.NaN : onClock(reading, started),
    recordedEnd: close === null ? Number.NaN : onClock(reading, close.at),
    attempts,
    recordedPool: operation.taskQueue,
    outcome: close === null ? null : (OUTCOME_OF[close.how] ?? null),
    where,
  };
}
