import { InputError } from "../../../kit/errors.js";
import { NUMBER_COLUMNS, type NumberColumn } from "../../trace/row-batch.js";
import { TASK_NUMBERS } from "../../trace/workflow.js";
import type { TaskRecord } from "../workflow-of.js";

/** One task as an exported trace has it, whatever the file: a cell by its column, null where it is unknown. */
export interface OwnRow {
  readonly where: string;
  /** A text in CSV; in Parquet what the column holds. */
  cell(column: string): string | number | bigint | readonly unknown[] | null;
}

/** Columns by which a file is known for an exported trace. */
export const OWN_COLUMNS = ["workflow", "submitted", "template", "task", "type", "after", "work"] as const;

const OPTIONAL = [...TASK_NUMBERS, "deadline", "recordedPool", "outcome", "prefix"] as const;
export const ALL_COLUMNS: readonly string[] = [...OWN_COLUMNS, ...OPTIONAL];

export interface OwnTask {
  readonly workflow: number;
  readonly submitted: number;
  readonly template: string;
  readonly deadline: number;
  readonly record: TaskRecord;
}

/** @throws {InputError} BAD_ROW with the column */
export function ownTask(row: OwnRow): OwnTask {
  const { where } = row;
  const task = whole(row, "task");
  const outcome = row.cell("outcome");
  const deadline = number(row, "deadline");
  const pool = row.cell("recordedPool");
  const prefix = row.cell("prefix");
  const submitted = number(row, "submitted");
  if (Number.isNaN(submitted)) throw refuse(row, "submitted", "is empty", "give it in all rows");
  return {
    workflow: whole(row, "workflow"),
    submitted,
    template: text(row, "template"),
    deadline: Number.isNaN(deadline) ? Number.POSITIVE_INFINITY : deadline,
    record: {
      id: String(task),
      type: text(row, "type"),
      parents: list(row, "after").map(String),
      work: number(row, "work"),
      ...Object.fromEntries(TASK_NUMBERS.map((name) => [name, number(row, name)])),
      ...(pool === null ? {} : { recordedPool: text(row, "recordedPool") }),
      ...(outcome === null ? {} : { outcome: text(row, "outcome") as NonNullable<TaskRecord["outcome"]> }),
      ...(prefix === null ? {} : { prefix: Int32Array.from(list(row, "prefix")) }),
      where,
    },
  };
}

/** NaN where it is unknown. */
function number(row: OwnRow, column: NumberColumn | "submitted"): number {
  const cell = row.cell(column);
  if (cell === null) return Number.NaN;
  const value = typeof cell === "string" && cell.trim() === "" ? Number.NaN : Number(cell);
  const { least, arrow } = column === "submitted" ? { least: 0, arrow: "float64" } : NUMBER_COLUMNS[column];
  const fits =
    value >= least &&
    (arrow === "int16" ? Number.isInteger(value) && value < 32_768 : value < Number.POSITIVE_INFINITY);
  if (fits) return value;
  throw refuse(
    row,
    column,
    `is ${shown(cell)}`,
    `give a ${arrow === "int16" ? "whole number of 16 bits" : "finite number"}, at least ${least}, or nothing`,
  );
}

function whole(row: OwnRow, column: string): number {
  const cell = row.cell(column);
  const value = cell === null || cell === "" ? Number.NaN : Number(cell);
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
  throw refuse(row, column, `is ${shown(cell)}`, "give a whole number from 0 on");
}

function text(row: OwnRow, column: string): string {
  const cell = row.cell(column);
  if (typeof cell === "string") return cell;
  throw refuse(row, column, `is ${shown(cell)}`, "give a name");
}

/** Whole numbers, separated by blanks where they stand in a text. */
function list(row: OwnRow, column: string): number[] {
  const cell = row.cell(column);
  const parts =
    typeof cell === "string" ? cell.split(" ").filter((part) => part !== "") : ((cell ?? []) as unknown[]);
  return Array.from(parts, (part) => {
    const value = Number(part);
    if (part !== null && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
    throw refuse(row, column, `holds ${shown(part)}`, "list whole numbers from 0 on");
  });
}

const shown = (value: unknown): string =>
  value === null || value === undefined ? "unknown" : JSON.stringify(String(value).slice(0, 60));

const refuse = ({ where }: OwnRow, column: string, what: string, mend: string): InputError =>
  new InputError("BAD_ROW", { what: `${column} ${what}`, where, mend });
