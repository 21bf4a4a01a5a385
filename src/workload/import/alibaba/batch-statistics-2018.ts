import type { JsonObject } from "../../../kit/json.js";
import { headOf } from "../content.js";
import { Extent, Sum, Tally } from "../figures.js";
import { shapeFigures, shapeOf } from "../shape-figures.js";
import type { Source } from "../source.js";
import type { Row } from "../table.js";
import { firstCells } from "../table.js";
import { COLUMNS_2018, jobs2018 } from "./batch-task-2018.js";
import { parseTaskName } from "./task-name.js";

/** Figures of the table as it stands, its edges read twice: with and without the last number of names that were cut. */
export async function statistics2018(source: Source): Promise<JsonObject> {
  const head = firstCells(await headOf(source));
  const status = new Tally();
  const missing = Object.fromEntries(COLUMNS_2018.map((name) => [name, 0])) as Record<string, number>;
  const count = {
    rows: 0,
    jobs: 0,
    duration_negative: 0,
    duration_zero: 0,
    start_is_zero: 0,
    end_is_zero: 0,
  };
  const work = new Sum();
  const weighted = new Sum();
  const instances = new Sum();
  const cpu = new Sum();
  const memory = new Sum();
  const starts = new Extent();
  const knownStarts = new Extent();
  const ends = new Extent();
  const arrivals = new Extent();
  const shapes = new DagFigures(false);
  const literal = new DagFigures(true);
  let most = 0;
  let apart = 0;
  for await (const { rows } of jobs2018(source)) {
    count.jobs++;
    most = Math.max(most, rows.length);
    if (rows.some((row, i) => i > 0 && row.index !== rows[i - 1]!.index + 1)) apart++;
    const first = new Extent();
    for (const row of rows) {
      count.rows++;
      for (const name of COLUMNS_2018) if (row.text(name) === "") missing[name]!++;
      status.add(row.text("status"));
      const { start, end, duration } = timesOf(row);
      if (start === 0) count.start_is_zero++;
      if (end === 0) count.end_is_zero++;
      if (duration < 0) count.duration_negative++;
      if (duration === 0) count.duration_zero++;
      work.add(Math.max(0, duration));
      const parallel = row.number("instance_num");
      instances.add(parallel);
      weighted.add(Math.max(0, duration) * parallel);
      cpu.add(row.number("plan_cpu"));
      memory.add(row.number("plan_mem"));
      starts.add(start);
      ends.add(end);
      if (start !== 0) {
        knownStarts.add(start);
        first.add(start);
      }
    }
    if (first.first !== null) arrivals.add(first.first);
    shapes.add(rows);
    literal.add(rows);
  }
  return {
    header_row: COLUMNS_2018.every((name) => head.includes(name)),
    ...count,
    tasks: count.rows,
    status: status.toObject(),
    failures: status.of("Failed"),
    missing,
    job_runs_not_contiguous: apart,
    ...shapes.figures(),
    literal_reading_of_cut_names: literal.figures(),
    total_work_s: work.value,
    instance_weighted_work_s: weighted.value,
    instances: instances.value,
    first_start_s: starts.first,
    first_nonzero_start_s: knownStarts.first,
    last_start_s: starts.last,
    last_end_s: ends.last,
    job_arrival_rate_per_s: arrivals.rate,
    tasks_max_in_a_job: most,
    plan_cpu_sum: cpu.value,
    plan_mem_sum: memory.value,
  };
}

function timesOf(row: Row) {
  const start = row.number("start_time");
  const end = row.number("end_time");
  return { start, end, duration: end - start };
}

/** What names say of dependencies, over all jobs. */
class DagFigures {
  private readonly count = {
    edges: 0,
    dangling_parent_refs: 0,
    duplicate_task_numbers_in_job: 0,
    repeated_parent_in_one_name: 0,
    self_refs: 0,
    independent_named_tasks: 0,
    roots: 0,
    jobs_with_cycles: 0,
    max_levels: 0,
    child_starts_before_parent_ends: 0,
    names_cut_at_50_chars: 0,
  };
  private longest = 0;
  private readonly longestSum = new Sum();

  constructor(private readonly literal: boolean) {}

  add(rows: readonly Row[]): void {
    const { count } = this;
    const names = rows.map((row) => parseTaskName(row.text("task_name"), this.literal));
    const times = rows.map(timesOf);
    const taskOf = new Map<string, number>();
    names.forEach(({ number, cut }, t) => {
      if (cut) count.names_cut_at_50_chars++;
      if (number === null) count.independent_named_tasks++;
      else if (taskOf.has(number)) count.duplicate_task_numbers_in_job++;
      else taskOf.set(number, t);
    });
    const parents = names.map(({ number, parents }, t) => {
      const distinct = new Set(parents);
      count.repeated_parent_in_one_name += parents.length - distinct.size;
      const known: number[] = [];
      for (const each of distinct) {
        const parent = taskOf.get(each);
        if (each === number) count.self_refs++;
        else if (parent === undefined) count.dangling_parent_refs++;
        else {
          known.push(parent);
          if (times[t]!.start < times[parent]!.end) count.child_starts_before_parent_ends++;
        }
      }
      count.edges += known.length;
      return known;
    });
    const { roots, acyclic } = shapeFigures(
      shapeOf(parents),
      times.map(({ duration }) => (Number.isNaN(duration) ? 0 : duration)),
    );
    count.roots += roots;
    if (acyclic === null) {
      count.jobs_with_cycles++;
      return;
    }
    count.max_levels = Math.max(count.max_levels, acyclic.levels);
    this.longest = Math.max(this.longest, acyclic.criticalPath);
    this.longestSum.add(acyclic.criticalPath);
  }

  figures() {
    return {
      ...this.count,
      critical_path_s: this.longest,
      critical_path_sum_over_acyclic_jobs_s: this.longestSum.value,
    };
  }
}
