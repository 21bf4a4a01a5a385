import { createHash } from "node:crypto";
import {
  type Data,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { assert } from "../kit/assert.js";
import type { RowTable } from "../kit/row-table.js";
import { featureSpec } from "../model/features.js";
import type { DecisionKind, Scenario } from "../model/scenario.js";
import type { Recorder } from "./recorder.js";

/** Tables that every recorder has; some may have nothing in them. */
const ALWAYS = ["attempts", "workflows", "decisions"] as const;

/**
 * The tables of a recorded run by name: `attempts`, `workflows`, `decisions`; `weather` where the scenario has any, `series`
 * where pools were recorded at even moments, and `candidates.<kind>` where what policies saw was.
 */
export function telemetryTables(recorder: Recorder): ReadonlyMap<string, RowTable> {
  const tables = new Map<string, RowTable>(ALWAYS.map((name) => [name, recorder[name]]));
  if (recorder.weatherNames.length > 0) tables.set("weather", recorder.weather);
  if (recorder.series.length > 0) tables.set("series", recorder.series);
  for (const [kind, rows] of Object.entries(recorder.candidates)) {
    if (rows.table.length > 0) tables.set(`candidates.${kind}`, rows.table);
  }
  return tables;
}

/** Which columns are indices into which list of names. */
const NAMED: Readonly<Record<string, (recorder: Recorder) => readonly string[]>> = {
  source: (recorder) => recorder.sourceNames,
  pool: (recorder) => recorder.poolNames,
  outcome: (recorder) => recorder.outcomeNames,
  kind: (recorder) => recorder.kindNames,
  weather: (recorder) => recorder.weatherNames,
  sense: (recorder) => recorder.senseNames,
};

/** One table of a run's telemetry as an Arrow IPC file: times in seconds, names as dictionaries. */
export function telemetryFile(recorder: Recorder, table: string): Uint8Array {
  const rows = telemetryTables(recorder).get(table);
  assert(rows !== undefined, `the run has no table ${table}`);
  const fields: Field[] = [];
  const children: Data[] = [];
  const { length } = rows;
  let dictionaries = 0;
  for (const name of rows.names) {
    const values = rows.column(name);
    const names = NAMED[name]?.(recorder);
    if (names !== undefined) {
      const type = new Dictionary(new Utf8(), new Int32(), dictionaries++);
      const dictionary = vectorFromArray([...names], new Utf8()) as Vector<Utf8>;
      const { indices, nullCount, nullBitmap } = nullsOf(values as Int32Array);
      children.push(makeData({ type, length, nullCount, nullBitmap, data: indices, dictionary }));
      fields.push(new Field(name, type, nullCount > 0));
    } else if (values instanceof Int32Array) {
      children.push(makeData({ type: new Int32(), length, nullCount: 0, data: values }));
      fields.push(new Field(name, new Int32(), false));
    } else {
      children.push(makeData({ type: new Float64(), length, nullCount: 0, data: values }));
      fields.push(new Field(name, new Float64(), false));
    }
  }
  const metadata = new Map([
    ["switchyard.telemetry", table],
    ["switchyard.telemetry.version", "1"],
    ["switchyard.policy", recorder.policyName],
    ["switchyard.units", "times in seconds since the run began"],
    ["switchyard.scenario", recorder.scenario.name],
    ...legends(recorder.scenario, table),
  ]);
  const schema = new Schema(fields, metadata);
  const batch = new RecordBatch(
    schema,
    makeData({ type: new Struct(fields), length, nullCount: 0, children }),
  );
  return tableToIPC(new Table([batch]), "file");
}

/** What a table's names and numbers stand for, as JSON: readers need no scenario file beside it. */
function legends(
  { pools, workflows, weather = [] }: Scenario,
  table: string,
): readonly (readonly [key: string, json: string])[] {
  const [group, kind] = table.split(".");
  if (group === "candidates") {
    return [["switchyard.features", JSON.stringify(featureSpec(kind as DecisionKind))]];
  }
  if (table === "weather") {
    const told = weather.map(({ name, pools: struck, effect }) => ({
      name,
      pools: struck.map((p) => pools[p]!.name),
      effect: effect.kind,
    }));
    return [["switchyard.weather", JSON.stringify(told)]];
  }
  if (table !== "attempts") return [];
  const tasks = workflows.map(({ name, tasks }) => [name, tasks.map((task) => task.name)] as const);
  return [
    ["switchyard.pools", JSON.stringify(pools.map(({ name, servers }) => ({ name, servers })))],
    ["switchyard.tasks", JSON.stringify(Object.fromEntries(tasks))],
  ];
}

/** Indices into names, where -1 stands for none: what Arrow calls null. */
function nullsOf(values: Int32Array) {
  const nullCount = values.reduce((count, value) => (value < 0 ? count + 1 : count), 0);
  if (nullCount === 0) return { indices: values, nullCount, nullBitmap: undefined };
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (value >= 0) nullBitmap[row >> 3]! |= 1 << (row & 7);
  });
  return { indices: values.map((value) => Math.max(0, value)), nullCount, nullBitmap };
}

/** SHA-256 over every recorded column: two runs are the same run exactly where their digests are. */
export function telemetryDigest(recorder: Recorder): string {
  const hash = createHash("sha256");
  for (const [table, rows] of telemetryTables(recorder)) {
    for (const name of rows.names) {
      const values = rows.column(name);
      hash.update(`${table}.${name}:${values.length}\n`);
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  return hash.digest("hex");
}
