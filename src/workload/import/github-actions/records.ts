import { InputError } from "../../../kit/errors.js";
import { readJson } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import { Entry, remark } from "../entry.js";
import type { Nanos } from "../instant.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";

/** What the API says of a job of a run. */
export interface JobRecord {
  readonly kind: "job";
  readonly id: string;
  readonly run: string;
  readonly attempt: number;
  readonly name: string;
  readonly workflow: string | null;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly created: Nanos | null;
  readonly started: Nanos | null;
  readonly completed: Nanos | null;
  readonly labels: readonly string[];
  readonly steps: readonly StepRecord[];
  readonly file: string;
  readonly place: string;
}

export interface StepRecord {
  readonly conclusion: string | null;
  readonly started: Nanos | null;
  readonly completed: Nanos | null;
}

/** What the API says of a run as a whole. */
export interface RunRecord {
  readonly kind: "run";
  readonly run: string;
  readonly attempt: number;
  readonly workflow: string | null;
  readonly event: string | null;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly created: Nanos | null;
  readonly started: Nanos | null;
  readonly updated: Nanos | null;
  readonly file: string;
  readonly place: string;
}

export interface ActionsFile {
  /** As figures name it. */
  readonly shape: "runs" | "jobs map" | "jobs list" | "webhook";
  readonly jobs: readonly JobRecord[];
  readonly runs: readonly RunRecord[];
  /** What a page says of how many there are on all. */
  readonly total: number | null;
}

export const CODE = "BAD_GITHUB_ACTIONS";

/**
 * A file of answers of GitHub's API: a page of runs or of jobs, jobs by their ids, what a webhook was told of a job, or a
 * list of these.
 * @throws {InputError} BAD_GITHUB_ACTIONS; what `readJson` throws
 */
export async function readActions(source: Source, report: ReportBuilder): Promise<ActionsFile> {
  const document = readJson(await wholeOf(source), source.name);
  remark(document, report);
  const parts = Entry.elements(document, CODE).map((root) => partOf(root, source.name));
  const [first] = parts;
  if (first === undefined)
    throw new InputError(CODE, { what: "the list is empty", where: source.name, mend: "fetch it again" });
  return {
    shape: first.shape,
    jobs: parts.flatMap(({ jobs }) => jobs),
    runs: parts.flatMap(({ runs }) => runs),
    total: first.total,
  };
}

function partOf(root: Entry, file: string): ActionsFile {
  const total = root.whole("total_count");
  if (root.has("workflow_runs"))
    return {
      shape: "runs",
      jobs: [],
      runs: root.children("workflow_runs").map((run) => runOf(run, file)),
      total,
    };
  if (root.has("jobs"))
    return {
      shape: "jobs list",
      jobs: root.children("jobs").map((job) => jobOf(job, file)),
      runs: [],
      total,
    };
  if (root.has("workflow_job"))
    return { shape: "webhook", jobs: [jobOf(root.required("workflow_job"), file)], runs: [], total };
  if (root.has("run_id")) return { shape: "jobs list", jobs: [jobOf(root, file)], runs: [], total };
  return { shape: "jobs map", jobs: root.members().map(([, job]) => jobOf(job, file)), runs: [], total };
}

function jobOf(job: Entry, file: string): JobRecord {
  return {
    kind: "job",
    id: job.id("id") ?? job.fail("id", "is missing"),
    run: job.id("run_id") ?? job.fail("run_id", "is missing"),
    attempt: job.whole("run_attempt") ?? 1,
    name: job.name("name") ?? "job",
    workflow: job.name("workflow_name"),
    status: job.name("status"),
    conclusion: job.name("conclusion"),
    created: job.instant("created_at"),
    started: job.instant("started_at"),
    completed: job.instant("completed_at"),
    labels: job.texts("labels"),
    steps: job.children("steps").map((step) => ({
      conclusion: step.name("conclusion"),
      started: step.instant("started_at"),
      completed: step.instant("completed_at"),
    })),
    file,
    place: job.place,
  };
}

function runOf(run: Entry, file: string): RunRecord {
  return {
    kind: "run",
    run: run.id("id") ?? run.fail("id", "is missing"),
    attempt: run.whole("run_attempt") ?? 1,
    workflow: run.name("name"),
    event: run.name("event"),
    status: run.name("status"),
    conclusion: run.name("conclusion"),
    created: run.instant("created_at"),
    started: run.instant("run_started_at") ?? run.instant("created_at"),
    updated: run.instant("updated_at"),
    file,
    place: run.place,
  };
}
