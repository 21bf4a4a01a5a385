import { InputError } from "../../../kit/errors.js";
import type { JsonObject } from "../../../kit/json.js";
import { SummaryBuilder } from "../../trace/trace-summary.js";
import { csvRecords } from "../csv.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { openParquet } from "../parquet.js";
import type { Source } from "../source.js";
import { beginsWithColumns } from "../table.js";
import { workflowOf } from "../workflow-of.js";
import { ALL_COLUMNS, OWN_COLUMNS, type OwnRow, type OwnTask, ownTask } from "./row.js";

/** A trace that was exported as CSV, or written by someone else with the same columns. */
export const ownCsv: Format = own({
  name: "csv",
  title: "traces exported as CSV",
  sniff: (head) => beginsWithColumns(head, OWN_COLUMNS),
  rows: csvRows,
});

/** A trace that was exported as Parquet. */
export const ownParquet: Format = own({
  name: "parquet",
  title: "traces exported as Parquet",
  sniff: (head) => Buffer.from(head.subarray(0, 4)).toString("latin1") === "PAR1",
  async confirms(source) {
    const { columns } = await openParquet(source);
    return OWN_COLUMNS.every((name) => columns.has(name));
  },
  rows: parquetRows,
});

function own({
  rows,
  ...format
}: Pick<Format, "name" | "title" | "sniff" | "confirms"> & {
  readonly rows: (source: Source) => AsyncGenerator<readonly OwnRow[]>;
}): Format {
  async function* read(sources: readonly Source[]): AsyncGenerator<ReadWorkflow> {
    for (const source of sources) yield* workflowsOf(rows(source));
  }
  return {
    ...format,
    read: (sources: readonly Source[], _reading: Reading) => read(sources),
    async statistics(source) {
      const builder = new SummaryBuilder();
      for await (const { submitted, ...flow } of read([source]))
        builder.add({ ...flow, submitted: submitted! });
      const { sample: _, digest: __, ...figures } = builder.summary("");
      return figures as unknown as JsonObject;
    },
  };
}

/** Rows of a workflow stand together, as they were written. */
async function* workflowsOf(portions: AsyncGenerator<readonly OwnRow[]>): AsyncGenerator<ReadWorkflow> {
  let held: OwnTask[] = [];
  let last = -1;
  for await (const rows of portions) {
    for (const row of rows) {
      const task = ownTask(row);
      if (task.workflow !== last) {
        if (held.length > 0) yield whole(held);
        if (task.workflow < last) throw outOfOrder(row, task.workflow, last);
        held = [];
        last = task.workflow;
      }
      held.push(task);
    }
  }
  if (held.length > 0) yield whole(held);
}

function whole(tasks: readonly OwnTask[]): ReadWorkflow {
  const { template, submitted, deadline } = tasks[0]!;
  for (const each of tasks) {
    if (each.template === template && each.submitted === submitted && each.deadline === deadline) continue;
    throw new InputError("BAD_ROW", {
      what: "template, submitted or deadline differ from those of the workflow's first row",
      where: each.record.where,
      mend: "give all tasks of a workflow the same",
    });
  }
  return workflowOf(
    template,
    submitted,
    tasks.map(({ record }) => record),
    deadline,
  );
}

const outOfOrder = ({ where }: OwnRow, workflow: number, last: number): InputError =>
  new InputError("BAD_ROW", {
    what: `workflow ${workflow} comes after workflow ${last}`,
    where,
    mend: "number workflows upwards and keep the rows of each together, or import the table with --map",
  });

async function* csvRows(source: Source): AsyncGenerator<readonly OwnRow[]> {
  let columns: ReadonlyMap<string, number> | null = null;
  for await (const records of csvRecords(source)) {
    const rows: OwnRow[] = [];
    for (const { line, cells } of records) {
      const where = `${source.name}:${line}`;
      if (columns === null) {
        columns = headerOf(cells, where);
        continue;
      }
      const width = columns.size;
      if (cells.length !== width) {
        throw new InputError("BAD_ROW", {
          what: `the row has ${cells.length} cells, ${width} wanted`,
          where,
          mend: "give every column a cell, empty where it is unknown",
        });
      }
      const known = columns;
      rows.push({
        where,
        cell(column) {
          const text = cells[known.get(column) ?? -1] ?? "";
          // A name may be empty; what else is empty is unknown.
          return text === "" && column !== "template" && column !== "type" ? null : text;
        },
      });
    }
    if (rows.length > 0) yield rows;
  }
}

function headerOf(cells: readonly string[], where: string): ReadonlyMap<string, number> {
  const columns = new Map(cells.map((name, c) => [name.trim(), c]));
  const missing = OWN_COLUMNS.filter((name) => !columns.has(name));
  if (missing.length === 0 && columns.size === cells.length) return columns;
  throw new InputError("NO_COLUMN", {
    what:
      missing.length > 0
        ? `${missing.map((name) => `"${name}"`).join(", ")} ${missing.length === 1 ? "is" : "are"} missing from the header`
        : "a column stands twice in the header",
    where,
    mend: "see docs/trace-format.md, or name your columns with --map",
  });
}

async function* parquetRows(source: Source): AsyncGenerator<readonly OwnRow[]> {
  const file = await openParquet(source);
  const missing = OWN_COLUMNS.filter((name) => !file.columns.has(name));
  if (missing.length > 0) {
    throw new InputError("NO_COLUMN", {
      what: `the file has no column ${missing.map((name) => `"${name}"`).join(", ")}`,
      where: source.name,
      mend: "see docs/trace-format.md, or name your columns with --map",
    });
  }
  let row = 0;
  for await (const rows of file.read(ALL_COLUMNS)) {
    yield rows.map((cells): OwnRow => {
      const where = `${source.name} > row ${row++}`;
      return { where, cell: (column) => (cells[column] as ReturnType<OwnRow["cell"]> | undefined) ?? null };
    });
  }
}
