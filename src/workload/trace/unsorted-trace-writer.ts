import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { assert } from "../../kit/assert.js";
import { cannotWrite, temporaryBeside } from "../atomic-file.js";
import { ArrowTraceEncoder } from "./arrow-out.js";
import type { TraceMetadata } from "./metadata.js";
import { knownColumns, type OptionalColumn, type RowBatch, resubmit } from "./row-batch.js";
import { RowCollector } from "./row-collector.js";
import { SortedSpool } from "./sorted-spool.js";
import { TraceNames } from "./trace-names.js";
import type { TraceWorkflow } from "./workflow.js";

/**
 * Writes a trace of any length to a file, its workflows in whatever order they come, in bounded memory: two batches of rows
 * and all names, and what `SortedSpool` takes. Rows wait in a spool beside the file, since an Arrow file wants all names in
 * front and a trace its workflows in order; `close` puts the file together and renames it into place. Until then, and
 * after `abort`, there is nothing under its name.
 */
export class UnsortedTraceWriter {
  workflows = 0;
  tasks = 0;
  edges = 0;
  /** By which names in batches of rows are numbered. */
  readonly names = new TraceNames();
  private readonly collector = new RowCollector(this.names);
  private readonly known = new Set<OptionalColumn>();
  private ended = false;

  private constructor(
    readonly path: string,
    private readonly temporary: string,
    private readonly spool: SortedSpool,
  ) {}

  /** @throws {FailureError} CANNOT_WRITE */
  static async open(path: string): Promise<UnsortedTraceWriter> {
    const temporary = temporaryBeside(path);
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new UnsortedTraceWriter(path, temporary, await SortedSpool.open(`${temporary}.spool`));
    });
  }

  /** @param at when the workflow comes; -Infinity: with the first. Its recorded times are on the same clock */
  async write(flow: Omit<TraceWorkflow, "submitted">, at: number): Promise<void> {
    assert(!this.ended, "the trace is closed");
    assert(at < Number.POSITIVE_INFINITY, `submitted at ${at}`);
    this.collector.add(flow, at);
    this.workflows++;
    this.tasks += flow.count;
    this.edges += flow.firstParent[flow.count]! - flow.firstParent[0]!;
    if (this.collector.full) await this.spoolRows(this.collector.take());
  }

  /** Rows of whole workflows, whose numbers go on from `workflows`; not together with `write`. */
  async writeRows(batch: RowBatch): Promise<void> {
    assert(!this.ended, "the trace is closed");
    if (batch.rows === 0) return;
    this.workflows = batch.workflow[batch.rows - 1]! + 1;
    this.tasks += batch.rows;
    this.edges += batch.after.length;
    await this.spoolRows(batch);
  }

  /**
   * @param origin the time that becomes 0: nothing lies before it. Times stay as they are where it is absent
   * @throws the signal's reason, when it is aborted meanwhile
   */
  async close(
    metadata: TraceMetadata,
    origin?: number,
    signal?: Pick<AbortSignal, "throwIfAborted">,
  ): Promise<void> {
    assert(!this.ended, "the trace is closed");
    await this.orAbort(() => this.putTogether(metadata, origin, signal));
    this.ended = true;
    await this.spool.remove();
  }

  /** Leaves nothing behind. After `close` it does nothing. */
  async abort(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.spool.remove();
    await rm(this.temporary, { force: true });
  }

  private async spoolRows(batch: RowBatch): Promise<void> {
    for (const name of knownColumns(batch)) this.known.add(name);
    await this.orAbort(() => this.spool.add(batch));
  }

  private async putTogether(
    metadata: TraceMetadata,
    origin: number | undefined,
    signal: Pick<AbortSignal, "throwIfAborted"> | undefined,
  ): Promise<void> {
    if (this.collector.rows > 0) await this.spoolRows(this.collector.take());
    const encoder = new ArrowTraceEncoder(metadata, this.names.lists(), this.known);
    const file = await open(this.temporary, "wx");
    let workflows = 0;
    try {
      for await (const batch of this.spool.batches()) {
        signal?.throwIfAborted();
        if (origin !== undefined) resubmit(batch, (at) => Math.max(at, origin) - origin);
        workflows = renumber(batch, workflows);
        encoder.write(batch);
        await writeAll(file, encoder.drain());
      }
      assert(
        workflows === this.workflows,
        `${this.workflows} workflows were written, ${workflows} came back`,
      );
      encoder.finish();
      await writeAll(file, encoder.drain());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.temporary, this.path);
  }

  private async orAbort<T>(act: () => Promise<T>): Promise<T> {
    return writing(this.path, act).catch(async (error: unknown) => {
      await this.abort().catch(() => {});
      throw error;
    });
  }
}

/** Numbers workflows upwards in the order in which they stand. */
function renumber({ rows, workflow }: RowBatch, first: number): number {
  let next = first;
  let last = Number.NaN;
  for (let row = 0; row < rows; row++) {
    if (workflow[row] !== last) {
      last = workflow[row]!;
      next++;
    }
    workflow[row] = next - 1;
  }
  return next;
}

async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) await file.writeFile(chunk);
}

async function writing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw cannotWrite("the trace", path, cause as Error);
  }
}
