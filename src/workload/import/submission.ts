import { type TraceWorkflow, timesOf } from "../trace/index.js";
import type { ReadWorkflow } from "./format.js";

/** When workflows come: as recorded, all at time 0, or one every so many seconds in the order of the files. */
export type Submission = "recorded" | "together" | { readonly every: number };

/**
 * The workflow with its times on the trace's clock.
 * @param submitted when it comes there
 */
export function placed(flow: ReadWorkflow, submitted: number): TraceWorkflow {
  const shift = submitted - (flow.submitted ?? Number.NaN);
  return { ...flow, ...timesOf(flow, (t) => t + shift), submitted };
}
