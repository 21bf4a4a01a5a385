import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int16,
  Int32,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Utf8,
  type Vector,
  vectorFromArray,
} from "apache-arrow";
import { ByteSink } from "./byte-sink.js";
import { encodeMetadata, type TraceMetadata } from "./metadata.js";
import {
  type NameColumn,
  NUMBER_COLUMNS,
  type NumberColumn,
  type OptionalColumn,
  type RowBatch,
} from "./row-batch.js";

/** Columns of a file in their order: what they say, and which of them stand only where something is known. */
const COLUMNS = {
  workflow: { meaning: "number of the workflow; grows from one workflow to the next" },
  submitted: { meaning: "since the origin; the same in all rows of a workflow" },
  template: { meaning: "what the workflow is an instance of; the same in all its rows" },
  task: { meaning: "number of the task in its workflow: 0 to n - 1, each once" },
  type: { meaning: "what the task does" },
  after: { meaning: "the `task` numbers of its parents, each once; they must succeed first" },
  work: { meaning: "service requirement at speed 1, at least 0" },
  cpu: { meaning: "cores used, may be fractional" },
  memory: { meaning: "memory used" },
  bytesIn: { meaning: "bytes of the files that the task reads" },
  bytesOut: { meaning: "bytes of the files that the task writes" },
  promptTokens: { meaning: "tokens that a call of a language model reads", whereKnown: true },
  outputTokens: { meaning: "tokens that a call of a language model writes", whereKnown: true },
  prefix: {
    meaning:
      "ids of the blocks of tokens that its prompt begins with, from the first on; an int64 list is read too",
    whereKnown: true,
  },
  priority: { meaning: "larger is more urgent" },
  deadline: { meaning: "after submission; the same in all rows of a workflow; null: none" },
  recordedPool: { meaning: "where the task ran", whereKnown: true },
  recordedReady: { meaning: "when it could start, since the origin, as observed", whereKnown: true },
  recordedStart: { meaning: "when it started, since the origin, as observed", whereKnown: true },
  recordedEnd: { meaning: "when it ended, since the origin, as observed", whereKnown: true },
  attempts: { meaning: "tries that were made", whereKnown: true },
  outcome: { meaning: "`succeeded`, `failed`, `timed out`, `cancelled` or `skipped`", whereKnown: true },
} as const satisfies Record<string, { meaning: string; whereKnown?: true }>;
type ColumnName = keyof typeof COLUMNS;
const COLUMN_ORDER = Object.keys(COLUMNS) as readonly ColumnName[];
const isWhereKnown = (name: ColumnName): boolean => "whereKnown" in COLUMNS[name];
const DICTIONARY_IDS = { template: 0, type: 1, recordedPool: 2, outcome: 3 } as const satisfies Record<
  NameColumn,
  number
>;

/**
 * Writes the Arrow IPC file of a trace piece by piece; `drain` gives the bytes made since. All names are known from
 * the start: the file format forbids to replace a dictionary, and not every reader takes one that grows.
 */
export class ArrowTraceEncoder {
  private readonly sink = new ByteSink();
  private readonly writer = new RecordBatchFileWriter();
  private readonly schema: Schema;
  private readonly dictionaries: Readonly<Record<NameColumn, Vector<Utf8>>>;

  constructor(
    metadata: TraceMetadata,
    names: Readonly<Record<NameColumn, readonly string[]>>,
    known: ReadonlySet<OptionalColumn>,
  ) {
    const columns = COLUMN_ORDER.filter((name) => !isWhereKnown(name) || known.has(name as NumberColumn));
    this.schema = new Schema(columns.map(fieldOf), encodeMetadata(metadata));
    const dictionary = (column: NameColumn) => vectorFromArray(names[column], new Utf8());
    this.dictionaries = {
      template: dictionary("template"),
      type: dictionary("type"),
      recordedPool: dictionary("recordedPool"),
      outcome: dictionary("outcome"),
    };
    this.writer.reset(this.sink, this.schema);
  }

  write(batch: RowBatch): void {
    const children = this.schema.fields.map((field) => this.column(field, batch));
    const struct = makeData({
      type: new Struct(this.schema.fields),
      length: batch.rows,
      nullCount: 0,
      children,
    });
    this.writer.write(new RecordBatch(this.schema, struct));
  }

  /** Writes the footer. */
  finish(): void {
    this.writer.finish();
  }

  drain(): Uint8Array[] {
    return this.sink.drain();
  }

  private column({ name, type }: Field, batch: RowBatch): Data {
    const length = batch.rows;
    switch (name as ColumnName) {
      case "workflow":
      case "task":
        return makeData({ type: new Int32(), length, nullCount: 0, data: batch[name as "task"] });
      case "submitted":
        return makeData({ type: new Float64(), length, nullCount: 0, data: batch.submitted });
      case "after": {
        const child = makeData({
          type: new Int32(),
          length: batch.after.length,
          nullCount: 0,
          data: batch.after,
        });
        return makeData({
          type: type as List<Int32>,
          length,
          nullCount: 0,
          valueOffsets: batch.afterFirst,
          child,
        });
      }
      case "prefix": {
        const { first, values, known } = batch.prefix ?? {
          first: new Int32Array(length + 1),
          values: new Int32Array(0),
          known: new Int32Array(length),
        };
        const child = makeData({ type: new Int32(), length: values.length, nullCount: 0, data: values });
        const { nullCount, nullBitmap } = bitmap(length, (row) => known[row] !== 0);
        return makeData({
          type: type as List<Int32>,
          length,
          nullCount,
          nullBitmap,
          valueOffsets: first,
          child,
        });
      }
      case "template":
      case "type":
      case "recordedPool":
      case "outcome": {
        const column = name as NameColumn;
        const indices = batch.names[column] ?? new Int32Array(length).fill(-1);
        const { nullCount, nullBitmap } = bitmap(length, (row) => indices[row]! >= 0);
        return makeData({
          type: type as Dictionary<Utf8, Int32>,
          length,
          nullCount,
          nullBitmap,
          data: nullCount > 0 ? indices.map((index) => Math.max(0, index)) : indices,
          dictionary: this.dictionaries[column],
        });
      }
      default: {
        const values = batch.numbers[name as NumberColumn] ?? new Float64Array(length).fill(Number.NaN);
        const { nullCount, nullBitmap } = bitmap(length, (row) => !Number.isNaN(values[row]!));
        // What lies under a null is 0, so that the same trace is always the same bytes.
        const filled = nullCount > 0 ? values.map((value) => (Number.isNaN(value) ? 0 : value)) : values;
        return NUMBER_COLUMNS[name as NumberColumn].arrow === "int16"
          ? makeData({ type: new Int16(), length, nullCount, nullBitmap, data: Int16Array.from(filled) })
          : makeData({ type: new Float64(), length, nullCount, nullBitmap, data: filled });
      }
    }
  }
}

/** The schema of a trace of which everything is known, for those who write it down. */
export const traceSchema = (): readonly { field: Field; meaning: string; whereKnown: boolean }[] =>
  COLUMN_ORDER.map((name) => ({
    field: fieldOf(name),
    meaning: COLUMNS[name].meaning,
    whereKnown: isWhereKnown(name),
  }));

function fieldOf(name: ColumnName): Field {
  const required = ["workflow", "submitted", "template", "task", "type", "after"].includes(name);
  return new Field(name, typeOf(name), !required);
}

function typeOf(name: ColumnName): DataType {
  switch (name) {
    case "workflow":
    case "task":
      return new Int32();
    case "submitted":
      return new Float64();
    case "after":
    case "prefix":
      return new List(new Field("item", new Int32(), false));
    case "template":
    case "type":
    case "recordedPool":
    case "outcome":
      return new Dictionary(new Utf8(), new Int32(), DICTIONARY_IDS[name], false);
    default:
      return NUMBER_COLUMNS[name].arrow === "int16" ? new Int16() : new Float64();
  }
}

/** One bit a row, least significant first; none at all where nothing is null. */
function bitmap(
  rows: number,
  known: (row: number) => boolean,
): { nullCount: number; nullBitmap: Uint8Array } {
  const bits = new Uint8Array(Math.ceil(rows / 64) * 8);
  let nullCount = 0;
  for (let row = 0; row < rows; row++) {
    if (known(row)) bits[row >> 3]! |= 1 << (row & 7);
    else nullCount++;
  }
  return { nullCount, nullBitmap: nullCount > 0 ? bits : new Uint8Array(0) };
}
