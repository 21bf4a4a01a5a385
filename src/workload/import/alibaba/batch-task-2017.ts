import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum, Tally } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { soundWorkflow } from "../sound-workflow.js";
import type { Source } from "../source.js";
import { beginsWithColumns, firstCells, type Row, tableRows } from "../table.js";
import { outcomeOf } from "./status.js";

const CPU = "number_of_cpus_requested_per_instance_in_the_task";
const MEMORY = "normalized_memory_requested_per_instance_in_the_task";
const COLUMNS = [
  "task_create_time",
  "task_end_time",
  "job_id",
  "task_id",
  "number_of_instances",
  "status",
  CPU,
  MEMORY,
] as const;

/** Batch jobs of cluster-trace-v2017: tasks without dependencies. */
export const alibabaBatch2017: Format = {
  name: "alibaba-batch-task-2017",
  title: "Alibaba cluster trace 2017, batch_task",

  sniff(head) {
    if (beginsWithColumns(head, COLUMNS)) return true;
    const cells = firstCells(head);
    const numbers = [0, 1, 2, 3, 4].every((c) => /^\d+$/.test(cells[c] ?? ""));
    return cells.length === COLUMNS.length && numbers && /^[A-Z][a-z]+$/.test(cells[5]!);
  },

  async *read(sources, reading) {
    for (const source of sources) {
      for await (const { key, rows } of jobs(source)) {
        const flow = workflow(key, rows, reading);
        if (flow !== null) yield flow;
      }
    }
  },

  statistics,
};

const jobs = (source: Source) =>
  groupByWorkflow(
    () => tableRows(source, { columns: COLUMNS, headerless: COLUMNS }),
    (row) => row.text("job_id"),
    { where: source.name },
  );

function workflow(job: string, rows: readonly Row[], { report }: Reading): ReadWorkflow | null {
  const created = new Extent();
  const tasks = rows.map((row) => {
    const create = row.amount("task_create_time");
    const end = row.amount("task_end_time");
    created.add(create);
    const status = row.text("status");
    // What waits or runs has an end that is the moment of the record.
    const ended = status !== "Waiting" && status !== "Running" && end >= create;
    if (!ended) {
      report.warn("RUNTIME_UNKNOWN", "a task had not ended; its work is unknown", () => row.where);
    }
    return {
      id: row.text("task_id"),
      type: "task",
      parents: [],
      work: ended ? end - create : Number.NaN,
      cpu: row.amount(CPU) / 100,
      recordedReady: create,
      recordedEnd: ended ? end : Number.NaN,
      outcome: outcomeOf(status, row, report),
      where: row.where,
    };
  });
  return soundWorkflow(report, `job ${job}`, "batch job", created.first, tasks);
}

async function statistics(source: Source): Promise<JsonObject> {
  const status = new Tally();
  const count = {
    rows: 0,
    jobs: 0,
    duration_negative: 0,
    duration_zero: 0,
    create_is_zero: 0,
    cpu_missing: 0,
    mem_missing: 0,
    duplicate_job_task: 0,
  };
  const work = new Sum();
  const runs = new Extent();
  const creations = new Extent();
  const knownCreations = new Extent();
  const arrivals = new Extent();
  const instances = new Sum();
  for await (const { rows } of jobs(source)) {
    count.jobs++;
    const created = new Extent();
    const ids = new Set<string>();
    for (const row of rows) {
      count.rows++;
      ids.add(row.text("task_id"));
      status.add(row.text("status"));
      const create = row.number("task_create_time");
      const duration = row.number("task_end_time") - create;
      if (duration < 0) count.duration_negative++;
      if (duration === 0) count.duration_zero++;
      work.add(Math.max(0, duration));
      runs.add(Math.max(0, duration));
      creations.add(create);
      created.add(create);
      if (create === 0) count.create_is_zero++;
      else knownCreations.add(create);
      if (row.text(CPU) === "") count.cpu_missing++;
      if (row.text(MEMORY) === "") count.mem_missing++;
      instances.add(row.number("number_of_instances"));
    }
    count.duplicate_job_task += rows.length - ids.size;
    arrivals.add(created.first ?? Number.NaN);
  }
  return {
    ...count,
    tasks: count.rows,
    edges: 0,
    roots: count.rows,
    status: status.toObject(),
    failures: status.of("Failed"),
    total_work_s: work.value,
    critical_path_s: runs.last ?? 0,
    first_create_s: creations.first,
    last_create_s: creations.last,
    first_create_nonzero_s: knownCreations.first,
    instances: instances.value,
    job_arrival_rate_per_s: arrivals.rate,
  };
}
