import type { TraceWorkflow } from "../trace/index.js";
import type { ReadWorkflow } from "./format.js";

/** When workflows come: as recorded, all at time 0, or one every so many seconds in the order of the files. */
export type Submission = "recorded" | "together" | { readonly every: number };

const RECORDED_TIMES = ["recordedReady", "recordedStart", "recordedEnd"] as const;

/**
 * The workflow with its times on the trace's clock.
 * @param submitted when it comes there
 */
export function placed(flow: ReadWorkflow, submitted: number): TraceWorkflow {
  const shift = submitted - (flow.submitted ?? Number.NaN);
  const moved: Partial<Record<(typeof RECORDED_TIMES)[number], Float64Array>> = {};
  for (const name of RECORDED_TIMES) {
    const times = flow[name];
    if (times !== undefined) moved[name] = times.map((t) => t + shift);
  }
  return { ...flow, ...moved, submitted };
}
