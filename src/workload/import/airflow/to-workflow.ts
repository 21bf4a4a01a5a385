import type { Reading, ReadWorkflow } from "../format.js";
import { type Nanos, onClock } from "../instant.js";
import { soundWorkflow } from "../sound-workflow.js";
import { earliest } from "../spans-of-time.js";
import type { TaskRecord } from "../workflow-of.js";
import { type DagTasks, runTime, type TaskInstance } from "./records.js";

const OUTCOME_OF: Readonly<Record<string, TaskRecord["outcome"]>> = {
  success: "succeeded",
  failed: "failed",
  skipped: "skipped",
  upstream_failed: "skipped",
};

/** The instances of one run as a workflow; null where none is left. */
export function toWorkflow(
  rows: readonly TaskInstance[],
  dag: DagTasks | undefined,
  reading: Reading,
): ReadWorkflow | null {
  const { report } = reading;
  const instances = lastTries(rows, reading);
  const [first] = instances;
  if (first === undefined) return null;
  if (dag === undefined && instances.length > 1) {
    report.warn(
      "EDGES_UNKNOWN",
      "there are no tasks of the DAG beside its instances, which do not tell what waits for what; they are taken as independent",
      () => first.where,
    );
  }
  const parents = parentsOf(instances, dag);
  const submitted = earliest(
    instances.flatMap(({ scheduled, queued, start }) => scheduled ?? queued ?? start ?? []),
  );
  const clock = (at: Nanos | null) => (at === null || submitted === null ? Number.NaN : onClock(reading, at));
  const records = instances.map((instance): TaskRecord => {
    const { task, state, tries, scheduled, queued, start, end, pool, priority, where } = instance;
    const seconds = runTime(instance);
    if (seconds === null)
      report.warn(
        "RUNTIME_UNKNOWN",
        "a task instance has not run or not ended; its work is unknown",
        () => where,
      );
    const weight =
      priority !== null && Number.isInteger(priority) && Math.abs(priority) < 32_768 ? priority : Number.NaN;
    return {
      id: idOf(instance),
      type: task,
      parents: parents.get(task) ?? [],
      work: seconds ?? Number.NaN,
      priority: weight,
      attempts: tries === null || tries < 1 || tries > 32_767 ? Number.NaN : Math.floor(tries),
      recordedReady: clock(scheduled ?? queued),
      recordedStart: clock(start),
      recordedEnd: clock(end),
      recordedPool: pool,
      outcome: OUTCOME_OF[state ?? ""] ?? null,
      where,
    };
  });
  const at = submitted === null ? null : onClock(reading, submitted);
  return soundWorkflow(report, `run ${first.run}`, first.dag, at, records);
}

const idOf = ({ task, mapIndex }: TaskInstance): string => (mapIndex < 0 ? task : `${task}[${mapIndex}]`);

/** Of an instance that is listed several times, the last try. */
function lastTries(rows: readonly TaskInstance[], { report }: Reading): TaskInstance[] {
  const byId = new Map<string, TaskInstance>();
  for (const row of rows) {
    if (row.state === "removed") {
      report.skip("an instance of a task that was removed from its DAG", row.where);
      continue;
    }
    const known = byId.get(idOf(row));
    if (known !== undefined) report.skip("an earlier try of a task instance", row.where);
    if (known === undefined || (row.tries ?? 0) >= (known.tries ?? 0)) byId.set(idOf(row), row);
  }
  return [...byId.values()];
}

/** Ids of the instances that those of each task wait for: all that are mapped from a task upstream. */
function parentsOf(instances: readonly TaskInstance[], dag: DagTasks | undefined): Map<string, string[]> {
  const parents = new Map<string, string[]>();
  for (const instance of instances) {
    for (const child of dag?.downstream.get(instance.task) ?? []) {
      const list = parents.get(child);
      if (list === undefined) parents.set(child, [idOf(instance)]);
      else list.push(idOf(instance));
    }
  }
  return parents;
}
