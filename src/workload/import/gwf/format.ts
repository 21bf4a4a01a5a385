import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import { shapeFigures, shapeOf } from "../shape-figures.js";
import { soundWorkflow } from "../sound-workflow.js";
import type { Source } from "../source.js";
import { beginsWithColumns } from "../table.js";
import { GWF_COLUMNS, type GwfJob, gwfJobs } from "./job.js";

/** Workflows of grids, a row a task. */
export const gwf: Format = {
  name: "gwf",
  title: "Grid Workloads Format (OpenDC's dialect)",
  settings: ["runTimeUnit"],

  sniff: (head) => beginsWithColumns(head, GWF_COLUMNS),

  async *read(sources, reading) {
    for (const source of sources) {
      for await (const { rows } of workflowsOf(source)) {
        const flow = workflow(rows, reading);
        if (flow !== null) yield flow;
      }
    }
  },

  statistics,
};

const workflowsOf = (source: Source) =>
  groupByWorkflow(
    () => gwfJobs(source),
    ({ workflow }) => workflow,
    { where: source.name },
  );

function workflow(jobs: readonly GwfJob[], { report, settings }: Reading): ReadWorkflow | null {
  const unit = settings.runTimeUnit === "ms" ? 1e-3 : 1;
  const submissions = new Extent();
  for (const { submitted } of jobs) submissions.add(submitted);
  return soundWorkflow(
    report,
    `workflow ${jobs[0]!.workflow}`,
    "workflow",
    submissions.first,
    jobs.map((job) => {
      if (Number.isNaN(job.run)) {
        report.warn("RUNTIME_UNKNOWN", "a job has no run time; its work is unknown", () => job.where);
      }
      return {
        id: job.id,
        type: "job",
        parents: job.parents,
        work: job.run * unit,
        cpu: job.processors > 0 ? job.processors : job.requested > 0 ? job.requested : Number.NaN,
        recordedReady: job.submitted,
        where: job.where,
      };
    }),
  );
}

async function statistics(source: Source): Promise<JsonObject> {
  const submissions = new Extent();
  const arrivals = new Extent();
  const work = new Sum();
  const processors = new Sum();
  const ids = new Set<string>();
  const count = { rows: 0, workflows: 0, edges: 0, dangling_parents: 0, roots: 0, duplicate_ids: 0 };
  let longest = 0;
  const longestSum = new Sum();
  let columns: readonly string[] = [];
  for await (const { rows: jobs } of workflowsOf(source)) {
    const number = new Map(jobs.map(({ id }, t) => [id, t]));
    const first = new Extent();
    const parents = jobs.map((job) => {
      const known = new Set<number>();
      for (const id of job.parents) {
        const parent = number.get(id);
        if (parent === undefined) count.dangling_parents++;
        else known.add(parent);
      }
      return [...known];
    });
    for (const job of jobs) {
      const key = `${job.workflow}\n${job.id}`;
      if (ids.has(key)) count.duplicate_ids++;
      ids.add(key);
      submissions.add(job.submitted);
      first.add(job.submitted);
      work.add(job.run);
      processors.add(job.processors);
    }
    const { roots, acyclic } = shapeFigures(
      shapeOf(parents),
      jobs.map(({ run }) => (Number.isNaN(run) ? 0 : run)),
    );
    count.rows += jobs.length;
    count.workflows++;
    count.edges += parents.reduce((sum, list) => sum + list.length, 0);
    count.roots += roots;
    longest = Math.max(longest, acyclic?.criticalPath ?? 0);
    longestSum.add(acyclic?.criticalPath ?? 0);
    arrivals.add(first.first ?? Number.NaN);
    columns = jobs[0]!.columns;
  }
  return {
    ...count,
    tasks: count.rows,
    critical_path_s: longest,
    critical_path_sum_over_workflows_s: longestSum.value,
    total_work_s: work.value,
    first_submit_s: submissions.first,
    last_submit_s: submissions.last,
    workflow_arrival_rate_per_s: arrivals.rate,
    procs_sum: processors.value,
    columns,
  };
}
