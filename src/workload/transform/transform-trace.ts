import { InputError } from "../../kit/errors.js";
import type { JsonValue } from "../../kit/json.js";
import {
  fileDigest,
  readTrace,
  readTraceMetadata,
  type TraceMetadata,
  type TraceWorkflow,
  TraceWriter,
} from "../trace/index.js";
import { merged } from "./merge.js";
import type { Transform } from "./transform.js";

/** A trace made of others: theirs merged, and then every step in turn. Streams: no trace is held in memory. */
export interface Remaking {
  /** Paths of the traces. */
  readonly inputs: readonly string[];
  readonly steps: readonly Transform[];
  /** Whether several traces all begin at time 0, or each at the instant at which it was recorded. */
  readonly align: "start" | "recorded";
}

/**
 * Writes the trace; there is nothing under its name until all is done.
 * @returns how many workflows and tasks came out
 * @throws {InputError} what reading the inputs throws; NO_ORIGIN where they cannot be aligned; NO_WORKFLOWS
 */
export async function remakeTrace(
  { inputs, steps, align }: Remaking,
  out: string,
): Promise<{ readonly workflows: number; readonly tasks: number }> {
  const metadata = await Promise.all(inputs.map(readTraceMetadata));
  const origin = originOf(inputs, metadata, align);
  const streams = inputs.map((path, i) => ({
    flows: readTrace(path),
    offset: align === "recorded" && inputs.length > 1 ? secondsBetween(origin!, metadata[i]!.origin!) : 0,
  }));
  let flows: AsyncIterable<TraceWorkflow> = streams.length === 1 ? streams[0]!.flows : merged(streams);
  for (const step of steps) flows = step.apply(flows);
  const writer = await TraceWriter.open(out, metadataOf(inputs, metadata, origin, steps, align));
  let written = 0;
  try {
    for await (const flow of flows) {
      await writer.write(flow);
      written++;
    }
    if (written === 0) throw nothingLeft(inputs);
    return await writer.close();
  } finally {
    await writer.abort();
  }
}

const nothingLeft = (inputs: readonly string[]): InputError =>
  new InputError("NO_WORKFLOWS", {
    what: "no workflow is left",
    where: inputs.join(", "),
    mend: "ask for less to be left out; `switchyard trace show` tells what is there",
  });

/** The instant of time 0 before any step: the earliest of the traces, or that of the only one. */
function originOf(
  inputs: readonly string[],
  traces: readonly TraceMetadata[],
  align: Remaking["align"],
): string | null {
  if (traces.length === 1) return traces[0]!.origin;
  if (align === "start") return null;
  const origins = traces.map((trace, i) => {
    if (trace.origin !== null) return trace.origin;
    throw new InputError("NO_ORIGIN", {
      what: "the trace does not tell the instant at which it begins",
      where: inputs[i]!,
      mend: "let all begin together, with --align start",
    });
  });
  return origins.reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a));
}

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

function metadataOf(
  inputs: readonly string[],
  traces: readonly TraceMetadata[],
  origin: string | null,
  steps: readonly Transform[],
  align: Remaking["align"],
): TraceMetadata {
  let source = [...new Set(traces.map((trace) => trace.source))].join(", ");
  let provenance: readonly JsonValue[] =
    traces.length === 1 ? traces[0]!.provenance : [mergeStep(inputs, traces, align)];
  let at = origin;
  for (const { step, originShift, anonymous } of steps) {
    if (anonymous) {
      source = "anonymized";
      provenance = [];
      at = null;
    }
    provenance = [...provenance, step];
    if (at !== null) {
      at = originShift === null ? null : new Date(Date.parse(at) + originShift * 1000).toISOString();
    }
  }
  return { source, provenance, origin: at };
}

function mergeStep(
  inputs: readonly string[],
  traces: readonly TraceMetadata[],
  align: Remaking["align"],
): JsonValue {
  return {
    step: "merge",
    align,
    traces: traces.map((trace, i) => ({
      name: inputs[i]!.split(/[\\/]/).at(-1)!,
      sha256: fileDigest(inputs[i]!),
      ...trace,
    })),
  };
}
