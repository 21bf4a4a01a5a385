import { InputError } from "../../../kit/errors.js";
import { headOf } from "../content.js";
import { csvRecords } from "../csv.js";
import type { Format } from "../format.js";
import { groupByWorkflow } from "../group-by-workflow.js";
import type { Source } from "../source.js";
import { CaseFigures } from "./case-figures.js";
import { caseWorkflow } from "./case-workflow.js";
import { type LogColumns, logColumns, logDelimiter } from "./csv-columns.js";
import { type LogEvent, logInstant } from "./event.js";
import { logName } from "./log-name.js";

/** Event logs in CSV: a row an event, of cases that may be mixed. */
export const eventLogCsv: Format = {
  name: "event-log-csv",
  title: "event log (CSV)",
  settings: ["eventWork"],

  sniff: (head) => logDelimiter(head) !== null,

  async *read(sources, reading) {
    for (const source of sources) {
      const name = logName(source.name);
      for await (const each of casesOf(source)) {
        const flow = caseWorkflow(name, each, reading);
        if (flow !== null) yield flow;
      }
    }
  },

  async statistics(source) {
    const figures = new CaseFigures();
    let header: Header | null = null;
    const heard = (found: Header) => {
      header = found;
    };
    for await (const each of casesOf(source, heard)) figures.add(each);
    const { delimiter, names, columns } = header as unknown as Header;
    return {
      delimiter,
      columns: names,
      case_column: names[columns.case]!,
      activity_column: names[columns.activity]!,
      time_column: names[columns.time]!,
      ...figures.toObject(),
    };
  },
};

interface Header {
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly columns: LogColumns;
}

interface Row extends LogEvent {
  readonly case: string;
}

async function* casesOf(source: Source, heard: (header: Header) => void = () => {}) {
  const pass = () => rowsOf(source, heard);
  for await (const { key, rows } of groupByWorkflow(pass, (row: Row) => row.case, { where: source.name })) {
    yield { id: key, events: rows, where: `${source.name}:${rows[0]!.line}` };
  }
}

async function* rowsOf(source: Source, heard: (header: Header) => void): AsyncGenerator<readonly Row[]> {
  const delimiter = logDelimiter(await headOf(source)) ?? ",";
  let header: Header | null = null;
  for await (const records of csvRecords(source, { delimiter })) {
    const rows: Row[] = [];
    for (const { line, cells } of records) {
      if (header === null) {
        header = { delimiter, names: cells, columns: logColumns(cells, `${source.name}:${line}`) };
        heard(header);
        continue;
      }
      const { names, columns } = header;
      if (cells.length !== names.length) {
        throw new InputError("BAD_ROW", {
          what: `the row has ${cells.length} cells, ${names.length} wanted`,
          where: `${source.name}:${line}`,
          mend: "give every column a cell, empty where it is unknown",
        });
      }
      rows.push(rowOf(cells, columns, line, source.name));
    }
    if (rows.length > 0) yield rows;
  }
  if (header === null) {
    throw new InputError("EMPTY", {
      what: "the file has no rows",
      where: source.name,
      mend: "check that it was copied whole",
    });
  }
}

function rowOf(cells: readonly string[], columns: LogColumns, line: number, file: string): Row {
  const cell = (column: number) => (column < 0 ? null : cells[column]!);
  const id = cell(columns.case)!;
  if (id === "") {
    throw new InputError("NO_CASE", {
      what: "the row does not say which case it belongs to",
      where: `${file}:${line}`,
      mend: "name its case, or leave the row out",
    });
  }
  const [time, start] = [cell(columns.time) ?? "", cell(columns.start) ?? ""];
  const [at, begun] = [logInstant(time), logInstant(start)];
  return {
    case: id,
    activity: cell(columns.activity),
    at,
    begun,
    lifecycle: cell(columns.lifecycle),
    resource: cell(columns.resource),
    badTime: (at === null && time.trim() !== "") || (begun === null && start.trim() !== ""),
    line,
  };
}
