import { graphFigures } from "../trace/graph-figures.js";
import type { TraceMetadata, TraceWorkflow } from "../trace/index.js";

/** Where a trace does not tell the instant of its time 0, its workflows are dated from here. */
const EPOCH = "1970-01-01T00:00:00.000Z";

/**
 * A workflow as a WfFormat 1.5 document (JSON). It holds: shape, template, types, work, cpu, memory, bytes, priority, the
 * machine, submission and starts. It does not hold: deadlines, outcomes, attempts, and when a task was ready. A task of
 * unknown work has no execution record, and with it no cpu, memory, priority and machine.
 * @param n its number in the trace
 */
export function wfformatOf(flow: TraceWorkflow, n: number, { origin, source }: TraceMetadata): string {
  const began = origin ?? EPOCH;
  const ids = flow.type.map((type, t) => `${type}_${String(t).padStart(8, "0")}`);
  const children = ids.map((): string[] => []);
  const parents = ids.map((id, t) => {
    const own = Array.from(flow.parent.subarray(flow.firstParent[t]!, flow.firstParent[t + 1]!));
    for (const p of own) children[p]!.push(id);
    return own.map((p) => ids[p]!);
  });
  const files: { id: string; sizeInBytes: number }[] = [];
  const fileOf = (t: number, column: "bytesIn" | "bytesOut", ending: string): string[] | undefined => {
    const bytes = flow[column]?.[t] ?? Number.NaN;
    if (Number.isNaN(bytes)) return undefined;
    if (bytes === 0) return [];
    const id = `${ids[t]}.${ending}`;
    files.push({ id, sizeInBytes: bytes });
    return [id];
  };
  const machines = new Set<string>();
  const tasks = ids.map((id, t) => ({
    name: id,
    id,
    parents: parents[t],
    children: children[t],
    inputFiles: fileOf(t, "bytesIn", "in"),
    outputFiles: fileOf(t, "bytesOut", "out"),
  }));
  const records = ids.flatMap((id, t) => {
    if (Number.isNaN(flow.work[t]!)) return [];
    const machine = flow.recordedPool?.[t] ?? null;
    if (machine !== null) machines.add(machine);
    const start = flow.recordedStart?.[t] ?? Number.NaN;
    return [
      {
        id,
        runtimeInSeconds: flow.work[t]!,
        executedAt: Number.isNaN(start) ? undefined : instant(began, start),
        coreCount: known(flow.cpu?.[t]),
        memoryInBytes: known(flow.memory?.[t]),
        priority: known(flow.priority?.[t]),
        machines: machine === null ? undefined : [machine],
      },
    ];
  });
  const document = {
    name: `${flow.template}-${String(n).padStart(6, "0")}`,
    description: `Exported from a trace of ${source}`,
    schemaVersion: "1.5",
    workflow: {
      specification: { tasks, ...(files.length > 0 ? { files } : {}) },
      execution: {
        makespanInSeconds: makespan(flow),
        executedAt: instant(began, flow.submitted),
        tasks: records,
        ...(machines.size > 0 ? { machines: Array.from(machines, (nodeName) => ({ nodeName })) } : {}),
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const known = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value;

/** As recorded; where no ends are, the least that it can have been. */
function makespan(flow: TraceWorkflow): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const end of flow.recordedEnd ?? []) if (end > last) last = end;
  return last > flow.submitted ? last - flow.submitted : graphFigures(flow, flow.work).criticalPath;
}

/** An instant to the nanosecond, so many seconds after another: a `Date` has milliseconds only. */
function instant(origin: string, seconds: number): string {
  const [, before, digits = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(origin)!;
  const whole = Math.floor(seconds);
  let nanoseconds = Number(digits.padEnd(9, "0").slice(0, 9)) + Math.round((seconds - whole) * 1e9);
  const carried = Math.floor(nanoseconds / 1e9);
  nanoseconds -= carried * 1e9;
  const date = new Date(Date.parse(`${before}Z`) + (whole + carried) * 1000).toISOString();
  return `${date.slice(0, 19)}.${String(nanoseconds).padStart(9, "0")}Z`;
}
