import { InputError } from "../../../kit/errors.js";
import { decimal } from "../decimal.js";
import { linesOf } from "../lines.js";
import type { Source } from "../source.js";

/**
 * The fields of a job in the Standard Workload Format 2.2 (Chapin et al. 1999, Feitelson), in their order: job number,
 * submission (s), wait (s), run time (s), processors, average CPU time (s), memory (KB a processor), requested
 * processors, requested time (s), requested memory (KB a processor), status, user, group, executable, queue, partition,
 * preceding job, think time after it (s). -1 is unknown.
 */
export const SWF_FIELDS = [
  "job",
  "submit",
  "wait",
  "run",
  "procs",
  "cpu",
  "mem",
  "rprocs",
  "rtime",
  "rmem",
  "status",
  "user",
  "group",
  "app",
  "queue",
  "part",
  "prev",
  "think",
] as const;
export type SwfField = (typeof SWF_FIELDS)[number];

/** -1 where unknown, as it stands. */
export type SwfJob = Readonly<Record<SwfField, number>> & { readonly line: number };

export const UNKNOWN = -1;

/** Lines of an SWF file: comments apart, jobs split into their fields. */
export async function* swfLines(
  source: Source,
  onComment: (text: string) => void = () => {},
): AsyncGenerator<readonly { readonly line: number; readonly fields: readonly string[] }[]> {
  for await (const { first, lines } of linesOf(source)) {
    const jobs: { line: number; fields: readonly string[] }[] = [];
    lines.forEach((text, i) => {
      const trimmed = text.trim();
      if (trimmed.startsWith(";")) onComment(trimmed.slice(1));
      else if (trimmed !== "") jobs.push({ line: first + i, fields: trimmed.split(/\s+/) });
    });
    yield jobs;
  }
}

/** @throws {InputError} BAD_RECORD with line and field */
export function parseJob(fields: readonly string[], line: number, file: string): SwfJob {
  const where = `${file}:${line}`;
  if (fields.length !== SWF_FIELDS.length) {
    throw new InputError("BAD_RECORD", {
      what: `the job has ${fields.length} fields, ${SWF_FIELDS.length} wanted`,
      where,
      mend: "write -1 for what is unknown",
    });
  }
  const at = (f: number): number => {
    const value = numberOf(fields, f, where);
    if (value >= 0 || value === UNKNOWN) return value;
    const name = SWF_FIELDS[f]!;
    throw new InputError("BAD_RECORD", {
      what: `field ${f + 1} (${TITLES[name] ?? name}) is ${fields[f]}`,
      where,
      mend: "only -1 marks what is unknown",
    });
  };
  // Spelled out, so that all jobs have one shape: this is what an import of a log spends its time on.
  return {
    line,
    job: at(0),
    submit: at(1),
    wait: at(2),
    run: at(3),
    procs: at(4),
    cpu: at(5),
    mem: at(6),
    rprocs: at(7),
    rtime: at(8),
    rmem: at(9),
    status: at(10),
    user: at(11),
    group: at(12),
    app: at(13),
    queue: at(14),
    part: at(15),
    prev: at(16),
    think: at(17),
  };
}

/** @throws {InputError} BAD_RECORD where the field is no number */
export function numberOf(fields: readonly string[], f: number, where: string): number {
  const value = decimal(fields[f]!);
  if (value !== null) return value;
  const name = SWF_FIELDS[f]!;
  throw new InputError("BAD_RECORD", {
    what: `field ${f + 1} (${TITLES[name] ?? name}) is ${JSON.stringify(fields[f]!.slice(0, 60))}, not a number`,
    where,
    mend: "write -1 for what is unknown",
  });
}

const TITLES: Partial<Record<SwfField, string>> = {
  job: "job number",
  submit: "submission",
  wait: "wait time",
  run: "run time",
  procs: "processors",
  cpu: "CPU time",
  mem: "memory",
  rprocs: "requested processors",
  rtime: "requested time",
  rmem: "requested memory",
  app: "executable",
  part: "partition",
  prev: "preceding job",
  think: "think time",
};
