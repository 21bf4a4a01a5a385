import type { Format, Reading, ReadWorkflow } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { soundWorkflow } from "../sound-workflow.js";
import type { Source } from "../source.js";
import { firstCells, type Row, tableRows } from "../table.js";
import { statistics2018 } from "./batch-statistics-2018.js";
import { outcomeOf } from "./status.js";
import { parseTaskName } from "./task-name.js";

export const COLUMNS_2018 = [
  "task_name",
  "instance_num",
  "job_name",
  "task_type",
  "status",
  "start_time",
  "end_time",
  "plan_cpu",
  "plan_mem",
] as const;

/** Batch jobs of cluster-trace-v2018, a row a task; the DAG is in the names of the tasks. */
export const alibabaBatch2018: Format = {
  name: "alibaba-batch-task-2018",
  title: "Alibaba cluster trace 2018, batch_task",

  sniff(head) {
    const cells = firstCells(head);
    if (COLUMNS_2018.every((name) => cells.includes(name))) return true;
    return (
      cells.length === COLUMNS_2018.length &&
      /^[A-Za-z]/.test(cells[0]!) &&
      /^[A-Z][a-z]+$/.test(cells[4]!) &&
      [cells[5]!, cells[6]!].every((cell) => /^\d*(?:\.0)?$/.test(cell))
    );
  },

  async *read(sources, reading) {
    for (const source of sources) {
      for await (const { key, rows } of jobs2018(source)) {
        const flow = workflow(key, rows, reading);
        if (flow !== null) yield flow;
      }
    }
  },

  statistics: statistics2018,
};

export const jobs2018 = (source: Source) =>
  groupByWorkflow(
    () => tableRows(source, { columns: COLUMNS_2018, headerless: COLUMNS_2018 }),
    (row) => row.text("job_name"),
    { where: source.name },
  );

function workflow(job: string, rows: readonly Row[], { report }: Reading): ReadWorkflow | null {
  let submitted: number | null = null;
  const tasks = rows.map((row) => {
    const name = row.text("task_name");
    const { number, letters, parents, cut } = parseTaskName(name);
    const start = known(row.amount("start_time"));
    const end = known(row.amount("end_time"));
    if (start < (submitted ?? Number.POSITIVE_INFINITY)) submitted = start;
    if (cut) {
      report.warn(
        "NAME_CUT",
        "the name of a task was cut at 50 characters; parents may be missing, and the last number is left out",
        () => `${row.where} (${name})`,
      );
    }
    // Where the start is unset, a late end says nothing of how long it took.
    const work = end >= start ? end - start : Number.NaN;
    if (Number.isNaN(work)) {
      report.warn(
        "RUNTIME_UNKNOWN",
        "a task has no start or no end; its work is unknown",
        () => `${row.where} (${name})`,
      );
    }
    return {
      id: number ?? name,
      type: letters,
      parents,
      work,
      cpu: row.amount("plan_cpu") / 100,
      recordedStart: start,
      recordedEnd: end,
      outcome: outcomeOf(row.text("status"), row, report),
      where: row.where,
    };
  });
  return soundWorkflow(report, `job ${job}`, "batch job", submitted, tasks);
}

/** 0 is unset. */
const known = (time: number): number => (time === 0 ? Number.NaN : time);
