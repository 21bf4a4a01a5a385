import { InputErrors } from "../../kit/errors.js";
import { shorten } from "../../kit/shorten.js";
import type { ReadWorkflow } from "./format.js";
import type { ReportBuilder } from "./report.js";
import { type TaskRecord, workflowOf } from "./workflow-of.js";

/** Faults of one workflow that are told; the others are counted. */
const FAULTS_SHOWN = 10;

const QUOTED = 300;

/**
 * A workflow of a log that holds many; null where its tasks make none. That is told to the report, with all that is wrong
 * with the first such workflow: one bad workflow must not keep out the others.
 * @param called the workflow, for the report: `job j_900`
 */
export function soundWorkflow(
  report: ReportBuilder,
  called: string,
  template: string,
  submitted: number | null,
  tasks: readonly TaskRecord[],
): ReadWorkflow | null {
  try {
    return workflowOf(template, submitted, tasks);
  } catch (error) {
    if (!(error instanceof InputErrors)) throw error;
    const { complaints } = error;
    const circular = complaints.length === 1 && complaints[0]!.what.includes("in a circle");
    const told = complaints.slice(0, FAULTS_SHOWN).map(({ what }) => shorten(what, QUOTED));
    if (complaints.length > FAULTS_SHOWN) told.push(`${complaints.length - FAULTS_SHOWN} more faults`);
    report.skip(
      circular
        ? "a workflow whose tasks depend on one another in a circle"
        : "a workflow with tasks that repeat, or parents that are no other task of it",
      `${complaints[0]!.where ?? ""} (${shorten(called, QUOTED)}: ${told.join("; ")})`,
    );
    return null;
  }
}
