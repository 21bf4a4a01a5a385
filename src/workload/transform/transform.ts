import type { JsonObject } from "../../kit/json.js";
import { type TraceWorkflow, timesOf } from "../trace/index.js";

/**
 * One thing that is done to a trace: workflows in, sorted by submission, and workflows out, sorted likewise. It holds no
 * more of them than it has to, and draws what is random by the number of a workflow: the same trace and seed give the
 * same bytes.
 */
export interface Transform {
  /** For the trace's provenance: its name and its settings. */
  readonly step: JsonObject & { readonly step: string };
  apply(flows: AsyncIterable<TraceWorkflow>): AsyncIterable<TraceWorkflow>;
  /** Seconds by which time 0 of the trace moves; null where times are afterwards no longer those of a clock. */
  readonly originShift: number | null;
  /** Whether nothing may be told of where the trace came from. */
  readonly anonymous: boolean;
}

/** A transform that leaves the origin where it is. */
export function transform(
  name: string,
  settings: JsonObject,
  apply: Transform["apply"],
  rest: Partial<Pick<Transform, "originShift" | "anonymous">> = {},
): Transform {
  return { step: { step: name, ...settings }, apply, originShift: 0, anonymous: false, ...rest };
}

/** The workflow submitted at another time; what was recorded of it keeps its distance from the submission. */
export function moved(flow: TraceWorkflow, submitted: number): TraceWorkflow {
  return submitted === flow.submitted
    ? flow
    : { ...flow, ...timesOf(flow, (t) => submitted + (t - flow.submitted)), submitted };
}
