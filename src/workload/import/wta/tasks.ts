import { InputError } from "../../../kit/errors.js";
import type { ParquetCell, ParquetFile, ParquetRow } from "../parquet.js";

/** A row of `tasks/schema-1.0`. */
export interface WtaTask {
  readonly id: string;
  readonly workflow: string;
  /** Milliseconds; NaN where unknown. */
  readonly submit: number;
  readonly runtime: number;
  readonly wait: number;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly type: string | null;
  readonly amount: number;
  /** Place in all files, for complaints. */
  readonly row: number;
  readonly file: string;
}

const CODE = "BAD_WTA";
const NEEDED = ["id", "workflow_id", "ts_submit", "runtime"] as const;
const COLUMNS = [...NEEDED, "wait_time", "parents", "type", "resource_amount_requested"];

export const isTaskFile = ({ columns }: ParquetFile): boolean => NEEDED.every((name) => columns.has(name));
export const isWorkflowFile = ({ columns }: ParquetFile): boolean =>
  ["id", "task_count", "critical_path_length", "ts_submit"].every((name) => columns.has(name));

/**
 * Tasks of a file, a row group at a time.
 * @throws {InputError} BAD_WTA for ids and times that are none; BAD_PARQUET
 */
export async function* wtaTasks(
  parquet: ParquetFile,
  file: string,
  also: readonly "children"[] = [],
): AsyncGenerator<readonly WtaTask[]> {
  // Where parents are told, children say nothing new, and in some files they are rounded.
  const enough = parquet.columns.has("parents") && also.length === 0;
  let row = 0;
  for await (const rows of parquet.read(enough ? COLUMNS : [...COLUMNS, "children"])) {
    yield rows.map((cells): WtaTask => {
      const where = `${file} > row ${row}`;
      return {
        id: idOf(cells, "id", where),
        workflow: idOf(cells, "workflow_id", where),
        submit: numberOf(cells["ts_submit"], "ts_submit", where),
        runtime: numberOf(cells["runtime"], "runtime", where),
        wait: numberOf(cells["wait_time"], "wait_time", where),
        parents: idsOf(cells["parents"], where),
        children: enough ? [] : idsOf(cells["children"], where),
        type: typeof cells["type"] === "string" ? cells["type"] : null,
        amount: numberOf(cells["resource_amount_requested"], "resource_amount_requested", where),
        row: row++,
        file,
      };
    });
  }
}

function idOf(row: ParquetRow, name: string, where: string): string {
  return idText(row[name], name, where);
}

function idsOf(cell: ParquetCell | undefined, where: string): string[] {
  return Array.isArray(cell) ? cell.map((id) => idText(id, "a parent or child", where)) : [];
}

function idText(cell: ParquetCell | undefined, name: string, where: string): string {
  if (typeof cell === "bigint") return String(cell);
  if (typeof cell === "number" && Number.isSafeInteger(cell)) return String(cell);
  throw new InputError(CODE, {
    what:
      typeof cell === "number"
        ? `${name} is ${cell}, a double that cannot tell ids apart`
        : `${name} must be a whole number, got ${cell === null || cell === undefined ? "nothing" : `a ${typeof cell}`}`,
    where,
    mend: "write ids as 64-bit integers",
  });
}

function numberOf(cell: ParquetCell | undefined, name: string, where: string): number {
  if (cell === null || cell === undefined) return Number.NaN;
  const value = typeof cell === "bigint" ? Number(cell) : cell;
  if (typeof value === "number" && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  if (typeof value === "number" && Number.isNaN(value)) return value;
  throw new InputError(CODE, {
    what: `${name} must be a number of decent size, got ${String(cell).slice(0, 40)}`,
    where,
    mend: "correct it, or leave it empty where it is unknown",
  });
}
