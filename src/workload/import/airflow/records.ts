import { InputError } from "../../../kit/errors.js";
import { readJson } from "../../../kit/json.js";
import { headOf, wholeOf } from "../content.js";
import { Entry, remark } from "../entry.js";
import { type Nanos, parseInstant } from "../instant.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { type Row, tableRows } from "../table.js";

/** A task instance: what Airflow keeps of the last try of a task in a run. */
export interface TaskInstance {
  readonly dag: string;
  readonly run: string;
  readonly task: string;
  /** -1 where the task is not mapped. */
  readonly mapIndex: number;
  readonly state: string | null;
  readonly tries: number | null;
  readonly scheduled: Nanos | null;
  readonly queued: Nanos | null;
  readonly start: Nanos | null;
  readonly end: Nanos | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly pool: string | null;
  readonly priority: number | null;
  readonly where: string;
}

/** The tasks of a DAG. */
export interface DagTasks {
  /** Null where the file does not say. */
  readonly dag: string | null;
  readonly file: string;
  readonly downstream: ReadonlyMap<string, readonly string[]>;
}

export const CODE = "BAD_AIRFLOW";

export async function isJson(source: Source): Promise<boolean> {
  return /^[^{[]{0,3}\s*[{[]/.test(Buffer.from(await headOf(source)).toString("latin1", 0, 100));
}

/**
 * A page of the REST API: instances, or the tasks of a DAG.
 * @throws {InputError} BAD_AIRFLOW; what `readJson` throws
 */
export async function readPages(source: Source, report: ReportBuilder) {
  const document = readJson(await wholeOf(source), source.name);
  remark(document, report);
  const roots = Entry.elements(document, CODE);
  const listed = roots.filter((root) => root.has("task_id") && !root.has("downstream_task_ids"));
  const instances = [...listed, ...roots.flatMap((root) => root.children("task_instances"))];
  const dags = roots.filter((root) => root.has("tasks")).map((root) => dagOf(root, source.name));
  return { instances: instances.map((entry) => instanceOf(entry, source.name)), dags };
}

function instanceOf(entry: Entry, file: string): TaskInstance {
  const needed = (...keys: string[]): string => {
    for (const key of keys) if (entry.has(key)) return entry.name(key) ?? entry.fail(key, "is empty");
    return entry.fail(keys[0]!, "is missing");
  };
  const mapIndex = entry.number("map_index");
  return {
    dag: needed("dag_id"),
    run: needed("dag_run_id", "run_id", "logical_date", "execution_date"),
    task: needed("task_id"),
    mapIndex: mapIndex ?? -1,
    state: entry.name("state"),
    tries: entry.whole("try_number"),
    scheduled: entry.instant("scheduled_when"),
    queued: entry.instant("queued_when"),
    start: entry.instant("start_date"),
    end: entry.instant("end_date"),
    duration: entry.number("duration"),
    pool: entry.name("pool"),
    priority: entry.number("priority_weight"),
    where: `${file} > ${entry.place}`,
  };
}

function dagOf(root: Entry, file: string): DagTasks {
  const tasks = root.children("tasks");
  return {
    dag: root.name("dag_id") ?? tasks[0]?.name("dag_id") ?? null,
    file,
    downstream: new Map(
      tasks.map((task) => [
        task.name("task_id") ?? task.fail("task_id", "is missing"),
        task.texts("downstream_task_ids"),
      ]),
    ),
  };
}

const COLUMNS = ["dag_id", "task_id", "start_date", "end_date", "state"] as const;

/** Rows of the table `task_instance`, exported as CSV with a header. */
export async function* readTable(source: Source): AsyncGenerator<readonly TaskInstance[]> {
  for await (const rows of tableRows(source, { columns: COLUMNS })) yield rows.map(instanceOfRow);
}

function instanceOfRow(row: Row): TaskInstance {
  const text = (column: string) => row.text(column) || null;
  const number = (column: string) => (text(column) === null ? null : row.number(column));
  const instant = (column: string): Nanos | null => {
    const written = text(column);
    if (written === null) return null;
    return parseInstant(written) ?? row.refuse(column, `must be an instant, got "${written.slice(0, 60)}"`);
  };
  const needed = (column: string): string => text(column) ?? row.refuse(column, "is empty");
  return {
    dag: needed("dag_id"),
    run: text("run_id") ?? text("dag_run_id") ?? needed("execution_date"),
    task: needed("task_id"),
    mapIndex: number("map_index") ?? -1,
    state: text("state"),
    tries: number("try_number"),
    scheduled: instant("scheduled_dttm"),
    queued: instant("queued_dttm"),
    start: instant("start_date"),
    end: instant("end_date"),
    duration: number("duration"),
    pool: text("pool"),
    priority: number("priority_weight"),
    where: row.where,
  };
}

/** Seconds that an instance ran; null where unknown. @throws {InputError} BAD_AIRFLOW where it is negative */
export function runTime({ duration, start, end, where }: TaskInstance): number | null {
  const seconds = start !== null && end !== null ? Number(end - start) / 1e9 : duration;
  if (seconds === null || seconds >= 0) return seconds;
  throw new InputError(CODE, {
    what: `a task instance runs for ${seconds} s: it ends before it starts`,
    where,
    mend: "correct it, or leave the instance out",
  });
}
