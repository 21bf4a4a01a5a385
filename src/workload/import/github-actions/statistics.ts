import type { JsonObject } from "../../../kit/json.js";
import { countsOf, orNone } from "../counts.js";
import { type Nanos, rfc3339, secondsOf } from "../instant.js";
import { arrivalRate, earliest, latest, sum } from "../spans-of-time.js";
import type { ActionsFile, JobRecord, RunRecord } from "./records.js";

export function actionsStatistics({ shape, jobs, runs, total }: ActionsFile): JsonObject {
  if (shape === "runs") return { format: "gha-runs", kind: shape, ...figuresOfRuns(runs, total) };
  const format = { "jobs map": "gha-jobs-map", "jobs list": "gha-jobs-list", webhook: "gha-webhook-job" }[
    shape
  ];
  return { format, kind: shape, ...figuresOfJobs(jobs) };
}

function figuresOfJobs(jobs: readonly JobRecord[]): JsonObject {
  const steps = jobs.flatMap(({ steps }) => steps);
  const conclusions = countsOf(jobs.map(({ conclusion }) => orNone(conclusion)));
  const durations = spansOf(jobs, ({ started, completed }) => [started, completed]);
  const waits = spansOf(jobs, ({ created, started }) => [created, started]);
  const stepDurations = spansOf(steps, ({ started, completed }) => [started, completed]);
  const starts = jobs.flatMap(({ started }) => started ?? []);
  const work = secondsOf(sum(durations.map(atLeast0)));
  return {
    jobs: jobs.length,
    tasks: jobs.length,
    runs: new Set(jobs.map(({ run }) => run)).size,
    steps: steps.length,
    edges: jobs.reduce((edges, { steps }) => edges + Math.max(0, steps.length - 1), 0),
    status: countsOf(jobs.map(({ status }) => orNone(status))),
    conclusions,
    failures: conclusions["failure"] ?? 0,
    step_conclusions: countsOf(steps.map(({ conclusion }) => orNone(conclusion))),
    attempts: countsOf(jobs.map(({ attempt }) => String(attempt))),
    job_duration_sum_s: work,
    total_work_s: work,
    job_duration_negative: durations.filter(negative).length,
    job_duration_max_s: seconds(latest(durations)),
    queue_sum_s: secondsOf(sum(waits)),
    queue_negative: waits.filter(negative).length,
    step_duration_sum_s: secondsOf(sum(stepDurations.map(atLeast0))),
    step_duration_negative: stepDurations.filter(negative).length,
    jobs_unfinished: jobs.filter(({ completed }) => completed === null).length,
    first_started: instant(earliest(starts)),
    last_started: instant(latest(starts)),
    arrival_rate_per_s: arrivalRate(starts),
    duplicate_job_ids: jobs.length - new Set(jobs.map(({ id }) => id)).size,
  };
}

function figuresOfRuns(runs: readonly RunRecord[], total: number | null): JsonObject {
  const conclusions = countsOf(runs.map(({ conclusion }) => orNone(conclusion)));
  const created = runs.flatMap(({ created }) => created ?? []);
  const work = secondsOf(sum(spansOf(runs, ({ started, updated }) => [started, updated]).map(atLeast0)));
  return {
    total_count_field: total,
    runs: runs.length,
    tasks: runs.length,
    edges: 0,
    conclusions,
    failures: conclusions["failure"] ?? 0,
    attempts: countsOf(runs.map(({ attempt }) => String(attempt))),
    events: countsOf(runs.map(({ event }) => orNone(event))),
    updated_minus_started_sum_s: work,
    total_work_s: work,
    first_created: instant(earliest(created)),
    last_created: instant(latest(created)),
    newest_first: created.every((at, i) => i === 0 || at <= created[i - 1]!),
    arrival_rate_per_s: arrivalRate(created),
  };
}

function spansOf<T>(
  records: readonly T[],
  ends: (record: T) => readonly [Nanos | null, Nanos | null],
): Nanos[] {
  return records.flatMap((record) => {
    const [from, to] = ends(record);
    return from === null || to === null ? [] : to - from;
  });
}

const negative = (span: Nanos): boolean => span < 0n;
const atLeast0 = (span: Nanos): Nanos => (span < 0n ? 0n : span);
const seconds = (span: Nanos | null): number | null => (span === null ? null : secondsOf(span));
const instant = (at: Nanos | null): string | null => (at === null ? null : rfc3339(at));
