import {
  Dictionary,
  Field,
  Float64,
  Int32,
  List,
  RecordBatchFileWriter,
  Table,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { encodeMetadata } from "../../../src/workload/trace/metadata.js";
import { METADATA } from "../made-up-workflows.js";

export interface Row {
  workflow?: number | null;
  submitted?: number;
  template?: string;
  task?: number;
  after?: number[];
  work?: number | null;
  deadline?: number | null;
}

/** A file as another program would write it, by Arrow's own builders, with `batch` rows to a record batch. */
export function foreignTrace(
  rows: readonly Row[],
  { without = "", extra = {}, version = "1", batch = rows.length } = {},
): Uint8Array {
  const dictionary = (id: number) => new Dictionary(new Utf8(), new Int32(), id);
  const columns: Record<string, Vector> = {
    workflow: vectorFromArray(
      rows.map((row) => (row.workflow === undefined ? 0 : row.workflow)),
      new Int32(),
    ),
    submitted: vectorFromArray(
      rows.map((row) => row.submitted ?? 0),
      new Float64(),
    ),
    template: vectorFromArray(
      rows.map((row) => row.template ?? "t"),
      dictionary(0),
    ),
    task: vectorFromArray(
      rows.map((row, r) => row.task ?? r),
      new Int32(),
    ),
    type: vectorFromArray(
      rows.map(() => "type"),
      dictionary(1),
    ),
    after: vectorFromArray(
      rows.map((row) => row.after ?? []),
      LISTS,
    ),
    work: vectorFromArray(
      rows.map((row) => (row.work === undefined ? 1 : row.work)),
      new Float64(),
    ),
    deadline: vectorFromArray(
      rows.map((row) => row.deadline ?? null),
      new Float64(),
    ),
    ...extra,
  };
  delete columns[without];
  const table = new Table(columns);
  const { metadata } = table.schema;
  for (const [key, value] of encodeMetadata(METADATA)) metadata.set(key, value);
  if (version === "") metadata.clear();
  else metadata.set("switchyard.trace.version", version);
  const writer = new RecordBatchFileWriter();
  for (let from = 0; from < rows.length; from += batch) {
    for (const part of table.slice(from, from + batch).batches) writer.write(part);
  }
  writer.finish();
  return writer.toUint8Array(true);
}

const LISTS = new List(new Field("item", new Int32(), true));
