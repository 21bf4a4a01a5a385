import type { TraceColumns } from "../../workload/trace/index.js";

/** The workflows [from, to) of a trace as a trace of its own, its submissions as they were. What was observed is left out. */
export function sliceColumns(trace: TraceColumns, from: number, to: number): TraceColumns {
  const { observed: _, ...rest } = trace;
  const [first, last] = [trace.firstRow[from]!, trace.firstRow[to]!];
  const base = trace.parentFirst[first]!;
  return {
    ...rest,
    workflows: to - from,
    rows: last - first,
    firstRow: trace.firstRow.subarray(from, to + 1).map((row) => row - first),
    submitted: trace.submitted.slice(from, to),
    deadline: trace.deadline.slice(from, to),
    priority: trace.priority.slice(from, to),
    template: trace.template.slice(from, to),
    type: trace.type.slice(first, last),
    work: trace.work.slice(first, last),
    parentFirst: trace.parentFirst.subarray(first, last + 1).map((edge) => edge - base),
    parents: trace.parents.slice(base, trace.parentFirst[last]!),
    digest: `${trace.digest}[${from}, ${to})`,
  };
}
