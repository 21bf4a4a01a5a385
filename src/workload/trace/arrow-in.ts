import {
  type Data,
  DataType,
  type Dictionary,
  type Field,
  type RecordBatch,
  type Schema,
  type Utf8,
  type Vector,
} from "apache-arrow";
import { InputError } from "../../kit/errors.js";
import { TRACE_LIMITS } from "./limits.js";
import {
  type ListColumn,
  NAME_COLUMN_NAMES,
  type NameColumn,
  NUMBER_COLUMN_NAMES,
  NUMBER_COLUMNS,
  type NumberColumn,
  type RowBatch,
} from "./row-batch.js";

/** Names by number: what the indices of a batch point into. */
export type NameTables = Readonly<Record<NameColumn, readonly string[]>>;

/** Takes the record batches of one file apart into plain columns, believing nothing that they say of themselves. */
export class ArrowTraceDecoder {
  private readonly tables = new Map<Vector, readonly string[]>();
  private readonly named: Record<NameColumn, readonly string[]> = {
    template: [],
    type: [],
    recordedPool: [],
    outcome: [],
  };
  /** Rows before the batch at hand. */
  private before = 0;

  /** @throws {InputError} BAD_TRACE when a column is missing or has another type */
  constructor(
    private readonly schema: Schema,
    private readonly file: string,
  ) {
    for (const name of REQUIRED) {
      if (schema.fields.every((field) => field.name !== name)) {
        throw new InputError("BAD_TRACE", {
          what: `the column "${name}" is missing`,
          where: file,
          mend: `a trace has at least the columns ${REQUIRED.join(", ")}`,
        });
      }
    }
    const seen = new Set<string>();
    for (const { name, type } of schema.fields) {
      const wanted = WANTED[name];
      if (wanted !== undefined && (!wanted.fits(type) || seen.has(name))) {
        throw new InputError("BAD_TRACE", {
          what: seen.has(name)
            ? `the column "${name}" stands twice`
            : `the column "${name}" has type ${type}, and ${wanted.text} was to come`,
          where: file,
          mend: "see docs/trace-format.md for the columns and their types",
        });
      }
      seen.add(name);
    }
  }

  get names(): NameTables {
    return this.named;
  }

  decode(batch: RecordBatch): RowBatch {
    const rows = batch.numRows;
    const column = (name: string): Data | undefined => {
      const at = this.schema.fields.findIndex((field: Field) => field.name === name);
      return at < 0 ? undefined : batch.data.children[at];
    };
    const numbers: Partial<Record<NumberColumn, Float64Array>> = {};
    for (const name of NUMBER_COLUMN_NAMES) {
      const data = column(name);
      if (data !== undefined) numbers[name] = this.numbers(name, data, rows);
    }
    const names: Partial<Record<NameColumn, Int32Array>> = {};
    for (const name of NAME_COLUMN_NAMES) {
      const data = column(name);
      if (data !== undefined) names[name] = this.indices(name, data as Data<Dictionary<Utf8>>, rows);
    }
    const prefix = column("prefix");
    const decoded: RowBatch = {
      rows,
      workflow: this.integers("workflow", column("workflow")!, rows),
      submitted: this.submitted(column("submitted")!, rows),
      task: this.integers("task", column("task")!, rows),
      ...this.lists(column("after")!, rows),
      numbers,
      names,
      prefix: prefix === undefined ? undefined : this.prefixes(prefix, rows),
    };
    this.before += rows;
    return decoded;
  }

  private integers(name: string, data: Data, rows: number): Int32Array {
    const values = this.values(name, data, rows) as Int32Array;
    this.refuseNulls(name, data, rows);
    return values;
  }

  private submitted(data: Data, rows: number): Float64Array {
    const values = this.values("submitted", data, rows) as Float64Array;
    this.refuseNulls("submitted", data, rows);
    for (let row = 0; row < rows; row++) {
      if (!Number.isFinite(values[row]!))
        this.fail(row, `submitted is ${values[row]}`, "give seconds, a finite number");
    }
    return values;
  }

  private numbers(name: NumberColumn, data: Data, rows: number): Float64Array {
    const values = this.values(name, data, rows) as Float64Array | Int16Array;
    const { least } = NUMBER_COLUMNS[name];
    const isNull = this.nulls(name, data, rows);
    const known = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      const value = isNull(row) ? Number.NaN : values[row]!;
      known[row] = value;
      if (value >= least && value < Number.POSITIVE_INFINITY) continue;
      if (!Number.isNaN(value) || !isNull(row)) {
        this.fail(
          row,
          `${name} is ${value}`,
          least === 0 ? "give a finite number of at least 0, or null" : "give a finite number, or null",
        );
      }
    }
    return known;
  }

  private indices(name: NameColumn, data: Data<Dictionary<Utf8>>, rows: number): Int32Array {
    const values = this.values(name, data, rows) as Int32Array;
    const table = this.table(name, data);
    const isNull = this.nulls(name, data, rows);
    if (name === "template" || name === "type") this.refuseNulls(name, data, rows);
    const indices = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      const index = isNull(row) ? -1 : Number(values[row]!);
      if (index < -1 || index >= table.length || (index < 0 && !isNull(row))) {
        this.fail(row, `${name} points to name ${index} of ${table.length}`, CORRUPT);
      }
      indices[row] = index;
    }
    return indices;
  }

  private table(name: NameColumn, data: Data<Dictionary<Utf8>>): readonly string[] {
    const { dictionary } = data;
    if (dictionary === undefined) return [];
    let table = this.tables.get(dictionary);
    if (table === undefined) {
      if (dictionary.length > TRACE_LIMITS.names) {
        this.fail(
          0,
          `${name} has ${dictionary.length} names, and at most ${TRACE_LIMITS.names} are read`,
          "merge names",
        );
      }
      for (const chunk of dictionary.data) {
        this.checkOffsets(`the names of ${name}`, chunk.valueOffsets, chunk.length, chunk.values.length);
        if (chunk.nullCount > 0) this.fail(0, `a name of ${name} is null`, "give every name");
      }
      table = Array.from({ length: dictionary.length }, (_, i) => dictionary.get(i) as string);
      this.tables.set(dictionary, table);
      this.named[name] = table;
    }
    return table;
  }

  private lists(data: Data, rows: number): { afterFirst: Int32Array; after: Int32Array } {
    this.refuseNulls("after", data, rows);
    const { first, values } = this.list("after", data, rows);
    return { afterFirst: first, after: values as Int32Array };
  }

  private prefixes(data: Data, rows: number): ListColumn {
    const isNull = this.nulls("prefix", data, rows);
    const { first, values } = this.list("prefix", data, rows);
    const known = Int32Array.from({ length: rows }, (_, row) => (isNull(row) ? 0 : 1));
    const blocks = new Int32Array(values.length);
    for (let row = 0; row < rows; row++) {
      for (let i = first[row]!; i < first[row + 1]!; i++) {
        const block = values[i]!;
        if (block < 0 || block > MOST_BLOCK) {
          this.fail(row, `prefix holds the block ${block}`, `number blocks from 0 to ${MOST_BLOCK}`);
        }
        blocks[i] = Number(block);
      }
    }
    return { first, values: blocks, known };
  }

  private list(
    name: string,
    data: Data,
    rows: number,
  ): { readonly first: Int32Array; readonly values: Int32Array | BigInt64Array } {
    const child = data.children[0];
    const values = (child?.values ?? new Int32Array(0)) as Int32Array | BigInt64Array;
    const length = child?.length ?? 0;
    if (rows > 0 || data.valueOffsets?.length > 0) this.checkOffsets(name, data.valueOffsets, rows, length);
    if (length > 0) {
      if (values.length < length) this.corrupt(name);
      if (child!.nullCount > 0) this.fail(0, `a number in ${name} is null`, "leave it out of the list");
    }
    const offsets = rows > 0 ? (data.valueOffsets as Int32Array) : new Int32Array(1);
    const base = offsets[0]!;
    const first = offsets.slice(0, rows + 1);
    for (let row = 0; row <= rows; row++) first[row]! -= base;
    return { first, values: values.subarray(base, base + first[rows]!) };
  }

  private checkOffsets(name: string, offsets: Int32Array | undefined, count: number, length: number): void {
    if (count === 0) return;
    if (offsets === undefined || offsets.length < count + 1 || offsets[0]! < 0 || offsets[count]! > length) {
      this.corrupt(name);
    }
    for (let i = 0; i < count; i++) if (offsets![i + 1]! < offsets![i]!) this.corrupt(name);
  }

  /** The values, of which there must be as many as rows: a damaged file can promise more than it holds. */
  private values(name: string, data: Data, rows: number): ArrayLike<number> {
    const values = (data.values ?? []) as ArrayLike<number>;
    if (data.length < rows || values.length < rows || data.offset !== 0) this.corrupt(name);
    return values;
  }

  private nulls(name: string, data: Data, rows: number): (row: number) => boolean {
    if (data.nullCount <= 0) return () => false;
    const bits = data.nullBitmap;
    if (bits === undefined || bits.length * 8 < rows) this.corrupt(name);
    return (row) => (bits![row >> 3]! & (1 << (row & 7))) === 0;
  }

  private refuseNulls(name: string, data: Data, rows: number): void {
    const isNull = this.nulls(name, data, rows);
    if (data.nullCount <= 0) return;
    for (let row = 0; row < rows; row++)
      if (isNull(row)) this.fail(row, `${name} is null`, "it must be known in every row");
  }

  private fail(row: number, what: string, mend: string): never {
    throw new InputError("BAD_TRACE", { what, where: `${this.file} > row ${this.before + row}`, mend });
  }

  private corrupt(column: string): never {
    throw new InputError("BAD_ARROW", {
      what: `the record batch at row ${this.before} holds less than it says: "${column}" is cut off or out of order`,
      where: this.file,
      mend: CORRUPT,
    });
  }
}

const CORRUPT = "the file is damaged: copy or import it again";

const REQUIRED = ["workflow", "submitted", "template", "task", "type", "after", "work"] as const;

interface Wanted {
  readonly text: string;
  fits(type: DataType): boolean;
}

const INT32: Wanted = { text: "int32", fits: (type) => isInt(type, 32) };
const INT16: Wanted = { text: "int16", fits: (type) => isInt(type, 16) };
const FLOAT64: Wanted = { text: "float64", fits: (type) => DataType.isFloat(type) && type.precision === 2 };
const NAMES: Wanted = {
  text: "a dictionary of utf8",
  fits: (type) =>
    DataType.isDictionary(type) && DataType.isUtf8(type.dictionary) && type.indices.bitWidth <= 32,
};
const LIST: Wanted = {
  text: "list<int32>",
  fits: (type) => DataType.isList(type) && type.children.length === 1 && isInt(type.children[0]!.type, 32),
};

/** Ids of blocks are numbers of 32 bits, also where a file has room for more. */
const MOST_BLOCK = 2 ** 31 - 1;
const BLOCKS: Wanted = {
  text: "list<int32> or list<int64>",
  fits: (type) =>
    DataType.isList(type) &&
    type.children.length === 1 &&
    [32, 64].some((bits) => isInt(type.children[0]!.type, bits)),
};

/** A record without prototype: column names come from outside. Columns that are not listed here are left alone. */
const WANTED: Readonly<Record<string, Wanted>> = Object.assign(Object.create(null), {
  workflow: INT32,
  submitted: FLOAT64,
  task: INT32,
  after: LIST,
  prefix: BLOCKS,
  ...Object.fromEntries(
    NUMBER_COLUMN_NAMES.map((name) => [name, NUMBER_COLUMNS[name].arrow === "int16" ? INT16 : FLOAT64]),
  ),
  ...Object.fromEntries(NAME_COLUMN_NAMES.map((name) => [name, NAMES])),
});

function isInt(type: DataType, bits: number): boolean {
  return DataType.isInt(type) && type.bitWidth === bits && type.isSigned;
}
