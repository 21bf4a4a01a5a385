import type { TraceWorkflow } from "../trace/index.js";
import type { ReadWorkflow } from "./format.js";
import { placed } from "./submission.js";

/**
 * Brings workflows in memory into the order of their submission; those of one instant stay in the order in which they came.
 * `UnsortedTraceWriter` does the same on disk.
 */
export class WorkflowSorter {
  private readonly flows: { readonly flow: ReadWorkflow; readonly at: number }[] = [];

  /** @param at when it comes, on the files' clock; -Infinity: with the first */
  add(flow: ReadWorkflow, at: number): void {
    this.flows.push({ flow, at });
  }

  /** @param origin the time that becomes 0; nothing lies before it */
  sorted(origin: number): TraceWorkflow[] {
    this.flows.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at));
    return this.flows.map(({ flow, at }) => placed(flow, Math.max(at, origin) - origin));
  }
}
