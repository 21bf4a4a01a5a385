import { InputErrors } from "../../../kit/errors.js";
import { topologicalOrder } from "../../trace/topological-order.js";
import type { Reading, ReadWorkflow } from "../format.js";
import { onClock, secondsOf } from "../instant.js";
import { earliest } from "../spans-of-time.js";
import { type TaskRecord, workflowOf } from "../workflow-of.js";
import { nodeGraph } from "./node-graph.js";
import { type ArgoTask, taskGraph } from "./task-graph.js";
import { type ArgoWorkflow, CODE } from "./workflow.js";

const OUTCOME_OF: Readonly<Record<string, TaskRecord["outcome"]>> = {
  Succeeded: "succeeded",
  Failed: "failed",
  Error: "failed",
  Skipped: "skipped",
  Omitted: "skipped",
};

/** A workflow's pods as tasks; null where it has none. */
export function toWorkflow(workflow: ArgoWorkflow, reading: Reading): ReadWorkflow | null {
  const { nodes, file, created, started } = workflow;
  const { report } = reading;
  const where = workflow.place === "" ? file : `${file} > ${workflow.place}`;
  const { shape, children, dangling } = nodeGraph(nodes);
  if (dangling.length > 0) {
    throw new InputErrors(
      CODE,
      dangling.slice(0, 20).map(({ node, child }) => ({
        what: `child "${child}" of "${node.key}" is not among the nodes: the file was cut or pruned`,
        where: `${file} > ${node.place}`,
        mend: "export the whole workflow",
      })),
    );
  }
  const found = topologicalOrder(shape);
  if ("cycle" in found) {
    const keys = found.cycle.slice(0, 50).map((n) => nodes[n]!.key);
    throw new InputErrors(CODE, [
      {
        what: `nodes are each other's children in a circle: ${[...keys, keys[0]].join(" → ")}`,
        where,
        mend: "export it again",
      },
    ]);
  }
  const { tasks, leftOut } = taskGraph(nodes, children, file);
  if (leftOut > 0)
    report.skip(
      "a pod of an attempt of a whole DAG or Steps template that was tried once more",
      where,
      leftOut,
    );
  if (tasks.length === 0) {
    report.skip(
      workflow.offloaded && nodes.length === 0
        ? "a workflow whose nodes are kept in a database (offloadNodeStatusVersion)"
        : "a workflow without pods",
      where,
    );
    return null;
  }
  const first = earliest(nodes.flatMap((node) => node.started ?? []));
  if (nodes.some(({ type }) => type === "Suspend"))
    report.warn(
      "SUSPENDED",
      "the workflow was suspended; that time is no task, and is left out",
      () => where,
    );
  if (started !== null && first !== null && first < started) {
    report.warn(
      "RETRIED_BY_HAND",
      "pods are older than the start of the workflow, which was retried by hand",
      () => where,
    );
  }
  const submitted = earliest([created, started, first].filter((at) => at !== null));
  const dated = submitted !== null;
  const records = tasks.map((task) => recordOf(task, file, reading, dated));
  return { ...workflowOf(workflow.template, dated ? onClock(reading, submitted) : null, records), where };
}

function recordOf(task: ArgoTask, file: string, reading: Reading, dated: boolean): TaskRecord {
  const { node, last } = task;
  const { started, finished } = last;
  const where = `${file} > ${node.place}`;
  const span = started === null || finished === null ? null : finished - started;
  if (span === null)
    reading.report.warn(
      "RUNTIME_UNKNOWN",
      "a pod has not begun or not ended; its work is unknown",
      () => where,
    );
  else if (span < 0n)
    reading.report.warn("TIME_REVERSED", "a pod ends before it begins; its work is unknown", () => where);
  return {
    id: node.key,
    type: node.template ?? last.template ?? node.displayName,
    parents: task.parents,
    work: span === null || span < 0n ? Number.NaN : secondsOf(span),
    attempts: started === null ? Number.NaN : task.attempts,
    recordedStart: started === null || !dated ? Number.NaN : onClock(reading, started),
    recordedEnd: finished === null || !dated ? Number.NaN : onClock(reading, finished),
    recordedPool: last.host,
    outcome: OUTCOME_OF[node.phase ?? ""] ?? null,
    where,
  };
}
