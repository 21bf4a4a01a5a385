import type { JsonObject } from "../../../kit/json.js";
import { countsOf } from "../counts.js";
import { type Nanos, rfc3339, secondsOf } from "../instant.js";
import { arrivalRate, earliest, latest, sum } from "../spans-of-time.js";
import type { History, Operation } from "./history.js";

/** Figures of a history, in the words of Temporal. */
export function temporalStatistics(history: History): JsonObject {
  const { events, operations } = history;
  const of = (kind: Operation["kind"]) => operations.filter((operation) => operation.kind === kind);
  const activities = of("activity");
  const timers = of("timer");
  const children = of("child");
  const types = countsOf(events.map(({ type }) => type));
  const count = (type: string) => types[type] ?? 0;
  const closed = countsOf(activities.flatMap(({ close }) => (close === null ? [] : [close.how])));
  const status =
    events
      .map(({ type }) =>
        /^WorkflowExecution(Completed|Failed|TimedOut|Canceled|Terminated|ContinuedAsNew)$/.exec(type),
      )
      .findLast((match) => match !== null)?.[1] ?? null;
  const begun = activities.filter(({ started }) => started !== null);
  const runs = activities.map(runTime).filter((span) => span !== null);
  const times = events.map(({ at }) => at);
  const first = earliest(times)!;
  const last = latest(times)!;
  return {
    events: events.length,
    event_id_type: history.idsAreText ? "str" : "int",
    enum_style: history.screaming ? "SCREAMING" : "Camel",
    event_ids_contiguous_from_1: events.every(({ id }, i) => id === i + 1),
    workflow_type: history.workflowType,
    tasks: activities.length,
    activities_scheduled: activities.length,
    activities_started: begun.length,
    activities_closed: closed,
    activity_types: countsOf(activities.map(({ name }) => name)),
    max_attempt: begun.reduce((most, { attempt }) => Math.max(most, attempt ?? 1), 0),
    queue_sum_s: secondsOf(sum(begun.map(({ started, scheduled }) => started! - scheduled))),
    total_work_s: secondsOf(sum(runs.map((span) => (span < 0n ? 0n : span)))),
    max_activity_s: runs.length === 0 ? null : secondsOf(latest(runs)!),
    timers_started: timers.length,
    timers_fired: count("TimerFired"),
    timers_canceled: count("TimerCanceled"),
    timer_wait_sum_s: secondsOf(
      sum(timers.map((timer) => (timer.close?.how === "Completed" ? runTime(timer)! : 0n))),
    ),
    children_initiated: children.length,
    children_completed: count("ChildWorkflowExecutionCompleted"),
    children_failed: count("ChildWorkflowExecutionFailed"),
    signals: count("WorkflowExecutionSignaled"),
    workflow_tasks_completed: count("WorkflowTaskCompleted"),
    workflow_tasks_failed: count("WorkflowTaskFailed"),
    close_status: status,
    failures:
      (closed["Failed"] ?? 0) +
      (closed["TimedOut"] ?? 0) +
      count("ChildWorkflowExecutionFailed") +
      (status === "Failed" || status === "TimedOut" ? 1 : 0),
    first: rfc3339(first),
    last: rfc3339(last),
    span_s: secondsOf(last - first),
    times_decreasing: times.filter((at, i) => i > 0 && at < times[i - 1]!).length,
    arrival_rate_per_s: arrivalRate(activities.map(({ scheduled }) => scheduled)),
    event_types: types,
  };
}

function runTime({ started, close }: Operation): Nanos | null {
  return started === null || close === null ? null : close.at - started;
}
