import { InputError } from "../../../kit/errors.js";
import { countsOf, orNone } from "../counts.js";
import { Sum } from "../figures.js";
import type { Format } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { arrivalRate } from "../spans-of-time.js";
import { beginsWithColumns } from "../table.js";
import { CODE, type DagTasks, isJson, readPages, readTable, runTime, type TaskInstance } from "./records.js";
import { toWorkflow } from "./to-workflow.js";

/** Task instances of Airflow 2 and 3, from the REST API or the database, with the tasks of their DAGs beside them. */
export const airflow: Format = {
  name: "airflow",
  title: "Airflow task instances",

  sniff(head) {
    const text = Buffer.from(head).toString("latin1");
    if (/^[^{[]{0,3}\s*[{[]/.test(text))
      return /"task_instances"|"downstream_task_ids"|"dag_run_id"/.test(text);
    return beginsWithColumns(head, ["dag_id", "task_id", "start_date", "end_date", "state"]);
  },

  async *read(sources, reading) {
    const dags: DagTasks[] = [];
    const ids = new Set<string>();
    for (const source of sources) {
      for await (const rows of instancesOf(source, reading.report, dags))
        for (const { dag } of rows) ids.add(dag);
    }
    const dagOf = named(dags, ids);
    const pass = async function* () {
      for (const source of sources) yield* instancesOf(source, new ReportBuilder(), []);
    };
    const runOf = ({ dag, run }: TaskInstance) => JSON.stringify([dag, run]);
    for await (const { rows } of groupByWorkflow(pass, runOf, { where: sources[0]!.name })) {
      const workflow = toWorkflow(rows, dagOf.get(rows[0]!.dag), reading);
      if (workflow !== null) yield workflow;
    }
  },

  async statistics(source) {
    const instances: TaskInstance[] = [];
    const dags: DagTasks[] = [];
    for await (const rows of instancesOf(source, new ReportBuilder(), dags)) instances.push(...rows);
    const states = countsOf(instances.map(({ state }) => orNone(state)));
    const work = new Sum();
    for (const instance of instances) work.add(runTime(instance) ?? Number.NaN);
    return {
      tasks: instances.length,
      dags: new Set(instances.map(({ dag }) => dag)).size,
      runs: new Set(instances.map(({ dag, run }) => JSON.stringify([dag, run]))).size,
      dag_tasks: dags.reduce((sum, { downstream }) => sum + downstream.size, 0),
      dag_edges: dags.reduce((sum, { downstream }) => sum + [...downstream.values()].flat().length, 0),
      states,
      failures: states["failed"] ?? 0,
      mapped: instances.filter(({ mapIndex }) => mapIndex >= 0).length,
      total_work_s: work.value,
      runtime_missing: instances.filter((instance) => runTime(instance) === null).length,
      arrival_rate_per_s: arrivalRate(instances.flatMap(({ start }) => start ?? [])),
    };
  },
};

async function* instancesOf(
  source: Source,
  report: ReportBuilder,
  dags: DagTasks[],
): AsyncGenerator<readonly TaskInstance[]> {
  if (!(await isJson(source))) {
    yield* readTable(source);
    return;
  }
  const pages = await readPages(source, report);
  dags.push(...pages.dags);
  yield pages.instances;
}

/** Which DAG each list of tasks is of: it says so, or its file is called so, or there is but one. */
function named(dags: readonly DagTasks[], ids: ReadonlySet<string>): Map<string, DagTasks> {
  const byId = new Map<string, DagTasks>();
  for (const each of dags) {
    const stem = each.file
      .split(/[\\/]/)
      .at(-1)!
      .replace(/(?:\.tasks)?\.json(?:\.gz|\.zst)?$/, "");
    const id = each.dag ?? (ids.has(stem) ? stem : ids.size === 1 ? [...ids][0]! : null);
    if (id === null) {
      throw new InputError(CODE, {
        what: "these tasks do not say which DAG they are of, and the instances are of several",
        where: each.file,
        mend: 'call the file after its DAG ("<dag_id>.json"), or add "dag_id" to it',
      });
    }
    byId.set(id, each);
  }
  return byId;
}
