import type { JsonObject } from "../../../kit/json.js";
import { graphFigures } from "../../trace/graph-figures.js";
import { reorder, topologicalOrder } from "../../trace/topological-order.js";
import { countsOf, orNone } from "../counts.js";
import { rfc3339, secondsOf } from "../instant.js";
import { namedFigures } from "../shape-figures.js";
import { arrivalRate, earliest, latest, sum } from "../spans-of-time.js";
import { nodeGraph } from "./node-graph.js";
import type { ArgoNode, ArgoWorkflow } from "./workflow.js";

/** Figures of a workflow's status; edges, levels and paths are those of all nodes, of which only pods take time. */
export function argoStatistics(workflow: ArgoWorkflow): JsonObject {
  const { nodes, started, finished } = workflow;
  const pods = nodes.filter(isPod);
  const { shape, dangling } = nodeGraph(nodes);
  const phases = countsOf(pods.map(({ phase }) => orNone(phase)));
  const spans = pods.map(runTime).filter((span) => span !== null);
  const first = earliest(nodes.flatMap((node) => node.started ?? []));
  const last = latest(nodes.flatMap((node) => node.finished ?? []));
  return {
    name: workflow.name,
    phase: workflow.phase,
    compressed_nodes: workflow.compressed,
    nodes: nodes.length,
    tasks: pods.length,
    pods: pods.length,
    types: countsOf(nodes.map(({ type }) => type)),
    phases: countsOf(nodes.map(({ phase }) => orNone(phase))),
    pod_phases: phases,
    failures: (phases["Failed"] ?? 0) + (phases["Error"] ?? 0),
    edges: shape.parent.length,
    dangling_children: dangling.length,
    ...(nodes.length > 0 ? graphOf(nodes, shape) : {}),
    total_work_s: secondsOf(sum(spans.map((span) => (span < 0n ? 0n : span)))),
    node_without_finish: nodes.filter((node) => node.finished === null).length,
    finish_before_start: nodes.filter((node) => (runTime(node) ?? 0n) < 0n).length,
    pod_duration_zero: spans.filter((span) => span === 0n).length,
    workflow_duration_s: started === null || finished === null ? null : secondsOf(finished - started),
    first: first === null ? null : rfc3339(first),
    last: last === null ? null : rfc3339(last),
    pod_arrival_rate_per_s: arrivalRate(pods.flatMap((pod) => pod.started ?? [])),
    key_differs_from_node_id: nodes.filter(({ key, id }) => key !== id).length,
  };
}

function graphOf(nodes: readonly ArgoNode[], shape: ReturnType<typeof nodeGraph>["shape"]): JsonObject {
  const found = topologicalOrder(shape);
  if ("cycle" in found) return { cyclic: true };
  const work = Float64Array.from(found.order, (n) => {
    const span = isPod(nodes[n]!) ? runTime(nodes[n]!) : null;
    return span === null ? 0 : Math.max(0, secondsOf(span));
  });
  return { cyclic: false, ...namedFigures(graphFigures(reorder(shape, found.order), work)) };
}

const isPod = ({ type }: ArgoNode): boolean => type === "Pod";

const runTime = ({ started, finished }: ArgoNode): bigint | null =>
  started === null || finished === null ? null : finished - started;
