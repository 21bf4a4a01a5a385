import { type FileHandle, open, rm } from "node:fs/promises";
import { assert } from "../../kit/assert.js";
import {
  knownColumns,
  NAME_COLUMN_NAMES,
  NUMBER_COLUMN_NAMES,
  type OptionalColumn,
  type RowBatch,
} from "./row-batch.js";

/** Where a batch lies in a spool, and which columns it has. */
export interface SpooledBatch {
  readonly position: number;
  readonly rows: number;
  readonly edges: number;
  /** Blocks of prefixes. */
  readonly blocks: number;
  readonly columns: ReadonlySet<OptionalColumn>;
}

/** Batches of rows set aside in a file of this process: raw columns, one after another, in a fixed order. */
export class BatchSpool {
  private end = 0;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** The file loses its name at once where the system allows it: however the process ends, nothing stays behind. */
  static async open(path: string): Promise<BatchSpool> {
    const spool = new BatchSpool(path, await open(path, "wx+"));
    await rm(path, { force: true }).catch(() => {});
    return spool;
  }

  async write(batch: RowBatch): Promise<SpooledBatch> {
    const columns = columnsOf(batch).map(
      (column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
    );
    const position = this.end;
    const bytes = Buffer.concat(columns);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.file.write(bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
    this.end += bytes.length;
    return {
      position,
      rows: batch.rows,
      edges: batch.after.length,
      blocks: batch.prefix?.values.length ?? 0,
      columns: new Set(knownColumns(batch)),
    };
  }

  /** A batch in memory of its own. */
  async read(spooled: SpooledBatch): Promise<RowBatch> {
    const { batch, bytes } = emptyBatch(spooled);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await this.file.read(bytes, at, bytes.length - at, spooled.position + at);
      assert(bytesRead > 0, "the spool is shorter than what was written to it");
      at += bytesRead;
    }
    return batch;
  }

  async remove(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }
}

/** Doubles first, so that all columns are aligned in one buffer. */
function columnsOf(batch: RowBatch): (Int32Array | Float64Array)[] {
  return [
    batch.submitted,
    ...NUMBER_COLUMN_NAMES.map((name) => batch.numbers[name]),
    batch.workflow,
    batch.task,
    batch.afterFirst,
    batch.after,
    ...NAME_COLUMN_NAMES.map((name) => batch.names[name]),
    batch.prefix?.first,
    batch.prefix?.values,
    batch.prefix?.known,
  ].filter((column) => column !== undefined);
}

function emptyBatch({ rows, edges, blocks, columns }: SpooledBatch): { batch: RowBatch; bytes: Uint8Array } {
  const numbers = NUMBER_COLUMN_NAMES.filter((name) => columns.has(name));
  const names = NAME_COLUMN_NAMES.filter((name) => columns.has(name));
  const hasPrefix = columns.has("prefix");
  const wide = rows * (1 + numbers.length);
  const narrow = rows * (2 + names.length) + rows + 1 + edges + (hasPrefix ? rows + 1 + blocks + rows : 0);
  const buffer = new ArrayBuffer(8 * wide + 4 * narrow);
  let at = 0;
  const doubles = () => new Float64Array(buffer, (at += 8 * rows) - 8 * rows, rows);
  const integers = (length: number) => new Int32Array(buffer, (at += 4 * length) - 4 * length, length);
  // In the order of `columnsOf`.
  const batch: RowBatch = {
    rows,
    submitted: doubles(),
    numbers: Object.fromEntries(numbers.map((name) => [name, doubles()])),
    workflow: integers(rows),
    task: integers(rows),
    afterFirst: integers(rows + 1),
    after: integers(edges),
    names: Object.fromEntries(names.map((name) => [name, integers(rows)])),
    prefix: hasPrefix
      ? { first: integers(rows + 1), values: integers(blocks), known: integers(rows) }
      : undefined,
  };
  return { batch, bytes: new Uint8Array(buffer) };
}
