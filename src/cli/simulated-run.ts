import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Table, tableFromIPC } from "apache-arrow";
import { InputError } from "../kit/errors.js";
import type {
  PerfettoCounter,
  PerfettoInstant,
  PerfettoRun,
  PerfettoSlice,
  PerfettoSpan,
} from "../report/perfetto.js";

/**
 * The run whose telemetry lies in a folder, as `simulate --out` writes it: attempts on their pools, workflows, pools
 * over time and the weather where they were recorded.
 * @throws {InputError} NO_TELEMETRY
 */
export async function simulatedRun(folder: string): Promise<PerfettoRun> {
  const attempts = await tableIn(folder, "attempts");
  if (attempts === null) {
    throw new InputError("NO_TELEMETRY", {
      what: "there is no attempts.arrow in the folder",
      where: folder,
      mend: "record a run with `switchyard simulate SCENARIO --out FOLDER`",
    });
  }
  const policy = attempts.schema.metadata.get("switchyard.policy") ?? "";
  return {
    title: policy === "" ? "simulated run" : `simulated run under ${policy}`,
    slices: slicesOf(attempts),
    workflows: spansOf(await tableIn(folder, "workflows")),
    counters: countersOf(await tableIn(folder, "series")),
    instants: instantsOf(await tableIn(folder, "weather")),
  };
}

async function tableIn(folder: string, name: string): Promise<Table | null> {
  const path = join(folder, `${name}.arrow`);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch {
    return null;
  }
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw new InputError(
      "BAD_ARROW",
      { what: "the table cannot be read", where: path, mend: "record the run again" },
      { cause },
    );
  }
}

/** A column as an accessor: what is not there is null throughout. */
function column(table: Table, name: string): (row: number) => unknown {
  const vector = table.getChild(name);
  return vector === null ? () => null : (row) => vector.get(row);
}

function* slicesOf(table: Table): Generator<PerfettoSlice> {
  const [source, workflow, task, instance, attempt, copy] = [
    "source",
    "workflow",
    "task",
    "instance",
    "attempt",
    "copy",
  ].map((name) => column(table, name));
  const [pool, outcome, ready, started, ended] = ["pool", "outcome", "ready", "started", "ended"].map(
    (name) => column(table, name),
  );
  const starts = Float64Array.from({ length: table.numRows }, (_, row) => Number(started!(row)));
  const order = Int32Array.from({ length: table.numRows }, (_, row) => row)
    .filter((row) => starts[row]! >= 0)
    .sort((a, b) => starts[a]! - starts[b]! || a - b);
  for (const row of order) {
    const result = String(outcome!(row));
    yield {
      pool: String(pool!(row) ?? "no pool"),
      name: `${source!(row)} ${workflow!(row)}.${task!(row)}`,
      start: starts[row]!,
      end: Number(ended!(row)),
      args: {
        outcome: result,
        waited: starts[row]! - Number(ready!(row)),
        attempt: Number(attempt!(row)),
        ...(Number(copy!(row)) > 0 ? { copy: Number(copy!(row)) } : {}),
        ...(Number(instance!(row)) > 0 ? { instance: Number(instance!(row)) } : {}),
      },
    };
  }
}

function* spansOf(table: Table | null): Generator<PerfettoSpan> {
  if (table === null) return;
  const [source, workflow, submitted, ended] = ["source", "workflow", "submitted", "ended"].map((name) =>
    column(table, name),
  );
  for (let row = 0; row < table.numRows; row++) {
    yield {
      id: row,
      name: `${source!(row)} ${workflow!(row)}`,
      start: Number(submitted!(row)),
      end: Number(ended!(row)),
    };
  }
}

function* countersOf(table: Table | null): Generator<PerfettoCounter> {
  if (table === null) return;
  const [time, pool, running, waiting, servers] = ["time", "pool", "running", "waiting", "servers"].map(
    (name) => column(table, name),
  );
  for (let row = 0; row < table.numRows; row++) {
    yield {
      pool: String(pool!(row)),
      time: Number(time!(row)),
      values: {
        running: Number(running!(row)),
        waiting: Number(waiting!(row)),
        servers: Number(servers!(row)),
      },
    };
  }
}

function* instantsOf(table: Table | null): Generator<PerfettoInstant> {
  if (table === null) return;
  const [weather, began, time] = ["weather", "began", "time"].map((name) => column(table, name));
  for (let row = 0; row < table.numRows; row++) {
    yield {
      name: `${weather!(row)} ${Number(began!(row)) > 0 ? "begins" : "ends"}`,
      time: Number(time!(row)),
    };
  }
}
