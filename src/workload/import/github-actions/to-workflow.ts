import { InputError } from "../../../kit/errors.js";
import type { Reading, ReadWorkflow } from "../format.js";
import { type Nanos, onClock, secondsOf } from "../instant.js";
import { earliest } from "../spans-of-time.js";
import { type TaskRecord, workflowOf } from "../workflow-of.js";
import { CODE, type JobRecord, type RunRecord } from "./records.js";

const OUTCOME_OF: Readonly<Record<string, TaskRecord["outcome"]>> = {
  success: "succeeded",
  neutral: "succeeded",
  failure: "failed",
  startup_failure: "failed",
  timed_out: "timed out",
  cancelled: "cancelled",
  skipped: "skipped",
};

/** One attempt of a run as a workflow: its jobs, or the run as a whole where no job of it is known. */
export function toWorkflow(records: readonly (JobRecord | RunRecord)[], reading: Reading): ReadWorkflow {
  const { report } = reading;
  const jobs = distinct(
    records.filter((record) => record.kind === "job"),
    reading,
  );
  const runs = records.filter((record) => record.kind === "run");
  if (runs.length > 1)
    report.skip("a run that is listed more than once", whereOf(runs.at(-1)!), runs.length - 1);
  const run = runs[0];
  const where = whereOf(jobs[0] ?? run!);
  const template = run?.workflow ?? jobs[0]?.workflow ?? "workflow";
  if (jobs.length > 1) {
    report.warn(
      "NEEDS_UNKNOWN",
      "a run has several jobs, and the API does not tell which needs which; they are taken as independent",
      () => where,
    );
  }
  const tasks =
    jobs.length > 0
      ? jobs.map((job) => ({
          ...taskOf(job.id, job.name, job.created, job.started, job.completed, job, reading),
          recordedPool: job.labels.join("+") || null,
        }))
      : [wholeRun(run!, reading)];
  // A run that was started again keeps the date of its first attempt.
  const firstAttempt = run !== undefined && run.attempt <= 1;
  const known = [
    ...(firstAttempt ? [run.created] : []),
    run?.started ?? null,
    ...jobs.flatMap(({ created, started }) => [created, started]),
  ].filter((at) => at !== null);
  const submitted = earliest(known);
  if (submitted !== null) return { ...workflowOf(template, onClock(reading, submitted), tasks), where };
  return { ...workflowOf(template, null, tasks.map(undated)), where };
}

function wholeRun(run: RunRecord, reading: Reading): TaskRecord {
  const ready = run.attempt <= 1 ? run.created : run.started;
  const ended = run.status === null || run.status === "completed" ? run.updated : null;
  return taskOf(run.run, run.workflow ?? "run", ready, run.started, ended, run, reading);
}

function taskOf(
  id: string,
  type: string,
  ready: Nanos | null,
  started: Nanos | null,
  ended: Nanos | null,
  record: JobRecord | RunRecord,
  reading: Reading,
): TaskRecord {
  const where = whereOf(record);
  const span = started === null || ended === null ? null : ended - started;
  if (span === null)
    reading.report.warn(
      "RUNTIME_UNKNOWN",
      `a ${record.kind} has not begun or not ended; its work is unknown`,
      () => where,
    );
  else if (span < 0n) {
    throw new InputError(CODE, {
      what: `${record.kind} ${id} completes before it starts`,
      where,
      mend: "fetch it again, or leave it out",
    });
  }
  const late = ready !== null && started !== null && ready > started;
  if (late) {
    reading.report.warn(
      "CREATED_AFTER_START",
      "a job was created after it started, as GitHub writes it of runs that are started again; it is taken to have been ready when it started",
      () => where,
    );
  }
  const clock = (at: Nanos | null) => (at === null ? Number.NaN : onClock(reading, at));
  return {
    id,
    type,
    parents: [],
    work: span === null ? Number.NaN : secondsOf(span),
    recordedReady: clock(late ? started : ready),
    recordedStart: clock(started),
    recordedEnd: clock(ended),
    outcome: OUTCOME_OF[record.conclusion ?? ""] ?? null,
    where,
  };
}

const undated = (task: TaskRecord): TaskRecord => ({
  ...task,
  recordedReady: Number.NaN,
  recordedStart: Number.NaN,
  recordedEnd: Number.NaN,
});

/** Webhooks tell of a job several times: what was told when it had ended counts, else what was told last. */
function distinct(jobs: readonly JobRecord[], { report }: Reading): JobRecord[] {
  const byId = new Map<string, JobRecord>();
  for (const job of jobs) {
    const known = byId.get(job.id);
    if (known !== undefined) report.skip("a job that is listed more than once", whereOf(job));
    if (known === undefined || known.completed === null) byId.set(job.id, job);
  }
  return [...byId.values()];
}

const whereOf = ({ file, place }: JobRecord | RunRecord): string =>
  place === "" ? file : `${file} > ${place}`;
