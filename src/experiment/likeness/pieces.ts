import { generate, type SynthesisSpec } from "../../workload/synthesis/index.js";
import { ColumnsBuilder } from "../../workload/trace/columns-builder.js";
import type { TraceColumns } from "../../workload/trace/index.js";
import type { TraceWorkflow } from "../../workload/trace/workflow.js";
import { sliceColumns } from "./slice-columns.js";

/** Workflows as a trace in memory. */
export function columnsOf(flows: Iterable<TraceWorkflow>, digest: string): TraceColumns {
  const builder = new ColumnsBuilder();
  let id = 0;
  for (const flow of flows) builder.add({ ...flow, id: id++, task: EMPTY });
  return builder.take(digest);
}

/** The numbers that tasks had in a file: there is none. */
const EMPTY = new Int32Array(0);

/** Parts of a workload that are each as long as another, in workflows; what is left over at the end of a trace is left out. */
export function piecesOf(
  source:
    | TraceColumns
    | { readonly spec: SynthesisSpec; readonly replications: number; readonly seed: number },
  workflows: number,
): readonly TraceColumns[] {
  if ("spec" in source) {
    const { spec, replications, seed } = source;
    return Array.from({ length: replications }, (_, r) =>
      columnsOf(generate(spec, { seed: seed + r, workflows }), `${spec.name} ${seed + r}`),
    );
  }
  const count = Math.floor(source.workflows / workflows);
  if (count < 2) return [source];
  return Array.from({ length: count }, (_, k) => sliceColumns(source, k * workflows, (k + 1) * workflows));
}
