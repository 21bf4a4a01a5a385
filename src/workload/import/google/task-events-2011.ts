import type { JsonObject } from "../../../kit/json.js";
import { Tally } from "../figures.js";
import type { Format } from "../format.js";
import type { Source } from "../source.js";
import { type Row, tableRows } from "../table.js";
import { looksHeaderless } from "./headerless.js";
import type { TaskEvent } from "./task-event.js";
import { EVENT } from "./task-event.js";
import { jobWorkflows } from "./to-workflow.js";

const COLUMNS = [
  "time",
  "missing info",
  "job ID",
  "task index",
  "machine ID",
  "event type",
  "user",
  "scheduling class",
  "priority",
  "CPU request",
  "memory request",
  "disk space request",
  "different machines",
] as const;

/** After the end of the trace: 2^63 - 1, which no double holds. */
const AFTER = "9223372036854775807";

/** task_events of clusterdata-2011: no header, or one that begins with #. */
export const googleTaskEvents2011: Format = {
  name: "google-2011-task-events",
  title: "Google cluster data 2011, task events",
  sniff: (head) => looksHeaderless(head, COLUMNS.length, [0, 2, 3, 5]),

  read: (sources, reading) => jobWorkflows(() => eventsOf(sources), sources[0]!.name, reading),

  statistics,
};

async function* eventsOf(sources: readonly Source[]): AsyncGenerator<readonly TaskEvent[]> {
  for (const source of sources) {
    for await (const rows of rowsOf(source)) yield rows.map(eventOf);
  }
}

const rowsOf = (source: Source) => tableRows(source, { columns: COLUMNS, headerless: COLUMNS, comment: "#" });

function eventOf(row: Row): TaskEvent {
  const event = row.whole("event type");
  if (event > EVENT.updateRunning) row.refuse("event type", `is ${event}, and 8 is the last that there is`);
  return {
    time: timeOf(row),
    job: row.text("job ID"),
    task: row.text("task index"),
    machine: row.text("machine ID") || null,
    event,
    user: row.text("user"),
    class: row.text("scheduling class"),
    priority: row.number("priority"),
    where: row.where,
  };
}

function timeOf(row: Row): number {
  if (row.text("time") === AFTER) return Number.POSITIVE_INFINITY;
  const time = row.whole("time");
  return time === 0 ? Number.NEGATIVE_INFINITY : time / 1e6;
}

async function statistics(source: Source): Promise<JsonObject> {
  const columns = new Tally();
  const events = new Tally();
  const jobs = new Set<string>();
  const tasks = new Set<string>();
  const count = { rows: 0, machine_blank: 0, submitted_at_time_0: 0 };
  let first: bigint | null = null;
  let last: bigint | null = null;
  for await (const rows of rowsOf(source)) {
    for (const row of rows) {
      count.rows++;
      columns.add(String(row.cells.length));
      events.add(row.text("event type"));
      jobs.add(row.text("job ID"));
      tasks.add(`${row.text("job ID")} ${row.text("task index")}`);
      if (row.text("machine ID") === "") count.machine_blank++;
      if (row.text("time") !== AFTER) row.whole("time");
      const time = BigInt(row.text("time"));
      if (time === 0n && row.text("event type") === "0") count.submitted_at_time_0++;
      if (first === null || time < first) first = time;
      if (last === null || time > last) last = time;
    }
  }
  return {
    ...count,
    columns: columns.toObject(),
    jobs: jobs.size,
    tasks: tasks.size,
    edges: 0,
    event_types: events.toObject(),
    first_us: first === null ? null : Number(first),
    last_us: last === null ? null : Number(last),
    failures: events.of(String(EVENT.fail)),
    evictions: events.of(String(EVENT.evict)),
  };
}
