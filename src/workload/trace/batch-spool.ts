import { type FileHandle, open, rm } from "node:fs/promises";
import { assert } from "../../kit/assert.js";
import { NAME_COLUMN_NAMES, NUMBER_COLUMN_NAMES, type RowBatch } from "./row-batch.js";

/** Batches of rows set aside in a file of this process: raw columns, one after another, in a fixed order. */
export class BatchSpool {
  private readonly sizes: { readonly rows: number; readonly edges: number }[] = [];

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<BatchSpool> {
    return new BatchSpool(path, await open(path, "wx+"));
  }

  async write(batch: RowBatch): Promise<void> {
    for (const column of columnsOf(batch)) {
      await this.file.writeFile(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    }
    this.sizes.push({ rows: batch.rows, edges: batch.after.length });
  }

  /** The batches in the order in which they were written. */
  async *batches(): AsyncGenerator<RowBatch> {
    let position = 0;
    for (const { rows, edges } of this.sizes) {
      const batch = emptyBatch(rows, edges);
      for (const column of columnsOf(batch)) {
        const bytes = new Uint8Array(column.buffer);
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await this.file.read(bytes, at, bytes.length - at, position);
          assert(bytesRead > 0, "the spool is shorter than what was written to it");
          at += bytesRead;
          position += bytesRead;
        }
      }
      yield batch;
    }
  }

  async remove(): Promise<void> {
    await this.file.close();
    await rm(this.path, { force: true });
  }
}

function columnsOf(batch: RowBatch): (Int32Array | Float64Array)[] {
  return [
    batch.workflow,
    batch.submitted,
    batch.task,
    batch.afterFirst,
    batch.after,
    ...NUMBER_COLUMN_NAMES.map((name) => batch.numbers[name]!),
    ...NAME_COLUMN_NAMES.map((name) => batch.names[name]!),
  ];
}

function emptyBatch(rows: number, edges: number): RowBatch {
  return {
    rows,
    workflow: new Int32Array(rows),
    submitted: new Float64Array(rows),
    task: new Int32Array(rows),
    afterFirst: new Int32Array(rows + 1),
    after: new Int32Array(edges),
    numbers: Object.fromEntries(NUMBER_COLUMN_NAMES.map((name) => [name, new Float64Array(rows)])),
    names: Object.fromEntries(NAME_COLUMN_NAMES.map((name) => [name, new Int32Array(rows)])),
  };
}
