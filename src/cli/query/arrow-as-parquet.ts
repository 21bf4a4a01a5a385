import { createReadStream } from "node:fs";
import { DataType, type Field, RecordBatchReader, type Schema } from "apache-arrow";
import type { SchemaElement } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter } from "hyparquet-writer";
import { InputError } from "../../kit/errors.js";
import { writePieces } from "../../workload/atomic-file.js";

/** Rows of a row group: what is held in memory. */
const GROUP_ROWS = 100_000;

/**
 * Writes a flat Arrow IPC file as Parquet, which DuckDB reads by itself: numbers, booleans and names, dictionaries as the names
 * that they stand for. Columns of other types are left out.
 * @throws {InputError} BAD_ARROW
 */
export async function arrowAsParquet(path: string, out: string): Promise<void> {
  await writePieces(out, piecesOf(path));
}

/** The schema's metadata of an Arrow file. @throws {InputError} BAD_ARROW */
export async function arrowMetadata(path: string): Promise<ReadonlyMap<string, string>> {
  const reader = await openArrow(path);
  try {
    return reader.schema.metadata;
  } finally {
    await reader.cancel();
  }
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const reader = await openArrow(path);
  const columns = columnsOf(reader.schema);
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    createdBy: "switchyard",
    schema: [
      { name: "table", num_children: columns.length },
      ...columns.map(({ element }): SchemaElement => element),
    ],
  });
  try {
    for await (const batch of reader) {
      for (let from = 0; from < batch.numRows; from += GROUP_ROWS) {
        const part = batch.slice(from, Math.min(batch.numRows, from + GROUP_ROWS));
        const columnData = columns.map(
          ({ element, index }): ColumnSource => ({
            name: element.name,
            data: Array.from(part.getChildAt(index)!, asCell),
          }),
        );
        await writer.write({ columnData, rowGroupSize: part.numRows });
        yield bytes.getBytes().slice();
        bytes.index = 0;
      }
    }
  } catch (cause) {
    throw damaged(path, cause);
  }
  await writer.finish();
  yield bytes.getBytes().slice();
}

/** What is not a number is unknown, which SQL calls NULL. */
const asCell = (value: unknown): unknown => (Number.isNaN(value) ? null : value);

async function openArrow(path: string): Promise<RecordBatchReader> {
  try {
    const reader = await RecordBatchReader.from(createReadStream(path));
    return (await reader.open()) as RecordBatchReader;
  } catch (cause) {
    throw damaged(path, cause);
  }
}

const damaged = (path: string, cause: unknown): InputError =>
  new InputError(
    "BAD_ARROW",
    {
      what: `this is not an Arrow IPC file: ${(cause as Error).message}`,
      where: path,
      mend: "make it again",
    },
    { cause },
  );

const columnsOf = ({ fields }: Schema): { readonly element: SchemaElement; readonly index: number }[] =>
  fields.flatMap((field, index) => {
    const element = elementOf(field);
    return element === null ? [] : [{ element, index }];
  });

function elementOf({ name, type }: Field): SchemaElement | null {
  const plain = DataType.isDictionary(type) ? type.dictionary : type;
  const optional = { name, repetition_type: "OPTIONAL" } as const;
  if (DataType.isUtf8(plain)) return { ...optional, type: "BYTE_ARRAY", converted_type: "UTF8" };
  if (DataType.isBool(plain)) return { ...optional, type: "BOOLEAN" };
  if (DataType.isFloat(plain)) return { ...optional, type: "DOUBLE" };
  if (DataType.isInt(plain)) return { ...optional, type: plain.bitWidth === 64 ? "INT64" : "INT32" };
  return null;
}
