import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as unzstd } from "fzstd";
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
  snappyUncompress,
} from "hyparquet";
import { compressors as others } from "hyparquet-compressors";
import { damageTold, parquetBytes } from "./parquet-bytes.js";
import { named } from "./parquet-names.js";
import { checkPages } from "./parquet-pages.js";
import type { Source } from "./source.js";

/** Of a row group, which is held as a whole. Writers make them a tenth of that. */
const MOST_GROUP_ROWS = 4_000_000;
const MOST_GROUP_VALUES = 40_000_000;

/** A cell as the file has it: 64-bit integers are `bigint`. */
export type ParquetCell = bigint | number | string | boolean | null | readonly ParquetCell[];
export type ParquetRow = Readonly<Record<string, ParquetCell>>;

export interface ParquetFile {
  readonly rows: number;
  /** Names of the columns, and the physical type of those that are plain. */
  readonly columns: ReadonlyMap<string, string>;
  /** Rows of the columns that are wanted and there, a row group at a time. */
  read(wanted: readonly string[]): AsyncGenerator<readonly ParquetRow[]>;
}

/**
 * Opens a Parquet file by its footer. Compressed with Snappy, gzip, Zstandard, Brotli, LZ4 or not at all; and
 * as a whole with gzip or Zstandard.
 * @throws {InputError} BAD_PARQUET where it is cut, damaged or encrypted, TOO_LARGE, and from `read` where its pages are
 */
export async function openParquet(stored: Source): Promise<ParquetFile> {
  const { source, file } = await parquetBytes(stored);
  const metadata = await damageTold(source, "its footer", () =>
    parquetMetadataAsync(file, { geoparquet: false }),
  );
  const tree = await damageTold(source, "its schema", () => named(parquetSchema(metadata)));
  return {
    rows: Number(metadata.num_rows),
    columns: new Map(tree.children.map(({ element }) => [element.name, element.type ?? "nested"])),
    async *read(wanted) {
      const chosen = tree.children.filter(({ element }) => wanted.includes(element.name));
      let rowStart = 0;
      for (const [g, group] of metadata.row_groups.entries()) {
        const rows = Number(group.num_rows);
        yield await damageTold(source, `row group ${g}`, () =>
          groupRows({ source, file, metadata, group, chosen, rowStart, rows }),
        );
        rowStart += rows;
      }
    },
  };
}

interface GroupReading {
  readonly source: Source;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly group: RowGroup;
  readonly chosen: readonly SchemaTree[];
  readonly rowStart: number;
  readonly rows: number;
}

async function groupRows(reading: GroupReading): Promise<ParquetRow[]> {
  const { file, metadata, chosen, rowStart, rows } = reading;
  if (!(rows >= 0) || rows > MOST_GROUP_ROWS) throw new Error(`it claims to have ${rows} rows`);
  for (const column of chosen) await checkColumn(column, reading);
  if (rows === 0) return [];
  let found: readonly Record<string, unknown>[] = [];
  await parquetRead({
    file,
    metadata,
    compressors: COMPRESSORS,
    columns: chosen.map(({ element }) => element.name),
    rowStart,
    rowEnd: rowStart + rows,
    rowFormat: "object",
    geoparquet: false,
    onComplete: (read) => {
      found = read;
    },
  });
  if (found.length !== rows) throw new Error(`it has ${found.length} rows, and its metadata says ${rows}`);
  for (const { element, children } of chosen) {
    for (const row of found) {
      if (row[element.name] !== undefined) continue;
      // The library leaves out lists that are null at the end of a group.
      if (children.length === 0) throw new Error(`${element.name} has too few values`);
      (row as Record<string, unknown>)[element.name] = null;
    }
  }
  return found as ParquetRow[];
}

async function checkColumn(column: SchemaTree, { source, group, rows }: GroupReading): Promise<void> {
  const { name } = column.element;
  const chunks = group.columns.filter(({ meta_data }) => meta_data?.path_in_schema[0] === name);
  if (chunks.length === 0) throw new Error(`column ${name} is missing`);
  for (const { meta_data, file_path } of chunks) {
    const { codec, type, path_in_schema: path, num_values, total_compressed_size, ...offsets } = meta_data!;
    if (file_path !== undefined) throw new Error(`column ${name} stands in another file`);
    const values = Number(num_values);
    const { maxRepetition, maxDefinition } = levelsOf(column, path.slice(1));
    if (maxRepetition === 0 ? values !== rows : !(values >= rows) || values > MOST_GROUP_VALUES)
      throw new Error(`column ${name} claims to have ${values} values in ${rows} rows`);
    const from = Number(offsets.dictionary_page_offset || offsets.data_page_offset);
    const to = from + Number(total_compressed_size);
    if (!(from >= 4 && to >= from && to <= source.size - 8))
      throw new Error(`column ${name} lies outside of the file`);
    const chunk = await source.read(from, to);
    try {
      checkPages(chunk, { codec, type, values, maxRepetition, maxDefinition, compressors: COMPRESSORS });
    } catch (cause) {
      throw new Error(`column ${name}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** How often what lies on the path may repeat and may be absent. */
function levelsOf(column: SchemaTree, path: readonly string[]) {
  let maxRepetition = 0;
  let maxDefinition = 0;
  let node: SchemaTree | undefined = column;
  for (let i = 0; node !== undefined; i++) {
    if (node.element.repetition_type === "REPEATED") maxRepetition++;
    if (node.element.repetition_type !== "REQUIRED") maxDefinition++;
    const next: string | undefined = path[i];
    node = next === undefined ? undefined : node.children.find(({ element }) => element.name === next);
  }
  return { maxRepetition, maxDefinition };
}

/** Each is told how many bytes it may make, and makes no more. */
const COMPRESSORS: Compressors = {
  SNAPPY(input, length) {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: (input, length) => unzstd(input, new Uint8Array(length)),
  LZ4: others.LZ4!,
  LZ4_RAW: others.LZ4_RAW!,
};
