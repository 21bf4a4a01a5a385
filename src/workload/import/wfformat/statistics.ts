import type { GraphShape } from "../../../model/task-graph.js";
import { graphFigures } from "../../trace/graph-figures.js";
import { reorder, topologicalOrder } from "../../trace/topological-order.js";
import { namedFigures } from "../shape-figures.js";
import { declaredEdges, fileEdges } from "./edges.js";
import type { WfInstance } from "./instance.js";
import { taskType } from "./task-type.js";

/** Figures of an instance under the names by which WfFormat files are compared; times in seconds. */
export interface WfFormatStatistics {
  readonly schema_version: string;
  readonly name: string;
  readonly tasks: number;
  readonly edges: number;
  readonly edges_from_parents: number;
  readonly edges_from_children: number;
  readonly edges_only_in_parents: number;
  readonly edges_only_in_children: number;
  readonly dangling_edges: number;
  readonly self_edges: number;
  readonly edges_implied_by_files: number;
  readonly edges_declared_not_implied_by_files: number;
  readonly edges_implied_by_files_not_declared: number;
  readonly cyclic: boolean;
  readonly roots: number;
  readonly leaves: number;
  readonly critical_path_s: number;
  readonly critical_path_tasks: number;
  readonly levels: number;
  readonly max_level_width: number;
  /** The graph that files imply, where nothing is declared. */
  readonly file_edges_graph?: {
    readonly cyclic: boolean;
    readonly roots: number;
    readonly leaves: number;
    readonly critical_path_s: number;
    readonly levels: number;
    readonly max_level_width: number;
  };
  readonly total_work_s: number;
  readonly core_weighted_work_s: number;
  readonly tasks_with_core_count: number;
  readonly runtime_missing: number;
  readonly runtime_zero: number;
  readonly min_runtime_s: number;
  readonly max_runtime_s: number;
  readonly makespan_s: number | null;
  readonly executed_at_raw: string | null;
  readonly executed_at_utc: string | null;
  readonly machines: number;
  readonly tasks_with_machine: number;
  readonly machine_refs_undeclared: number;
  readonly spec_tasks_without_execution: number;
  readonly files: number;
  readonly bytes_total: number;
  readonly runtime_system: string | null;
  readonly task_name_types: number;
  readonly critical_path_exceeds_makespan: boolean;
}

export function wfformatStatistics(instance: WfInstance): WfFormatStatistics {
  const { tasks, files, makespan, executedAt } = instance;
  const { fromParents, fromChildren, union, dangling, self } = declaredEdges(instance);
  const implied = fileEdges(instance);
  const work = Float64Array.from(tasks, ({ runtime }) => runtime ?? Number.NaN);
  const known = work.filter((seconds) => !Number.isNaN(seconds));
  const declared = figuresOf(union.shape(), work);
  const { critical_path_tasks, ...byFiles } = figuresOf(implied.shape(), work);
  return {
    schema_version: instance.schemaVersion,
    name: instance.name,
    tasks: tasks.length,
    edges: union.size,
    edges_from_parents: fromParents.size,
    edges_from_children: fromChildren.size,
    edges_only_in_parents: size(fromParents.without(fromChildren)),
    edges_only_in_children: size(fromChildren.without(fromParents)),
    dangling_edges: dangling.length,
    self_edges: self.length,
    edges_implied_by_files: implied.size,
    edges_declared_not_implied_by_files: size(union.without(implied)),
    edges_implied_by_files_not_declared: size(implied.without(union)),
    ...declared,
    ...(union.size === 0 && implied.size > 0 ? { file_edges_graph: byFiles } : {}),
    total_work_s: known.reduce((a, b) => a + b, 0),
    core_weighted_work_s: tasks.reduce(
      (sum, { runtime, coreCount }) => sum + (runtime ?? 0) * (coreCount ?? 1),
      0,
    ),
    tasks_with_core_count: tasks.filter(({ coreCount }) => coreCount !== null).length,
    runtime_missing: work.length - known.length,
    runtime_zero: known.filter((seconds) => seconds === 0).length,
    min_runtime_s: known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    max_runtime_s: known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    makespan_s: makespan,
    executed_at_raw: instance.executedAtRaw,
    executed_at_utc:
      executedAt === null ? null : new Date(executedAt * 1000).toISOString().replace("Z", "000Z"),
    machines: instance.machines.size,
    tasks_with_machine: tasks.filter(({ machines }) => machines.length > 0).length,
    machine_refs_undeclared: tasks.reduce(
      (sum, { machines }) => sum + machines.filter((name) => !instance.machines.has(name)).length,
      0,
    ),
    spec_tasks_without_execution: tasks.filter(({ executed }) => !executed).length,
    files: files.size,
    bytes_total: [...files.values()].reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
    runtime_system: instance.runtimeSystem,
    task_name_types: new Set(tasks.map(({ name }) => taskType(name))).size,
    critical_path_exceeds_makespan: makespan !== null && declared.critical_path_s > makespan,
  };
}

function figuresOf(shape: GraphShape, work: Float64Array) {
  const found = topologicalOrder(shape);
  const cyclic = "cycle" in found;
  const order = cyclic ? new Int32Array(0) : found.order;
  const sorted = cyclic
    ? { count: 0, firstParent: new Int32Array(1), parent: new Int32Array(0) }
    : reorder(shape, order);
  const figures = graphFigures(
    sorted,
    Float64Array.from(order, (t) => work[t]!),
  );
  return { cyclic, ...namedFigures(figures) };
}

function size(items: Iterable<unknown>): number {
  let n = 0;
  for (const _ of items) n++;
  return n;
}
