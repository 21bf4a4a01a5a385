import { InputError } from "../../../kit/errors.js";

/** Columns of an event log by what they hold; -1 where there is none. */
export interface LogColumns {
  readonly case: number;
  readonly activity: number;
  readonly time: number;
  readonly start: number;
  readonly lifecycle: number;
  readonly resource: number;
}

/** Names of columns, those of XES first; without regard to case, blanks, underscores and hyphens. */
const NAMES: Readonly<Record<keyof LogColumns, readonly string[]>> = {
  case: ["case:concept:name", "case_id", "case", "trace_id", "case_key"],
  activity: ["concept:name", "activity", "activity_name", "task_name", "event", "event_name"],
  time: [
    "time:timestamp",
    "timestamp",
    "end_timestamp",
    "complete_timestamp",
    "completion_time",
    "end_time",
    "event_time",
    "time",
  ],
  start: ["start_timestamp", "time:start", "start_time"],
  lifecycle: ["lifecycle:transition", "lifecycle", "transition", "event_type"],
  resource: ["org:resource", "resource", "user", "agent"],
};
const REQUIRED = ["case", "activity", "time"] as const;

const DELIMITERS = [",", ";", "\t", "|"];

const normal = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]/g, "");

/**
 * The columns of a header.
 * @throws {InputError} NO_COLUMN
 */
export function logColumns(header: readonly string[], where: string): LogColumns {
  const columns = columnsIn(header);
  const missing = REQUIRED.filter((what) => columns[what] < 0);
  if (missing.length === 0) return columns;
  throw new InputError("NO_COLUMN", {
    what: missing.map((what) => `there is no column for the ${what} (${NAMES[what].join(", ")})`).join("; "),
    where,
    mend: "name the columns so",
  });
}

function columnsIn(header: readonly string[]): LogColumns {
  const names = header.map(normal);
  const find = (what: keyof LogColumns) => {
    const name = NAMES[what].map(normal).find((each) => names.includes(each));
    return name === undefined ? -1 : names.indexOf(name);
  };
  return {
    case: find("case"),
    activity: find("activity"),
    time: find("time"),
    start: find("start"),
    lifecycle: find("lifecycle"),
    resource: find("resource"),
  };
}

/** The delimiter with which the first line has the columns of an event log; null where none has. */
export function logDelimiter(head: Uint8Array): string | null {
  const line = /^\uFEFF?([^\r\n]*)/.exec(Buffer.from(head).toString("utf8"))![1]!;
  return (
    DELIMITERS.find((delimiter) => {
      const columns = columnsIn(line.split(delimiter).map((cell) => cell.replace(/^\s*"(.*)"\s*$/, "$1")));
      return REQUIRED.every((what) => columns[what] >= 0);
    }) ?? null
  );
}
