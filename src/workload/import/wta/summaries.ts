import { InputError } from "../../../kit/errors.js";
import type { JsonObject } from "../../../kit/json.js";
import { readJson } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import { openParquet, type ParquetCell, type ParquetFile } from "../parquet.js";
import type { Source } from "../source.js";
import { criticalPaths } from "./statistics.js";

/**
 * Figures of a file of workflows: what the archive itself computed, which the tasks need not bear out. Where the tasks lie
 * beside it as in the archive, the workflows are counted whose critical path is another.
 */
export async function workflowFigures(parquet: ParquetFile, source: Source): Promise<JsonObject> {
  const sum = { tasks: 0, path: 0 };
  const most = { path: 0, tasks: 0 };
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for await (const rows of parquet.read([
    "task_count",
    "critical_path_length",
    "critical_path_task_count",
    "ts_submit",
  ])) {
    for (const row of rows) {
      const path = numberOf(row["critical_path_length"]);
      const submit = numberOf(row["ts_submit"]);
      sum.tasks += numberOf(row["task_count"]);
      sum.path += path;
      most.path = Math.max(most.path, path);
      most.tasks = Math.max(most.tasks, numberOf(row["critical_path_task_count"]));
      first = Math.min(first, submit);
      last = Math.max(last, submit);
    }
  }
  const differs = await differences(parquet, source);
  return {
    format: "wta-workflows",
    ...(differs === null ? {} : { recorded_critical_path_differs_from_chain_runtime_sum: differs }),
    rows: parquet.rows,
    workflows: parquet.rows,
    task_count_sum: sum.tasks,
    recorded_critical_path_sum_s: sum.path / 1000,
    recorded_critical_path_max_s: most.path / 1000,
    critical_path_task_count_max: most.tasks,
    first_submit_ms: parquet.rows > 0 ? first : null,
    last_submit_ms: parquet.rows > 0 ? last : null,
  };
}

/** Null where there are no tasks beside the file. */
async function differences(parquet: ParquetFile, source: Source): Promise<number | null> {
  const paths = new Map<string, number>();
  for (let part = 0; ; part++) {
    const tasks = (await source.beside?.(`../../tasks/schema-1.0/part.${part}.parquet`)) ?? null;
    if (tasks === null && part === 0) return null;
    if (tasks === null) break;
    const file = await openParquet(tasks);
    for await (const { workflow, path } of criticalPaths(file, tasks.name)) paths.set(workflow, path);
  }
  let count = 0;
  for await (const rows of parquet.read(["id", "critical_path_length"])) {
    for (const row of rows) {
      const path = paths.get(String(row["id"]));
      if (path !== undefined && path !== numberOf(row["critical_path_length"])) count++;
    }
  }
  return count;
}

const numberOf = (cell: ParquetCell | undefined): number => {
  const value = Number(cell ?? 0);
  return Number.isFinite(value) ? value : 0;
};

const WORKLOAD = [
  "total_workflows",
  "total_tasks",
  "total_resource_seconds",
  "num_sites",
  "num_resources",
  "num_users",
  "domain",
] as const;

/** Figures of `generic_information.json`, as they stand. */
export async function workloadFigures(source: Source): Promise<JsonObject> {
  const { value } = readJson(await wholeOf(source), source.name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError("BAD_WTA", {
      what: "the document must be an object",
      where: source.name,
      mend: "fetch the file again",
    });
  }
  const facts = value as JsonObject;
  return {
    format: "wta-workload",
    ...Object.fromEntries(WORKLOAD.map((name) => [name, facts[name] ?? null])),
  };
}
