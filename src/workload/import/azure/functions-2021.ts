import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum } from "../figures.js";
import type { Format } from "../format.js";
import type { Source } from "../source.js";
import { beginsWithColumns, type Row, rowByRow, tableRows } from "../table.js";
import { workflowOf } from "../workflow-of.js";

const COLUMNS = ["app", "func", "end_timestamp", "duration"] as const;

/** Invocations of functions, each a workflow of one task. Times are seconds since the trace began. */
export const azureFunctions2021: Format = {
  name: "azure-functions-2021",
  title: "Azure Functions trace 2021",
  // A file that lacks a column is told what it lacks.
  sniff: (head) => beginsWithColumns(head, COLUMNS.slice(0, 3)),

  read: (sources) => rowByRow(sources, { columns: COLUMNS }, workflow),
  statistics,
};

function workflow(row: Row) {
  const duration = known(row, "duration");
  if (duration < 0) row.refuse("duration", `is ${duration}, and cannot be negative`);
  const end = known(row, "end_timestamp");
  const start = end - duration;
  return workflowOf(`app ${row.text("app")}`, start, [
    {
      id: "0",
      type: functionName(row),
      parents: [],
      work: duration,
      recordedReady: start,
      recordedStart: start,
      recordedEnd: end,
      where: row.where,
    },
  ]);
}

/** A function's name is its own within its app only. */
const functionName = (row: Row): string => `${row.text("app")}/${row.text("func")}`;

function known(row: Row, column: string): number {
  const value = row.number(column);
  return Number.isNaN(value) ? row.refuse(column, "is empty") : value;
}

async function statistics(source: Source): Promise<JsonObject> {
  const apps = new Set<string>();
  const functions = new Set<string>();
  const durations = new Extent();
  const work = new Sum();
  const starts = new Extent();
  const ends = new Extent();
  const count = {
    rows: 0,
    duration_zero: 0,
    duration_negative: 0,
    start_negative: 0,
    end_out_of_order: 0,
    start_out_of_order: 0,
  };
  let lastStart = Number.NEGATIVE_INFINITY;
  let lastEnd = Number.NEGATIVE_INFINITY;
  for await (const rows of tableRows(source, { columns: COLUMNS })) {
    for (const row of rows) {
      count.rows++;
      apps.add(row.text("app"));
      functions.add(functionName(row));
      const duration = known(row, "duration");
      const end = known(row, "end_timestamp");
      const start = end - duration;
      if (duration === 0) count.duration_zero++;
      if (duration < 0) count.duration_negative++;
      if (start < 0) count.start_negative++;
      if (end < lastEnd) count.end_out_of_order++;
      if (start < lastStart) count.start_out_of_order++;
      lastStart = start;
      lastEnd = end;
      durations.add(Math.max(0, duration));
      work.add(Math.max(0, duration));
      starts.add(start);
      ends.add(end);
    }
  }
  return {
    ...count,
    tasks: count.rows,
    edges: 0,
    roots: count.rows,
    apps: apps.size,
    functions: functions.size,
    total_work_s: work.value,
    critical_path_s: durations.last ?? 0,
    first_start_s: starts.first,
    last_start_s: starts.last,
    first_end_s: ends.first,
    last_end_s: ends.last,
    arrival_rate_per_s: starts.rate,
    failures: 0,
  };
}
