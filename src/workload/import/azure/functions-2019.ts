import { InputError } from "../../../kit/errors.js";
import type { JsonObject } from "../../../kit/json.js";
import { headOf } from "../content.js";
import { Sum, Tally } from "../figures.js";
import type { Format, Reading, ReadWorkflow } from "../format.js";
import type { Source } from "../source.js";
import { beginsWithColumns, firstCells, type Row, tableRows } from "../table.js";
import { workflowOf } from "../workflow-of.js";

const TABLES = {
  invocations: ["HashOwner", "HashApp", "HashFunction", "Trigger", "1"],
  durations: ["HashOwner", "HashApp", "HashFunction", "Average", "Count"],
  memory: ["HashOwner", "HashApp", "SampleCount", "AverageAllocatedMb"],
} as const;
type Table = keyof typeof TABLES;

const MEBIBYTE = 2 ** 20;
const DAY = 86_400;
/** Of one function in a minute (17,000 a second): a cell beyond that is damaged, and would become as many rows. */
const MOST_CALLS = 1_000_000;

/**
 * Functions by the minute: how often each was called (invocations), how long it took (durations) and what its app held
 * (memory), a table of each a day. Together they are a workload; what comes with no durations has unknown work.
 */
export const azureFunctions2019: Format = {
  name: "azure-functions-2019",
  title: "Azure Functions trace 2019",
  sniff: (head) => tableOf(firstCells(head)) !== null,
  read,

  async statistics(source) {
    const table = await tableIn(source);
    return { format: `azure-functions-2019-${table}`, ...(await STATISTICS[table](source)) };
  },
};

function tableOf(columns: readonly string[]): Table | null {
  const names = new Set(columns);
  return (
    (Object.keys(TABLES) as Table[]).find((table) => TABLES[table].every((name) => names.has(name))) ?? null
  );
}

async function tableIn(source: Source): Promise<Table> {
  const head = await headOf(source);
  for (const table of Object.keys(TABLES) as Table[])
    if (beginsWithColumns(head, TABLES[table])) return table;
  throw new InputError("NO_COLUMN", {
    what: "the header is none of a table of invocations, durations or memory",
    where: source.name,
    mend: "check that the file begins with its header",
  });
}

const rowsOf = (source: Source, table: Table) => tableRows(source, { columns: TABLES[table], ragged: true });

const appOf = (row: Row): string => `${row.text("HashOwner")}/${row.text("HashApp")}`;
const functionOf = (row: Row): string => `${appOf(row)}/${row.text("HashFunction")}`;

async function* read(sources: readonly Source[], reading: Reading): AsyncGenerator<ReadWorkflow> {
  const tables = await Promise.all(sources.map(tableIn));
  const of = (table: Table) => sources.filter((_, i) => tables[i] === table);
  const usage = await usageOf(of("durations"), of("memory"));
  const days = of("invocations");
  if (days.length === 0) {
    throw new InputError("NO_WORKLOAD", {
      what: "there are durations or memory, but no invocations",
      where: sources[0]!.name,
      mend: "give the table of invocations of the same days too",
    });
  }
  for (let day = 0; day < days.length; day++)
    yield* invocations(days[day]!, dayOf(days[day]!, day), usage, reading);
}

/** The official files are `….d01.csv` to `….d14.csv`; others follow one another as they are given. */
function dayOf({ name }: Source, position: number): number {
  const numbered = /\.d(\d\d)\.[^/\\]*$/.exec(name)?.[1];
  return numbered === undefined ? position : Number(numbered) - 1;
}

interface Usage {
  /** Seconds by function: the average over all invocations of all days given. */
  readonly durations: ReadonlyMap<string, number>;
  /** Bytes by app, or by function where the table has them. */
  readonly memory: ReadonlyMap<string, number>;
}

async function usageOf(durations: readonly Source[], memory: readonly Source[]): Promise<Usage> {
  return {
    durations: await averages(durations, "durations", functionOf, "Average", "Count", 1e-3),
    memory: await averages(
      memory,
      "memory",
      (row) => (row.columns.has("HashFunction") ? functionOf(row) : appOf(row)),
      "AverageAllocatedMb",
      "SampleCount",
      MEBIBYTE,
    ),
  };
}

async function averages(
  sources: readonly Source[],
  table: Table,
  keyOf: (row: Row) => string,
  column: string,
  weightColumn: string,
  unit: number,
): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, { total: number; weight: number }>();
  for (const source of sources) {
    for await (const rows of rowsOf(source, table)) {
      for (const row of rows) {
        const value = row.amount(column);
        const weight = row.amount(weightColumn);
        if (Number.isNaN(value) || !(weight > 0)) continue;
        const sum = sums.get(keyOf(row));
        if (sum === undefined) sums.set(keyOf(row), { total: value * unit * weight, weight });
        else {
          sum.total += value * unit * weight;
          sum.weight += weight;
        }
      }
    }
  }
  return new Map(Array.from(sums, ([key, { total, weight }]) => [key, total / weight]));
}

/** The n invocations of a minute come evenly within it, half a step from its ends: the table does not say when. */
async function* invocations(
  source: Source,
  day: number,
  usage: Usage,
  { report }: Reading,
): AsyncGenerator<ReadWorkflow> {
  for await (const rows of rowsOf(source, "invocations")) {
    for (const row of rows) {
      const name = functionOf(row);
      const work = usage.durations.get(name) ?? Number.NaN;
      const memory = usage.memory.get(name) ?? usage.memory.get(appOf(row)) ?? Number.NaN;
      if (row.cells.length > row.columns.size) {
        row.refuse("the row", `has ${row.cells.length} cells, ${row.columns.size} wanted`);
      }
      let unknown = row.columns.size - row.cells.length;
      if (unknown > 0) {
        report.warn(
          "SHORT_ROW",
          "a row ends before its header does; the invocations of the minutes that are left are unknown",
          () => row.where,
        );
      }
      let made = 0;
      for (const minute of minutesOf(row)) {
        const count = row.amount(String(minute));
        if (Number.isNaN(count)) unknown++;
        else if (!Number.isInteger(count)) row.refuse(`minute ${minute}`, `is ${count}, not a whole number`);
        else if (count > MOST_CALLS)
          row.refuse(`minute ${minute}`, `is ${count}, more calls than a function has in a minute`);
        for (let i = 0; i < count; i++) {
          made++;
          const at = day * DAY + (minute - 1) * 60 + ((i + 0.5) / count) * 60;
          yield invocation(row, name, at, work, memory);
        }
      }
      if (made > 0 && Number.isNaN(work)) {
        report.warn(
          "RUNTIME_UNKNOWN",
          "there is no duration for an invocation; its work is unknown",
          () => row.where,
          made,
        );
      }
    }
  }
}

function invocation(row: Row, type: string, at: number, work: number, memory: number): ReadWorkflow {
  return workflowOf(`${row.text("Trigger")} of app ${row.text("HashApp")}`, at, [
    { id: "0", type, parents: [], work, memory, where: row.where },
  ]);
}

/** The minutes that the row has cells for. */
function minutesOf(row: Row): number[] {
  const minutes: number[] = [];
  for (const [name, c] of row.columns)
    if (/^\d+$/.test(name) && c < row.cells.length) minutes.push(Number(name));
  return minutes;
}

/** Rows, and how long they are. */
class Lengths {
  private rows = 0;
  private readonly lengths = new Tally();
  private header = 0;

  add(row: Row): void {
    this.rows++;
    this.lengths.add(String(row.cells.length));
    this.header = row.columns.size;
  }

  figures() {
    return { rows: this.rows, header_columns: this.header, row_lengths: this.lengths.toObject() };
  }
}

const STATISTICS: Record<Table, (source: Source) => Promise<JsonObject>> = {
  async invocations(source) {
    const lengths = new Lengths();
    const functions = new Set<string>();
    const triggers = new Tally();
    const perFunction: number[] = [];
    const perMinute = new Map<number, number>();
    let minutes = 0;
    let short = 0;
    for await (const rows of rowsOf(source, "invocations")) {
      for (const row of rows) {
        lengths.add(row);
        functions.add(functionOf(row));
        triggers.add(row.text("Trigger"));
        if (row.cells.length < row.columns.size) short++;
        minutes = [...row.columns.keys()].filter((name) => /^\d+$/.test(name)).length;
        let sum = 0;
        for (const minute of minutesOf(row)) {
          const count = row.number(String(minute));
          if (Number.isNaN(count)) continue;
          sum += count;
          perMinute.set(minute, (perMinute.get(minute) ?? 0) + count);
        }
        perFunction.push(sum);
      }
    }
    let peak = 0;
    for (const count of perMinute.values()) peak = Math.max(peak, count);
    return {
      ...lengths.figures(),
      functions: functions.size,
      minutes_in_header: minutes,
      invocations: perFunction.reduce((a, b) => a + b, 0),
      rows_shorter_than_header: short,
      invocations_per_function: perFunction,
      triggers: triggers.toObject(),
      peak_minute_total: peak,
    };
  },

  async durations(source) {
    const lengths = new Lengths();
    const functions = new Set<string>();
    const counts = new Sum();
    const work = new Sum();
    for await (const rows of rowsOf(source, "durations")) {
      for (const row of rows) {
        lengths.add(row);
        functions.add(functionOf(row));
        counts.add(row.number("Count"));
        work.add(row.number("Average") * row.number("Count"));
      }
    }
    return {
      ...lengths.figures(),
      functions: functions.size,
      count_sum: counts.value,
      work_ms: work.value,
      total_work_s: work.value / 1000,
    };
  },

  async memory(source) {
    const lengths = new Lengths();
    const samples = new Sum();
    const megabytes = new Sum();
    for await (const rows of rowsOf(source, "memory")) {
      for (const row of rows) {
        lengths.add(row);
        samples.add(row.number("SampleCount"));
        megabytes.add(row.number("AverageAllocatedMb"));
      }
    }
    return {
      ...lengths.figures(),
      sample_count_sum: samples.value,
      memory_mb_sum: megabytes.value,
    };
  },
};
