import type { TraceWorkflow } from "../trace/index.js";
import type { ReadWorkflow } from "./format.js";
import { placed } from "./submission.js";

/** Brings workflows into the order of their submission; those of one instant stay in the order in which they came. */
export class WorkflowSorter {
  /** The time on the files' clock that is time 0 of the trace; nothing lies before it. */
  origin = 0;
  private readonly flows: { readonly flow: ReadWorkflow; readonly at: number }[] = [];

  /** @param at when it comes, on the files' clock; -Infinity: with the first */
  add(flow: ReadWorkflow, at: number): void {
    this.flows.push({ flow, at });
  }

  /** Each with its times counted from the origin. */
  async *sorted(): AsyncGenerator<TraceWorkflow> {
    const { flows, origin } = this;
    flows.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at));
    for (const { flow, at } of flows) yield placed(flow, Math.max(at, origin) - origin);
  }
}
