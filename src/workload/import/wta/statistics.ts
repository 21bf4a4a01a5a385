import type { JsonObject } from "../../../kit/json.js";
import { graphFigures } from "../../trace/graph-figures.js";
import { reorder, topologicalOrder } from "../../trace/topological-order.js";
import { orNone } from "../counts.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { KeyCounts } from "../key-counts.js";
import type { ParquetFile } from "../parquet.js";
import { type WtaTask, wtaTasks } from "./tasks.js";

const SAFE = BigInt(Number.MAX_SAFE_INTEGER) + 1n;

/** Figures of a file of tasks; a workflow at a time is held. */
export async function taskFigures(parquet: ParquetFile, file: string): Promise<JsonObject> {
  const pass = () => wtaTasks(parquet, file);
  const total = {
    workflows: 0,
    edges: 0,
    dangling: 0,
    roots: 0,
    cyclic: 0,
    duplicates: 0,
    large: 0,
    runtime: 0,
    negative: 0,
    zero: 0,
    noWait: 0,
    span: 0,
    amount: 0,
    early: 0,
    path: 0,
    paths: 0,
    pathTasks: 0,
  };
  const submits = new Extent();
  const arrivals = new Extent();
  const ids = new KeyCounts();
  const types = new Map<string, number>();
  const sizes = new Map<string, number>();
  const tally = (counts: Map<string, number>, value: string) =>
    counts.set(value, (counts.get(value) ?? 0) + 1);
  for await (const { rows } of groupByWorkflow(pass, ({ workflow }) => workflow, { where: file })) {
    total.workflows++;
    tally(sizes, String(rows.length));
    const flow = new Extent();
    const ends = new Extent();
    for (const { id, type, submit, runtime, wait, amount } of rows) {
      ids.add(id);
      if (ids.of(id) > 1) total.duplicates++;
      if (BigInt(id) > SAFE) total.large++;
      tally(types, orNone(type));
      submits.add(submit);
      flow.add(submit);
      ends.add(runtime > 0 ? submit + runtime : submit);
      if (runtime > 0) total.runtime += runtime;
      if (runtime < 0) total.negative++;
      if (runtime === 0) total.zero++;
      if (wait === -1) total.noWait++;
      if (amount > 0) total.amount += amount;
    }
    arrivals.add(flow.least);
    if (flow.count > 0) total.span += ends.greatest - flow.least;
    const graph = graphOf(rows);
    total.edges += graph.edges;
    total.dangling += graph.dangling;
    total.roots += graph.roots;
    total.early += graph.early;
    if (graph.path === null) total.cyclic++;
    else {
      total.paths += graph.path;
      total.path = Math.max(total.path, graph.path);
      total.pathTasks = Math.max(total.pathTasks, graph.pathTasks);
    }
  }
  return {
    format: "wta-tasks",
    rows: parquet.rows,
    tasks: parquet.rows,
    workflows: total.workflows,
    edges: total.edges,
    dangling_parents: total.dangling,
    parents_children_disagree: await disagreements(parquet, file),
    roots: total.roots,
    workflows_with_cycles: total.cyclic,
    duplicate_ids: total.duplicates,
    ids_above_2_53: total.large,
    total_work_s: total.runtime / 1000,
    critical_path_s: total.path / 1000,
    critical_path_sum_over_workflows_s: total.paths / 1000,
    critical_path_tasks_max: total.pathTasks,
    first_submit_ms: submits.count > 0 ? submits.least : null,
    last_submit_ms: submits.count > 0 ? submits.greatest : null,
    workflow_arrival_rate_per_s: arrivals.rate === null ? null : arrivals.rate * 1000,
    runtime_negative: total.negative,
    runtime_zero: total.zero,
    wait_minus_one: total.noWait,
    workflow_span_sum_s: total.span / 1000,
    resource_amount_sum: total.amount,
    types: Object.fromEntries(types),
    tasks_per_workflow: Object.fromEntries(sizes),
    failures: 0,
    child_submitted_before_parent_end: total.early,
  };
}

/** The critical path of each workflow, in milliseconds; none of those with a circle. */
export async function* criticalPaths(parquet: ParquetFile, file: string) {
  const pass = () => wtaTasks(parquet, file);
  for await (const { key, rows } of groupByWorkflow(pass, ({ workflow }) => workflow, { where: file })) {
    const { path } = graphOf(rows);
    if (path !== null) yield { workflow: key, path };
  }
}

/** Pairs of parent and child that one of the two lists has and the other lacks; none where there are not both. */
async function disagreements(parquet: ParquetFile, file: string): Promise<number> {
  if (!parquet.columns.has("parents") || !parquet.columns.has("children")) return 0;
  let count = 0;
  const pass = () => wtaTasks(parquet, file, ["children"]);
  for await (const { rows } of groupByWorkflow(pass, ({ workflow }) => workflow, { where: file })) {
    const ids = new Set(rows.map(({ id }) => id));
    const up = new Set(rows.flatMap(({ id, parents }) => parents.map((parent) => `${parent} ${id}`)));
    const down = new Set(
      rows.flatMap(({ id, children }) => children.filter((c) => ids.has(c)).map((c) => `${id} ${c}`)),
    );
    for (const pair of up) if (ids.has(pair.split(" ")[0]!) && !down.has(pair)) count++;
    for (const pair of down) if (!up.has(pair)) count++;
  }
  return count;
}

function graphOf(tasks: readonly WtaTask[]) {
  const number = new Map(tasks.map(({ id }, t) => [id, t]));
  const parents: Set<number>[] = tasks.map(() => new Set());
  const dangling = new Set<string>();
  tasks.forEach(({ id, ...task }, t) => {
    for (const parent of task.parents) {
      const p = number.get(parent);
      if (p === undefined) dangling.add(`${id} ${parent}`);
      else parents[t]!.add(p);
    }
    for (const child of task.children) {
      const c = number.get(child);
      if (c !== undefined) parents[c]!.add(t);
    }
  });
  let early = 0;
  const firstParent = new Int32Array(tasks.length + 1);
  const parent: number[] = [];
  parents.forEach((list, t) => {
    for (const p of list) {
      parent.push(p);
      if (tasks[t]!.submit < tasks[p]!.submit + Math.max(0, tasks[p]!.runtime)) early++;
    }
    firstParent[t + 1] = parent.length;
  });
  const shape = { count: tasks.length, firstParent, parent: Int32Array.from(parent) };
  const roots = parents.filter((list) => list.size === 0).length;
  const found = topologicalOrder(shape);
  const counted = { edges: parent.length, dangling: dangling.size, roots, early };
  if ("cycle" in found) return { ...counted, path: null, pathTasks: 0 };
  const work = Float64Array.from(found.order, (t) => Math.max(0, tasks[t]!.runtime));
  const { criticalPath, criticalTasks } = graphFigures(reorder(shape, found.order), work);
  return { ...counted, path: criticalPath, pathTasks: criticalTasks };
}

class Extent {
  count = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.count++;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
  }

  get rate(): number | null {
    return this.greatest > this.least ? (this.count - 1) / (this.greatest - this.least) : null;
  }
}
