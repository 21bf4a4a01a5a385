import { GrowingColumn } from "../../kit/growing-column.js";
import type { TraceColumns } from "./columns.js";
import type { RecordedWorkflow } from "./workflow.js";

export type TraceNames = Pick<TraceColumns, "templateNames" | "typeNames">;

/**
 * Puts workflows into columns, one after another, and gives them in portions. Names are numbered in the order in which they
 * are first met, and keep their numbers from one portion to the next.
 */
export class ColumnsBuilder {
  private readonly templates: NameTable;
  private readonly types: NameTable;
  private columns = freshColumns();

  /** @param names those that are known already, in their order */
  constructor(names: TraceNames = { templateNames: [], typeNames: [] }) {
    this.templates = new NameTable(names.templateNames);
    this.types = new NameTable(names.typeNames);
  }

  add({
    count,
    firstParent,
    parent,
    submitted,
    deadline,
    priority,
    template,
    type,
    work,
  }: RecordedWorkflow): void {
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
    };
  }
}

function freshColumns() {
  const firstRow = new GrowingColumn(Int32Array);
  const parentFirst = new GrowingColumn(Int32Array);
  firstRow.push(0);
  parentFirst.push(0);
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
