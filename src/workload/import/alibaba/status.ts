import type { ReportBuilder } from "../report.js";
import type { Row } from "../table.js";
import type { TaskRecord } from "../workflow-of.js";

/** How a task of the batch tables ended; null where it had not, when the trace was taken. */
export function outcomeOf(
  status: string,
  row: Row,
  report: ReportBuilder,
): NonNullable<TaskRecord["outcome"]> | null {
  switch (status) {
    case "Terminated":
      return "succeeded";
    case "Failed":
      return "failed";
    case "Cancelled":
      return "cancelled";
    case "Running":
    case "Waiting":
    case "Ready":
    case "Interrupted":
      return null;
    default:
      report.warn(
        "UNKNOWN_STATUS",
        "a status is none that is known; the outcome is unknown",
        () => `${row.where} (${JSON.stringify(status.slice(0, 60))})`,
      );
      return null;
  }
}
