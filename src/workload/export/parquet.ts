import type { SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import { encodeMetadata, type TraceMetadata } from "../trace/metadata.js";
import type { TraceWorkflow } from "../trace/workflow.js";
import { type Cell, EXPORTED_COLUMNS } from "./columns.js";

/** Rows of a row group: what is held in memory. */
const GROUP_ROWS = 100_000;

/**
 * A trace as a Parquet file (Snappy), a row a task with the columns and the metadata of docs/trace-format.md; `after` is
 * a list of int32. DuckDB, pyarrow and Spark open it as it is.
 */
export async function* parquetOf(
  flows: AsyncIterable<TraceWorkflow>,
  metadata: TraceMetadata,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: SCHEMA,
    createdBy: "switchyard",
    kvMetadata: Array.from(encodeMetadata(metadata), ([key, value]) => ({ key, value })),
  });
  let columns = emptyColumns();
  let n = 0;
  for await (const flow of flows) {
    for (let t = 0; t < flow.count; t++) {
      for (let c = 0; c < EXPORTED_COLUMNS.length; c++) columns[c]!.push(EXPORTED_COLUMNS[c]!.of(flow, t, n));
    }
    n++;
    if (columns[0]!.length < GROUP_ROWS) continue;
    await writer.write({ columnData: sourcesOf(columns), rowGroupSize: columns[0]!.length });
    columns = emptyColumns();
    yield drained(bytes);
  }
  if (columns[0]!.length > 0) {
    await writer.write({ columnData: sourcesOf(columns), rowGroupSize: columns[0]!.length });
  }
  await writer.finish();
  yield drained(bytes);
}

const emptyColumns = (): Cell[][] => EXPORTED_COLUMNS.map(() => []);

const sourcesOf = (columns: Cell[][]): ColumnSource[] =>
  EXPORTED_COLUMNS.map(({ name }, c) => ({ name, data: columns[c]! }));

/** What was written since the last time; the writer goes on where it is, its offsets counting from the file's begin. */
function drained(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice();
  bytes.index = 0;
  return piece;
}

const SCHEMA: SchemaElement[] = [
  { name: "trace", num_children: EXPORTED_COLUMNS.length },
  ...EXPORTED_COLUMNS.flatMap(({ name, kind, required }): SchemaElement[] => {
    const repetition_type = required ? "REQUIRED" : "OPTIONAL";
    if (kind === "integer") return [{ name, type: "INT32", repetition_type }];
    if (kind === "number") return [{ name, type: "DOUBLE", repetition_type }];
    if (kind === "name") return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type }];
    return [
      { name, converted_type: "LIST", num_children: 1, repetition_type },
      { name: "list", num_children: 1, repetition_type: "REPEATED" },
      { name: "element", type: "INT32", repetition_type: "REQUIRED" },
    ];
  }),
];
