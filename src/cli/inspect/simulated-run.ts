import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataType, type Table, tableFromIPC } from "apache-arrow";
import { InputError } from "../../kit/errors.js";
import type { FeatureSpec } from "../../model/features.js";
import type { ScoreSense } from "../../model/score-sense.js";
import type { Candidates, RunRecord, Spell } from "../../report/inspect/run-record.js";
import { NO_DECISIONS, NO_SERIES } from "./recorded-run.js";

/**
 * The run whose telemetry lies in a folder, as `simulate --out` writes it.
 * @throws {InputError} NO_TELEMETRY; BAD_ARROW
 */
export async function simulatedRun(folder: string): Promise<RunRecord> {
  const tables = new Map<string, Columns>();
  const files = await readdir(folder).catch(() => []);
  for (const file of files.sort()) {
    if (file.endsWith(".arrow"))
      tables.set(file.slice(0, -".arrow".length), await readTable(join(folder, file)));
  }
  const attempts = tables.get("attempts");
  if (attempts === undefined) {
    throw new InputError("NO_TELEMETRY", {
      what: "there is no attempts.arrow in the folder",
      where: folder,
      mend: "record a run with `switchyard simulate SCENARIO --out FOLDER`",
    });
  }
  const sources: string[] = [];
  const pools = (attempts.json("switchyard.pools") ?? []) as RunRecord["pools"];
  const poolNames = pools.map(({ name }) => name);
  const flows = new FlowRows(sources);
  const workflows = workflowsOf(tables.get("workflows"), flows);
  const count = attempts.count;
  const columns = {
    count,
    workflow: flows.rowsOf(attempts),
    task: attempts.integers("task"),
    instance: attempts.integers("instance"),
    attempt: attempts.integers("attempt"),
    copy: attempts.integers("copy"),
    pool: attempts.named("pool", poolNames),
    outcome: attempts.integers("outcome"),
    ready: attempts.numbers("ready"),
    started: attempts.numbers("started"),
    ended: attempts.numbers("ended"),
  };
  const decisions = tables.get("decisions");
  const decided = decisions === undefined ? NO_DECISIONS : decisionsOf(decisions, flows, poolNames);
  const candidates = [...tables].flatMap(([name, table]) =>
    name.startsWith("candidates.")
      ? candidatesOf(name.slice("candidates.".length), table, flows, poolNames)
      : [],
  );
  const end = columns.ended.reduce((most, time) => Math.max(most, time), 0);
  const scenario = attempts.metadata.get("switchyard.scenario") ?? "";
  return {
    title: scenario === "" ? "Simulated run" : scenario,
    policy: attempts.metadata.get("switchyard.policy") ?? "",
    sources,
    pools: poolNames.map((name, p) => ({ name, servers: pools[p]?.servers ?? null })),
    outcomes: attempts.namesOf("outcome"),
    taskNames: (attempts.json("switchyard.tasks") ?? {}) as RunRecord["taskNames"],
    attempts: columns,
    workflows: flows.completed(workflows, columns),
    decisions: decided,
    candidates,
    spells: spellsOf(tables.get("weather"), poolNames, end),
    series: seriesOf(tables.get("series"), poolNames),
  };
}

async function readTable(path: string): Promise<Columns> {
  try {
    return new Columns(tableFromIPC(await readFile(path)));
  } catch (cause) {
    throw new InputError(
      "BAD_ARROW",
      { what: "the table cannot be read", where: path, mend: "record the run again" },
      { cause },
    );
  }
}

/** Columns of an Arrow table as typed arrays. What is not there is -1 or NaN throughout. */
class Columns {
  readonly count: number;
  readonly metadata: ReadonlyMap<string, string>;

  constructor(private readonly table: Table) {
    this.count = table.numRows;
    this.metadata = table.schema.metadata;
  }

  get names(): string[] {
    return this.table.schema.fields.map(({ name }) => name);
  }

  json(key: string): unknown {
    const text = this.metadata.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  numbers(name: string): Float64Array {
    const vector = this.table.getChild(name);
    return vector === null
      ? new Float64Array(this.count).fill(Number.NaN)
      : Float64Array.from(vector.toArray());
  }

  /** Numbers, or indices of names; -1 for null. */
  integers(name: string): Int32Array {
    const vector = this.table.getChild(name);
    const values = new Int32Array(this.count).fill(-1);
    let at = 0;
    for (const { values: part, length, nullCount, type } of vector?.data ?? []) {
      values.set((part as Int32Array).subarray(0, length), at);
      if (nullCount > 0 && DataType.isDictionary(type)) {
        for (let row = at; row < at + length; row++) if (!vector!.isValid(row)) values[row] = -1;
      }
      at += length;
    }
    return values;
  }

  /** Names behind a dictionary's indices. */
  namesOf(name: string): string[] {
    const dictionary = this.table.getChild(name)?.data[0]?.dictionary;
    return dictionary === undefined ? [] : Array.from(dictionary, String);
  }

  /** Indices into a list of names that all tables share, which grows where one is not in it. */
  named(name: string, shared: string[]): Int32Array {
    const numbers = this.namesOf(name).map((one) => {
      const at = shared.indexOf(one);
      return at >= 0 ? at : shared.push(one) - 1;
    });
    return this.integers(name).map((index) => (index < 0 ? -1 : numbers[index]!));
  }
}

/** What the record of a workflow tells, besides which it is. */
type Flows = Pick<RunRecord["workflows"], "succeeded" | "submitted" | "due" | "ended">;

/** Rows of workflows by source and number. Those that had not ended when the run did are only known by what they did. */
class FlowRows {
  private readonly rows = new Map<number, number>();
  private readonly keys: number[] = [];

  constructor(private readonly sources: string[]) {}

  rowsOf(table: Columns): Int32Array {
    const source = table.named("source", this.sources);
    const serial = table.integers("workflow");
    return source.map((s, row) => (s < 0 ? -1 : this.rowOf(s, serial[row]!)));
  }

  private rowOf(source: number, serial: number): number {
    // Numbers of workflows are below 2^31.
    const key = source * 2 ** 31 + serial;
    let row = this.rows.get(key);
    if (row === undefined) {
      row = this.keys.push(key) - 1;
      this.rows.set(key, row);
    }
    return row;
  }

  /** Every workflow that was met, what is not known of it filled in as far as its attempts tell. */
  completed(known: Flows, attempts: RunRecord["attempts"]): RunRecord["workflows"] {
    const count = this.keys.length;
    const more = <A extends Int8Array | Float64Array>(column: A, whole: A, fill: number): A => {
      whole.fill(fill);
      whole.set(column as never);
      return whole;
    };
    const submitted = more(known.submitted, new Float64Array(count), Number.POSITIVE_INFINITY);
    for (let row = 0; row < attempts.count; row++) {
      const w = attempts.workflow[row]!;
      if (w >= known.submitted.length) submitted[w] = Math.min(submitted[w]!, attempts.ready[row]!);
    }
    return {
      count,
      source: Int32Array.from(this.keys, (key) => Math.floor(key / 2 ** 31)),
      serial: Int32Array.from(this.keys, (key) => key % 2 ** 31),
      succeeded: more(known.succeeded, new Int8Array(count), -1),
      submitted: submitted.map((time) => (time < Number.POSITIVE_INFINITY ? time : Number.NaN)),
      due: more(known.due, new Float64Array(count), Number.POSITIVE_INFINITY),
      ended: more(known.ended, new Float64Array(count), Number.NaN),
    };
  }
}

/** Their rows are those that `flows` gives, as nothing was met before. */
function workflowsOf(table: Columns | undefined, flows: FlowRows): Flows {
  if (table !== undefined) flows.rowsOf(table);
  const none = new Float64Array(0);
  return {
    succeeded: Int8Array.from(table?.integers("succeeded") ?? []),
    submitted: table?.numbers("submitted") ?? none,
    due: table?.numbers("due") ?? none,
    ended: table?.numbers("ended") ?? none,
  };
}

function decisionsOf(table: Columns, flows: FlowRows, pools: string[]): RunRecord["decisions"] {
  return {
    count: table.count,
    kinds: table.namesOf("kind"),
    kind: table.integers("kind"),
    workflow: flows.rowsOf(table),
    task: table.integers("task"),
    pool: table.named("pool", pools),
    serial: table.integers("serial"),
    option: table.integers("option"),
    candidates: table.integers("candidates"),
    chosen: table.integers("chosen"),
    propensity: table.numbers("propensity"),
    time: table.numbers("time"),
  };
}

function candidatesOf(kind: string, table: Columns, flows: FlowRows, pools: string[]): Candidates[] {
  const spec = table.json("switchyard.features") as FeatureSpec | undefined;
  if (spec === undefined) return [];
  const features = [...spec.context, ...spec.candidate].map(({ name }) => name);
  return [
    {
      kind,
      spec,
      count: table.count,
      decision: table.integers("decision"),
      workflow: flows.rowsOf(table),
      task: table.integers("task"),
      pool: table.named("pool", pools),
      option: table.integers("option"),
      allowed: table.integers("allowed"),
      senses: table.namesOf("sense") as ScoreSense[],
      sense: table.integers("sense"),
      score: table.numbers("score"),
      features: new Map(features.map((name) => [name, table.numbers(name)])),
    },
  ];
}

/** A disturbance from each of its beginnings to the end that follows. */
function spellsOf(table: Columns | undefined, poolNames: readonly string[], end: number): Spell[] {
  if (table === undefined) return [];
  const legend = (table.json("switchyard.weather") ?? []) as {
    name: string;
    pools: string[];
    effect: string;
  }[];
  const names = table.namesOf("weather");
  const [weather, began, time] = [table.integers("weather"), table.integers("began"), table.numbers("time")];
  const spells: Spell[] = [];
  const open = new Map<number, number>();
  const close = (w: number, from: number, until: number) => {
    const told = legend.find(({ name }) => name === names[w]);
    const pools = (told?.pools ?? []).map((name) => poolNames.indexOf(name)).filter((p) => p >= 0);
    spells.push({ name: names[w]!, effect: told?.effect ?? "", pools, from, until });
  };
  for (let row = 0; row < table.count; row++) {
    const w = weather[row]!;
    if (began[row] === 1) open.set(w, time[row]!);
    else if (open.has(w)) {
      close(w, open.get(w)!, time[row]!);
      open.delete(w);
    }
  }
  for (const [w, from] of open) close(w, from, Math.max(from, end));
  return spells.sort((a, b) => a.from - b.from);
}

function seriesOf(table: Columns | undefined, pools: string[]): RunRecord["series"] {
  if (table === undefined) return NO_SERIES;
  return {
    count: table.count,
    time: table.numbers("time"),
    pool: table.named("pool", pools),
    running: table.integers("running"),
    waiting: table.integers("waiting"),
    servers: table.integers("servers"),
  };
}
