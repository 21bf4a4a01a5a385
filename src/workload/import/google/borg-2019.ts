import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum, Tally } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { linesOf } from "../lines.js";
import type { Source } from "../source.js";
import { beginsWithColumns, type Row, rowByRow, tableRows } from "../table.js";
import type { TaskRecord } from "../workflow-of.js";
import { workflowOf } from "../workflow-of.js";

const COLUMNS = [
  "time",
  "instance_events_type",
  "collection_id",
  "priority",
  "instance_index",
  "machine_id",
  "user",
  "start_after_collection_ids",
  "start_time",
  "end_time",
  "cluster",
  "event",
  "failed",
] as const;

/** The largest time that there is stands for "after the trace". */
const AFTER = /^9\.?2233720368547758(?:07|E\+?18)$/i;

/**
 * Instance events of the 2019 trace joined with samples of usage, as Kaggle has them. A spreadsheet has been at them: ids
 * are in scientific notation with six digits, so that no two rows can be said to be of one collection. Every record is a
 * workflow of its own; how long its task ran is not in it, but only the window in which its usage was sampled.
 */
export const googleBorg2019: Format = {
  name: "google-borg-2019-kaggle",
  title: "Google cluster data 2019, joined (Kaggle)",
  sniff: (head) => beginsWithColumns(head, COLUMNS),

  read: (sources, reading) => rowByRow(sources, { columns: COLUMNS }, (row) => workflow(row, reading)),
  statistics,
};

function workflow(row: Row, { report }: Reading): ReadWorkflow {
  const start = row.amount("start_time") / 1e6;
  const end = row.amount("end_time") / 1e6;
  const priority = row.number("priority");
  report.warn(
    "RUNTIME_UNKNOWN",
    "a record holds a window of usage, not a run; its work is unknown, and it comes when the window begins",
    () => row.where,
  );
  if (dependencies(row) > 0) {
    report.warn(
      "DEPENDENCY_LEFT_OUT",
      "a collection starts after others, whose ids cannot be trusted",
      () => row.where,
    );
  }
  return workflowOf(
    `scheduler ${row.text("scheduler") || "unknown"}`,
    Number.isNaN(start) || start === 0 ? null : start,
    [
      {
        id: "0",
        type: `class ${row.text("scheduling_class") || "unknown"}`,
        parents: [],
        work: Number.NaN,
        priority: Number.isInteger(priority) && Math.abs(priority) <= 32_767 ? priority : Number.NaN,
        recordedStart: start === 0 ? Number.NaN : start,
        recordedEnd: start === 0 ? Number.NaN : end,
        recordedPool: `cluster ${row.text("cluster")}`,
        outcome: OUTCOMES.get(row.text("event").toUpperCase()) ?? null,
        where: row.where,
      },
    ],
  );
}

/** The text of the event is what can be relied upon: its number agrees with no published enumeration. */
const OUTCOMES: ReadonlyMap<string, NonNullable<TaskRecord["outcome"]>> = new Map([
  ["FINISH", "succeeded"],
  ["FAIL", "failed"],
  ["KILL", "cancelled"],
]);

/** How many ids a Python list holds: `[1, 2]`, `[1 2]`, `array([1, 2])`. */
function dependencies(row: Row): number {
  return row.text("start_after_collection_ids").match(/\d[\d.]*(?:[eE][+-]?\d+)?/g)?.length ?? 0;
}

async function statistics(source: Source): Promise<JsonObject> {
  const events = new Tally();
  const clusters = new Tally();
  const empty = new Tally();
  const ids = new Set<number>();
  const windows = new Sum();
  const starts = new Extent();
  const ends = new Extent();
  const count = {
    records: 0,
    collection_ids_in_scientific_notation: 0,
    time_zero: 0,
    time_sentinel_int64max: 0,
    start_in_scientific: 0,
    window_zero: 0,
    window_negative: 0,
    failed_flag: 0,
    start_after_nonempty: 0,
    edges: 0,
  };
  let columns = 0;
  for await (const rows of tableRows(source, { columns: COLUMNS })) {
    for (const row of rows) {
      count.records++;
      columns = row.cells.length;
      for (const [name] of row.columns) if (row.text(name) === "") empty.add(name);
      events.add(row.text("event"));
      clusters.add(row.text("cluster"));
      if (row.number("failed") === 1) count.failed_flag++;
      ids.add(row.number("collection_id"));
      if (/e/i.test(row.text("collection_id"))) count.collection_ids_in_scientific_notation++;
      if (row.number("time") === 0) count.time_zero++;
      if (AFTER.test(row.text("time"))) count.time_sentinel_int64max++;
      if (/e/i.test(row.text("start_time"))) count.start_in_scientific++;
      const start = row.number("start_time");
      const end = row.number("end_time");
      starts.add(start);
      ends.add(end);
      if (end === start) count.window_zero++;
      if (end < start) count.window_negative++;
      windows.add(Math.max(0, end - start) / 1e6);
      const after = dependencies(row);
      if (after > 0) count.start_after_nonempty++;
      count.edges += after;
    }
  }
  return {
    ...count,
    tasks: count.records,
    physical_lines: await linesIn(source),
    columns,
    events: events.toObject(),
    failures: events.of("FAIL"),
    clusters: clusters.toObject(),
    collection_ids_distinct_after_float: ids.size,
    usage_window_sum_s: windows.value,
    first_start_us: starts.first,
    last_end_us: ends.last,
    empty_cells: empty.toObject(),
  };
}

async function linesIn(source: Source): Promise<number> {
  let count = 0;
  for await (const { lines } of linesOf(source)) count += lines.length;
  return count;
}
