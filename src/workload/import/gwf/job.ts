import type { Source } from "../source.js";
import { type Row, tableRows } from "../table.js";

/** A task of a workflow in OpenDC's dialect of the Grid Workloads Format. NaN is unknown. */
export interface GwfJob {
  readonly workflow: string;
  readonly id: string;
  /** Seconds */
  readonly submitted: number;
  /** In the file's unit, which it does not tell. */
  readonly run: number;
  readonly processors: number;
  readonly requested: number;
  readonly parents: readonly string[];
  readonly where: string;
  readonly columns: readonly string[];
}

export const GWF_COLUMNS = ["WorkflowID", "JobID", "SubmitTime", "RunTime"] as const;

export async function* gwfJobs(source: Source): AsyncGenerator<readonly GwfJob[]> {
  for await (const rows of tableRows(source, { columns: GWF_COLUMNS })) yield rows.map(jobOf);
}

/** Where the archive's formats do not know a number, they write -1. */
function jobOf(row: Row): GwfJob {
  const known = (column: string): number => (row.text(column) === "-1" ? Number.NaN : row.amount(column));
  const required = (column: string): string =>
    row.text(column) === "" ? row.refuse(column, "is empty") : row.text(column);
  return {
    workflow: required("WorkflowID"),
    id: required("JobID"),
    submitted: known("SubmitTime"),
    run: known("RunTime"),
    processors: known("NProcs"),
    requested: known("ReqNProcs"),
    parents: row
      .text("Dependencies")
      .split(/\s+/)
      .filter((id) => id !== "" && id !== "-1"),
    where: row.where,
    columns: [...row.columns.keys()],
  };
}
