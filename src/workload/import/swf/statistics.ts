import type { JsonObject } from "../../../kit/json.js";
import { Extent, Sum, Tally } from "../figures.js";
import type { Source } from "../source.js";
import { SwfHeader } from "./header.js";
import { numberOf, SWF_FIELDS, type SwfField, swfLines, UNKNOWN } from "./job.js";
import { JobNumbers } from "./job-numbers.js";

/** Figures of a log as it stands: what an import would refuse is counted. */
export async function swfStatistics(source: Source): Promise<JsonObject> {
  const header = new SwfHeader();
  const missing = Object.fromEntries(SWF_FIELDS.map((name) => [name, 0])) as Record<SwfField, number>;
  const numbers = new JobNumbers();
  const preceding: number[] = [];
  const status = new Tally();
  const users = new Set<number>();
  const submissions = new Extent();
  const ends = new Extent();
  const work = new Sum();
  const processorSeconds = new Sum();
  const waits = new Sum();
  const runs = new Extent();
  const count = {
    jobs: 0,
    lines_not_18_fields: 0,
    job_id_duplicates: 0,
    submit_out_of_order: 0,
    runtime_zero: 0,
    below_minus_one: 0,
    wait_known: 0,
    run_exceeds_request: 0,
    alloc_differs_from_request: 0,
    non_integer_fields: 0,
  };
  let firstJob: number | null = null;
  let lastJob: number | null = null;
  let lastSubmitted = Number.NEGATIVE_INFINITY;
  for await (const lines of swfLines(source, header.add)) {
    for (const { line, fields } of lines) {
      if (fields.length !== SWF_FIELDS.length) {
        count.lines_not_18_fields++;
        continue;
      }
      const values = fields.map((_, f) => numberOf(fields, f, `${source.name}:${line}`));
      const job = Object.fromEntries(SWF_FIELDS.map((name, f) => [name, values[f]!])) as Record<
        SwfField,
        number
      >;
      for (const name of SWF_FIELDS) {
        if (job[name] === UNKNOWN) missing[name]++;
        else if (job[name] < UNKNOWN) count.below_minus_one++;
        if (!Number.isInteger(job[name])) count.non_integer_fields++;
      }
      count.jobs++;
      firstJob ??= job.job;
      lastJob = job.job;
      if (!numbers.add(job.job)) count.job_id_duplicates++;
      if (job.prev !== UNKNOWN) preceding.push(job.prev);
      if (job.submit < lastSubmitted) count.submit_out_of_order++;
      lastSubmitted = job.submit;
      submissions.add(job.submit);
      const run = Math.max(0, job.run);
      ends.add(job.submit + Math.max(0, job.wait) + run);
      runs.add(run);
      work.add(run);
      processorSeconds.add(run * Math.max(0, job.procs));
      if (job.run === 0) count.runtime_zero++;
      if (job.wait >= 0) {
        count.wait_known++;
        waits.add(job.wait);
      }
      if (job.rtime >= 0 && job.run > job.rtime) count.run_exceeds_request++;
      if (job.procs >= 0 && job.rprocs >= 0 && job.procs !== job.rprocs) count.alloc_differs_from_request++;
      status.add(String(job.status));
      if (job.user !== UNKNOWN) users.add(job.user);
    }
  }
  const edges = preceding.filter((job) => numbers.has(job)).length;
  return {
    comment_lines: header.comments,
    header: header.values,
    ...count,
    tasks: count.jobs,
    edges,
    roots: count.jobs - edges,
    job_id_first: firstJob,
    job_id_last: lastJob,
    submit_first_s: submissions.first,
    submit_last_s: submissions.last,
    span_s: submissions.count > 0 ? submissions.greatest - submissions.least : null,
    arrival_rate_per_s: submissions.rate,
    last_end_s: ends.last,
    total_work_s: work.value,
    proc_seconds: processorSeconds.value,
    critical_path_s: runs.last ?? 0,
    missing_minus_one: missing,
    status: status.toObject(),
    failures: status.of("0"),
    cancelled: status.of("5"),
    wait_sum_s: waits.value,
    users: users.size,
  };
}
