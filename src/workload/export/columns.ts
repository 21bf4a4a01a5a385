import { TASK_NAMES, TASK_NUMBERS, type TraceWorkflow } from "../trace/workflow.js";

/** What stands in a column for one task: null where it is unknown. */
export type Cell = number | string | readonly number[] | null;

/** The columns of docs/trace-format.md in their order, as cells of task t of the n-th workflow. */
export const EXPORTED_COLUMNS: readonly {
  readonly name: string;
  readonly kind: "integer" | "number" | "name" | "list";
  readonly required: boolean;
  of(flow: TraceWorkflow, t: number, n: number): Cell;
}[] = [
  { name: "workflow", kind: "integer", required: true, of: (_flow, _t, n) => n },
  { name: "submitted", kind: "number", required: true, of: ({ submitted }) => submitted },
  { name: "template", kind: "name", required: true, of: ({ template }) => template },
  { name: "task", kind: "integer", required: true, of: (_flow, t) => t },
  { name: "type", kind: "name", required: true, of: ({ type }, t) => type[t]! },
  {
    name: "after",
    kind: "list",
    required: true,
    of: ({ parent, firstParent }, t) => Array.from(parent.subarray(firstParent[t]!, firstParent[t + 1]!)),
  },
  { name: "work", kind: "number", required: false, of: ({ work }, t) => known(work[t]!) },
  {
    name: "deadline",
    kind: "number",
    required: false,
    of: ({ deadline }) => (deadline < Number.POSITIVE_INFINITY ? deadline : null),
  },
  ...TASK_NUMBERS.map((name) => ({
    name,
    kind: name === "priority" || name === "attempts" ? ("integer" as const) : ("number" as const),
    required: false,
    of: (flow: TraceWorkflow, t: number) => known(flow[name]?.[t] ?? Number.NaN),
  })),
  ...TASK_NAMES.map((name) => ({
    name,
    kind: "name" as const,
    required: false,
    of: (flow: TraceWorkflow, t: number) => flow[name]?.[t] ?? null,
  })),
  {
    name: "prefix",
    kind: "list",
    required: false,
    of: ({ prefix }, t) => {
      const blocks = prefix?.[t] ?? null;
      return blocks === null ? null : Array.from(blocks);
    },
  },
];

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
