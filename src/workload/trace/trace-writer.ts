import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { assert } from "../../kit/assert.js";
import { FailureError } from "../../kit/errors.js";
import { ArrowTraceEncoder } from "./arrow-out.js";
import { BatchSpool } from "./batch-spool.js";
import type { TraceMetadata } from "./metadata.js";
import type { RowBatch } from "./row-batch.js";
import { RowCollector } from "./row-collector.js";
import type { TraceWorkflow } from "./workflow.js";

/**
 * Writes a trace of any length to a file in bounded memory: one batch of rows and all names. Batches wait in a spool
 * beside the file, since an Arrow file wants all names in front; `close` puts the file together and renames it into
 * place. Until then, and after `abort`, there is nothing under its name.
 */
export class TraceWriter {
  private readonly collector = new RowCollector();
  private ended = false;

  private constructor(
    readonly path: string,
    private readonly metadata: TraceMetadata,
    private readonly temporary: string,
    private readonly spool: BatchSpool,
  ) {}

  /** @throws {FailureError} CANNOT_WRITE */
  static async open(path: string, metadata: TraceMetadata): Promise<TraceWriter> {
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new TraceWriter(path, metadata, temporary, await BatchSpool.open(`${temporary}.spool`));
    });
  }

  /** Workflows come sorted by submission. */
  async write(workflow: TraceWorkflow): Promise<void> {
    assert(!this.ended, "the trace is closed");
    this.collector.add(workflow);
    if (this.collector.full) await this.orAbort(() => this.spool.write(this.collector.take()));
  }

  async close(): Promise<{ readonly workflows: number; readonly tasks: number }> {
    assert(!this.ended, "the trace is closed");
    await this.orAbort(() => this.putTogether());
    this.ended = true;
    await this.spool.remove();
    const { workflows, tasks } = this.collector;
    return { workflows, tasks };
  }

  /** Leaves nothing behind. After `close` it does nothing. */
  async abort(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.spool.remove();
    await rm(this.temporary, { force: true });
  }

  private async putTogether(): Promise<void> {
    const { collector } = this;
    const encoder = new ArrowTraceEncoder(this.metadata, collector.names(), collector.known);
    const file = await open(this.temporary, "wx");
    try {
      for await (const batch of this.spool.batches()) await this.append(file, encoder, batch);
      if (collector.rows > 0) await this.append(file, encoder, collector.take());
      encoder.finish();
      await writeAll(file, encoder.drain());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.temporary, this.path);
  }

  private async append(file: FileHandle, encoder: ArrowTraceEncoder, batch: RowBatch): Promise<void> {
    encoder.write(batch);
    await writeAll(file, encoder.drain());
  }

  private async orAbort<T>(act: () => Promise<T>): Promise<T> {
    return writing(this.path, act).catch(async (error: unknown) => {
      await this.abort().catch(() => {});
      throw error;
    });
  }
}

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) await file.writeFile(chunk);
}

async function writing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new FailureError(
      "CANNOT_WRITE",
      {
        what: `the trace cannot be written: ${(cause as Error).message}`,
        where: path,
        mend: "check the folder's permissions and the space left",
      },
      { cause },
    );
  }
}
