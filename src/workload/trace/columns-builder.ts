import { GrowingColumn } from "../../kit/growing-column.js";
import type { TraceColumns } from "./columns.js";
import type { RecordedWorkflow } from "./workflow.js";

export type TraceNames = Pick<TraceColumns, "templateNames" | "typeNames"> & {
  readonly poolNames?: readonly string[];
};

/**
 * Puts workflows into columns, one after another, and gives them in portions. Names are numbered in the order in which they
 * are first met, and keep their numbers from one portion to the next.
 */
export class ColumnsBuilder {
  private readonly templates: NameTable;
  private readonly types: NameTable;
  private readonly pools: NameTable;
  private columns = freshColumns();

  /** Whether the trace has anything observed of its tasks; null before its first workflow. */
  private observed: boolean | null = null;

  /** @param names those that are known already, in their order */
  constructor(names: TraceNames = { templateNames: [], typeNames: [] }) {
    this.templates = new NameTable(names.templateNames);
    this.types = new NameTable(names.typeNames);
    this.pools = new NameTable(names.poolNames ?? []);
  }

  /** Of the pools in which tasks ran. */
  get poolNames(): readonly string[] {
    return this.pools.names;
  }

  add(flow: RecordedWorkflow): void {
    const { count, firstParent, parent, submitted, deadline, priority, template, type, work } = flow;
    const { columns } = this;
    columns.submitted.push(submitted);
    columns.deadline.push(deadline);
    columns.priority.push(commonPriority(priority));
    columns.template.push(this.templates.number(template));
    for (let t = 0; t < count; t++) {
      columns.type.push(this.types.number(type[t]!));
      columns.work.push(work[t]!);
      for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) columns.parents.push(parent[e]!);
      columns.parentFirst.push(columns.parents.length);
    }
    columns.firstRow.push(columns.work.length);
    this.observed ??= [flow.recordedPool, flow.outcome, flow.attempts, flow.cpu, flow.prefix].some(
      (c) => c !== undefined,
    );
    if (this.observed) this.observe(flow);
  }

  private observe({ count, recordedPool, outcome, attempts, cpu, prefix }: RecordedWorkflow): void {
    const { columns } = this;
    for (let t = 0; t < count; t++) {
      const pool = recordedPool?.[t] ?? null;
      columns.pool.push(pool === null ? -1 : this.pools.number(pool));
      const ended = outcome?.[t] ?? null;
      const tries = attempts?.[t] ?? Number.NaN;
      columns.attempts.push(Number.isNaN(tries) ? 0 : tries);
      columns.failed.push(ended === "failed" || ended === "timed out" ? 1 : 0);
      columns.cpu.push(cpu?.[t] ?? Number.NaN);
      for (const block of prefix?.[t] ?? []) columns.prefix.push(block);
      columns.prefixFirst.push(columns.prefix.length);
    }
  }

  /** The workflows added since the last portion, which are then forgotten. */
  take(digest: string): TraceColumns {
    const { columns } = this;
    this.columns = freshColumns();
    return {
      workflows: columns.submitted.length,
      rows: columns.work.length,
      firstRow: columns.firstRow.view().slice(),
      submitted: columns.submitted.view().slice(),
      deadline: columns.deadline.view().slice(),
      priority: Int16Array.from(columns.priority.view()),
      template: columns.template.view().slice(),
      templateNames: this.templates.names,
      type: columns.type.view().slice(),
      typeNames: this.types.names,
      work: columns.work.view().slice(),
      parentFirst: columns.parentFirst.view().slice(),
      parents: columns.parents.view().slice(),
      digest,
      ...(this.observed === true
        ? {
            observed: {
              pool: columns.pool.view().slice() as Int32Array,
              poolNames: this.pools.names,
              attempts: columns.attempts.view().slice() as Int32Array,
              failed: Uint8Array.from(columns.failed.view()),
              cpu: columns.cpu.view().slice() as Float64Array,
              prefixFirst: columns.prefixFirst.view().slice() as Int32Array,
              prefix: columns.prefix.view().slice() as Int32Array,
            },
          }
        : {}),
    };
  }
}

function freshColumns() {
  const firstRow = new GrowingColumn(Int32Array);
  const parentFirst = new GrowingColumn(Int32Array);
  firstRow.push(0);
  const prefixFirst = new GrowingColumn(Int32Array);
  parentFirst.push(0);
  prefixFirst.push(0);
  return {
    firstRow,
    submitted: new GrowingColumn(Float64Array),
    deadline: new GrowingColumn(Float64Array),
    priority: new GrowingColumn(Int32Array),
    template: new GrowingColumn(Int32Array),
    type: new GrowingColumn(Int32Array),
    work: new GrowingColumn(Float64Array),
    parentFirst,
    parents: new GrowingColumn(Int32Array),
    pool: new GrowingColumn(Int32Array),
    attempts: new GrowingColumn(Int32Array),
    failed: new GrowingColumn(Int32Array),
    cpu: new GrowingColumn(Float64Array),
    prefixFirst,
    prefix: new GrowingColumn(Int32Array),
  };
}

class NameTable {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(names: readonly string[]) {
    for (const name of names) this.number(name);
  }

  number(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.names.push(name) - 1;
      this.numbers.set(name, number);
    }
    return number;
  }
}

/** The priority that all tasks of a workflow share; 0 where they share none or it is unknown. */
function commonPriority(priority: Float64Array | undefined): number {
  const first = priority?.[0] ?? Number.NaN;
  return Number.isNaN(first) || priority!.some((p) => p !== first) ? 0 : first;
}
