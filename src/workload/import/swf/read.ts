import type { Reading, ReadWorkflow } from "../format.js";
import type { Source } from "../source.js";
import { type TaskRecord, workflowOf } from "../workflow-of.js";
import { isPart, outlineOf } from "./chains.js";
import { parseJob, type SwfJob, swfLines, UNKNOWN } from "./job.js";

/** A job is a workflow of one task; jobs of which one follows the other (field 17) are one workflow. */
export async function* readSwf(source: Source, reading: Reading): AsyncGenerator<ReadWorkflow> {
  const { report } = reading;
  const { header, chainOf } = await outlineOf(source, report);
  reading.tell({ file: source.name.split(/[\\/]/).at(-1)!, header: header.values });
  const start = header.unixStart === null ? 0 : reading.since(header.unixStart);
  const chains = new Map<number, SwfJob[]>();
  for await (const lines of swfLines(source)) {
    for (const { line, fields } of lines) {
      const job = parseJob(fields, line, source.name);
      if (isPart(job)) {
        report.skip("a part of a job, which has a line for the whole of it", `${source.name}:${line}`);
        continue;
      }
      const chain = chainOf.get(job.job);
      if (chain === undefined) yield workflow([job], source.name, start, reading);
      else if (chains.has(chain)) chains.get(chain)!.push(job);
      else chains.set(chain, [job]);
    }
  }
  for (const jobs of chains.values()) {
    jobs.sort((a, b) => a.submit - b.submit || a.line - b.line);
    yield workflow(jobs, source.name, start, reading);
  }
}

function workflow(jobs: readonly SwfJob[], file: string, start: number, { report }: Reading): ReadWorkflow {
  const numbers = new Set(jobs.map(({ job }) => job));
  const tasks = jobs.map((job): TaskRecord => {
    const where = `${file}:${job.line}`;
    if (job.run === UNKNOWN) {
      report.warn("RUNTIME_UNKNOWN", "a job has no run time; its work is unknown", () => where);
    }
    const follows = numbers.has(job.prev) && job.prev !== job.job;
    if (follows && job.think > 0) {
      report.warn(
        "THINK_TIME_LEFT_OUT",
        "a job came some time after the one before it; in the trace it comes at once",
        () => where,
      );
    }
    const processors = job.procs > 0 ? job.procs : positive(job.rprocs);
    const kilobytes = job.mem > 0 ? job.mem : positive(job.rmem);
    const ready = job.submit === UNKNOWN ? Number.NaN : start + job.submit;
    const began = job.wait === UNKNOWN ? Number.NaN : ready + job.wait;
    return {
      id: String(job.job),
      where,
      type: typeOf(job),
      parents: follows ? [String(job.prev)] : [],
      work: known(job.run),
      cpu: processors,
      memory: kilobytes * 1024 * processors,
      recordedReady: ready,
      recordedStart: began,
      recordedEnd: began + known(job.run),
      recordedPool: poolOf(job),
      outcome: OUTCOMES[job.status] ?? null,
    };
  });
  const first = jobs[0]!;
  const submitted = jobs.find(({ submit }) => submit !== UNKNOWN)?.submit;
  return workflowOf(typeOf(first), submitted === undefined ? null : start + submitted, tasks);
}

const known = (value: number): number => (value === UNKNOWN ? Number.NaN : value);
const positive = (value: number): number => (value > 0 ? value : Number.NaN);

/** Who runs what is what a log tells of the kind of a job. */
function typeOf({ app, user }: SwfJob): string {
  if (app > 0) return `executable ${app}`;
  return user > 0 ? `user ${user}` : "job";
}

function poolOf({ part, queue }: SwfJob): string | null {
  if (part !== UNKNOWN) return `partition ${part}`;
  return queue === UNKNOWN ? null : `queue ${queue}`;
}

const OUTCOMES: Readonly<Record<number, "succeeded" | "failed" | "cancelled">> = {
  0: "failed",
  1: "succeeded",
  5: "cancelled",
};
