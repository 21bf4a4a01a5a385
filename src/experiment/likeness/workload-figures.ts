import { GrowingColumn } from "../../kit/growing-column.js";
import { type DagKind, dagKind } from "../../workload/trace/dag-shape.js";
import { graphFigures } from "../../workload/trace/graph-figures.js";
import type { TraceColumns } from "../../workload/trace/index.js";
import type { Quantity } from "./distances.js";

/** Quantities of a workload by which it is set against another; work is in seconds at speed 1, unknown work left out. */
export const QUANTITIES = {
  gap: "seconds between submissions",
  work: "work of a task",
  totalWork: "work of a workflow",
  tasks: "tasks of a workflow",
  width: "tasks on the widest level",
  depth: "tasks on the longest path",
  criticalPath: "work on the longest path",
} as const;
export type QuantityName = keyof typeof QUANTITIES;

export interface WorkloadFigures {
  readonly quantities: Readonly<Record<QuantityName, Quantity>>;
  readonly workByType: ReadonlyMap<string, Quantity>;
  /** Shares of workflows by what their DAG is called. */
  readonly kinds: ReadonlyMap<DagKind, number>;
  readonly meanEdges: number;
}

/** @param parts traces that follow each other; no gap is counted between one and the next */
export function workloadFigures(parts: readonly TraceColumns[]): WorkloadFigures {
  const columns = Object.fromEntries(
    Object.keys(QUANTITIES).map((name) => [name, new QuantityColumn()]),
  ) as unknown as Record<QuantityName, QuantityColumn>;
  const byType = new Map<string, QuantityColumn>();
  const kinds = new Map<DagKind, number>();
  let edges = 0;
  let w = 0;
  for (const trace of parts) {
    for (let k = 0; k < trace.workflows; k++, w++) {
      const [from, to] = [trace.firstRow[k]!, trace.firstRow[k + 1]!];
      const base = trace.parentFirst[from]!;
      const work = trace.work.subarray(from, to);
      const shape = {
        count: to - from,
        firstParent: trace.parentFirst.subarray(from, to + 1).map((edge) => edge - base),
        parent: trace.parents.subarray(base, trace.parentFirst[to]!),
      };
      const figures = graphFigures(shape, work);
      const kind = dagKind(shape, figures);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      edges += figures.edges;
      if (k > 0) columns.gap.add(trace.submitted[k]! - trace.submitted[k - 1]!, w);
      let total = 0;
      work.forEach((seconds, t) => {
        if (Number.isNaN(seconds)) return;
        total += seconds;
        columns.work.add(seconds, w);
        const type = trace.typeNames[trace.type[from + t]!]!;
        let column = byType.get(type);
        if (column === undefined) byType.set(type, (column = new QuantityColumn()));
        column.add(seconds, w);
      });
      columns.totalWork.add(total, w);
      columns.tasks.add(shape.count, w);
      columns.width.add(figures.width, w);
      columns.depth.add(figures.levels, w);
      columns.criticalPath.add(figures.criticalPath, w);
    }
  }
  const quantities = Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, column.quantity()]),
  ) as Record<QuantityName, Quantity>;
  return {
    quantities,
    workByType: new Map(Array.from(byType, ([type, column]) => [type, column.quantity()])),
    kinds: new Map(Array.from(kinds, ([kind, count]) => [kind, count / w])),
    meanEdges: edges / w,
  };
}

/** Values workflow by workflow. Those that have none are not counted: resampling them would change nothing, and take long. */
class QuantityColumn {
  private readonly values = new GrowingColumn<Float64Array>(Float64Array);
  private readonly owner = new GrowingColumn<Int32Array>(Int32Array);
  private workflows = 0;
  private last = -1;

  /** @param w never less than the one before */
  add(value: number, w: number): void {
    if (w !== this.last) this.workflows++;
    this.last = w;
    this.values.push(value);
    this.owner.push(this.workflows - 1);
  }

  quantity(): Quantity {
    return { values: this.values.view(), workflow: this.owner.view(), workflows: this.workflows };
  }
}
