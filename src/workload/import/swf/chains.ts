import { InputError } from "../../../kit/errors.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import { SwfHeader } from "./header.js";
import { parseJob, type SwfJob, swfLines, UNKNOWN } from "./job.js";
import { JobNumbers } from "./job-numbers.js";

/** What has to be known of a log before its first job can be handed on. */
export interface SwfOutline {
  readonly header: SwfHeader;
  /** The first job of the chain, by the number of each job that has a preceding or a following one. */
  readonly chainOf: ReadonlyMap<number, number>;
}

/** A job that was stopped and went on later has a line for each part (status 2 to 4), and one for the whole. */
export const isPart = ({ status }: SwfJob): boolean => status >= 2 && status <= 4;

/**
 * Reads a log once, to check it and to see which jobs follow others.
 * @throws {InputError} BAD_RECORD, DUPLICATE_JOB, or BAD_WORKFLOW where jobs wait for one another
 */
export async function outlineOf(source: Source, report: ReportBuilder): Promise<SwfOutline> {
  const header = new SwfHeader();
  const numbers = new JobNumbers();
  const preceding = new Map<number, { readonly job: number; readonly line: number }>();
  for await (const lines of swfLines(source, header.add)) {
    for (const { line, fields } of lines) {
      const job = parseJob(fields, line, source.name);
      if (isPart(job)) continue;
      if (!Number.isSafeInteger(job.job) || job.job < 0) {
        throw new InputError("BAD_RECORD", {
          what: `field 1 (job number) is ${fields[0]}`,
          where: `${source.name}:${line}`,
          mend: "number the jobs with whole numbers",
        });
      }
      if (!numbers.add(job.job)) {
        throw new InputError("DUPLICATE_JOB", {
          what: `job number ${job.job} is repeated`,
          where: `${source.name}:${line}`,
          mend: "give every job a number of its own, or remove the line",
        });
      }
      if (job.prev !== UNKNOWN && job.prev !== 0) preceding.set(job.job, { job: job.prev, line });
    }
  }
  for (const [job, { job: before, line }] of preceding) {
    if (numbers.has(before)) continue;
    preceding.delete(job);
    report.warn(
      "PRECEDING_JOB_ABSENT",
      "a job follows one that the log does not hold; it stands alone",
      () => `${source.name}:${line}`,
    );
  }
  return { header, chainOf: chains(preceding, source.name) };
}

function chains(
  preceding: ReadonlyMap<number, { readonly job: number; readonly line: number }>,
  file: string,
): ReadonlyMap<number, number> {
  const chainOf = new Map<number, number>();
  for (const start of preceding.keys()) {
    const walked: number[] = [];
    const onWalk = new Set<number>();
    let job = start;
    while (!chainOf.has(job) && preceding.has(job)) {
      if (onWalk.has(job)) {
        throw new InputError("BAD_WORKFLOW", {
          what: `job ${job} comes after itself: ${[...walked.slice(walked.indexOf(job)), job].slice(0, 50).join(" → ")}`,
          where: `${file}:${preceding.get(job)!.line}`,
          mend: "correct field 17 of one of these jobs",
        });
      }
      onWalk.add(job);
      walked.push(job);
      job = preceding.get(job)!.job;
    }
    const first = chainOf.get(job) ?? job;
    chainOf.set(job, first);
    for (const each of walked) chainOf.set(each, first);
  }
  return chainOf;
}
