import { InputError } from "../kit/errors.js";
import type { PerfettoRun, PerfettoSlice, PerfettoSpan } from "../report/perfetto.js";
import { readTrace, readTraceMetadata } from "../workload/trace/index.js";

/** More would be too much for a browser. */
const MOST_TASKS = 5_000_000;

/**
 * What a trace says of when its tasks ran and where.
 * @throws {InputError} NO_RECORDED_TIMES where no task has a start and an end; TOO_LARGE
 */
export async function recordedRun(path: string): Promise<PerfettoRun> {
  const { source } = await readTraceMetadata(path);
  const slices: PerfettoSlice[] = [];
  const workflows: PerfettoSpan[] = [];
  for await (const flow of readTrace(path)) {
    let last = flow.submitted;
    for (let t = 0; t < flow.count; t++) {
      const start = flow.recordedStart?.[t] ?? Number.NaN;
      const end = flow.recordedEnd?.[t] ?? Number.NaN;
      if (!(end >= start)) continue;
      if (slices.length === MOST_TASKS) throw tooLarge(path);
      last = Math.max(last, end);
      const ready = flow.recordedReady?.[t] ?? Number.NaN;
      slices.push({
        pool: flow.recordedPool?.[t] ?? flow.template,
        name: flow.type[t]!,
        start,
        end,
        args: {
          workflow: flow.id,
          task: flow.task[t]!,
          ...(ready <= start ? { waited: start - ready } : {}),
          ...(flow.outcome?.[t] == null ? {} : { outcome: flow.outcome[t]! }),
        },
      });
    }
    if (last > flow.submitted)
      workflows.push({ id: flow.id, name: flow.template, start: flow.submitted, end: last });
  }
  if (slices.length === 0) {
    throw new InputError("NO_RECORDED_TIMES", {
      what: "no task of the trace has a recorded start and end",
      where: path,
      mend: "simulate it with `switchyard simulate --out FOLDER`, and export the folder",
    });
  }
  slices.sort((a, b) => a.start - b.start);
  return { title: source, slices, workflows, counters: [], instants: [] };
}

const tooLarge = (path: string): InputError =>
  new InputError("TOO_LARGE", {
    what: `the trace has more than ${MOST_TASKS} tasks with recorded times`,
    where: path,
    mend: "slice it first: switchyard trace transform",
  });
