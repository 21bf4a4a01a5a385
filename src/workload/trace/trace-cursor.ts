import { assert } from "../../kit/assert.js";
import { ArrowBatches } from "./arrow-batches.js";
import { guard } from "./arrow-file.js";
import { ArrowTraceDecoder } from "./arrow-in.js";
import { WorkflowAssembler } from "./assemble.js";
import type { TraceColumns } from "./columns.js";
import { ColumnsBuilder } from "./columns-builder.js";
import { type RowBatch, sliceRows } from "./row-batch.js";
import { FiguresBuilder, type TraceFigures } from "./trace-figures.js";
import type { TraceFile } from "./trace-file.js";

/** A trace to replay: in memory, where many simulations share it, or in a file. Both are plain data. */
export type ReplayableTrace = TraceColumns | TraceFile;

/** A place in a trace: one workflow, or the end. Its `index` is all that has to be saved of it. */
export interface TraceCursor {
  /** Number of the workflow at hand; the number of workflows at the end. */
  readonly index: number;
  /** The columns in which it stands, among others, and where. */
  readonly columns: TraceColumns;
  readonly at: number;
  /** To the next workflow, or to the end. */
  advance(): void;
  /** To any workflow, or to the end. */
  seek(index: number): void;
  /** To the first workflow submitted at a recorded time, seconds, or after it; or to the end. */
  seekTime(submitted: number): void;
}

export function traceCursor(trace: ReplayableTrace): TraceCursor {
  return "path" in trace ? new FileCursor(trace) : new MemoryCursor(trace);
}

export function traceFigures(trace: ReplayableTrace): TraceFigures {
  if ("path" in trace) return trace.figures;
  let found = figuresInMemory.get(trace);
  if (found === undefined) {
    const builder = new FiguresBuilder();
    builder.add(trace);
    found = builder.figures();
    figuresInMemory.set(trace, found);
  }
  return found;
}

/** Every episode of a training run asks anew. */
const figuresInMemory = new WeakMap<TraceColumns, TraceFigures>();

class MemoryCursor implements TraceCursor {
  index = 0;

  constructor(readonly columns: TraceColumns) {}

  get at(): number {
    return this.index;
  }

  advance(): void {
    this.index++;
  }

  seek(index: number): void {
    this.index = index;
  }

  seekTime(submitted: number): void {
    this.index = countBelow(this.columns.submitted, submitted);
  }
}

/** Holds the workflows of one record batch, and of the next one the rows that are read ahead. */
class FileCursor implements TraceCursor {
  index = 0;
  columns: TraceColumns;
  at = 0;
  private readonly batches: ArrowBatches;
  private readonly decoder: ArrowTraceDecoder;
  private readonly builder: ColumnsBuilder;
  private assembler: WorkflowAssembler;
  private nextBatch = 0;

  constructor(private readonly trace: TraceFile) {
    const { path, stamp, digest } = trace;
    this.batches = new ArrowBatches(path, stamp);
    this.decoder = guard(path, () => new ArrowTraceDecoder(this.batches.schema, path));
    this.builder = new ColumnsBuilder(trace);
    this.assembler = this.assembling();
    this.columns = this.builder.take(digest);
    this.seek(0);
  }

  advance(): void {
    this.index++;
    this.at++;
    if (this.at === this.columns.workflows) this.read();
  }

  seek(index: number): void {
    const place = this.at + index - this.index;
    if (place >= 0 && place < this.columns.workflows) {
      this.at = place;
      this.index = index;
      return;
    }
    const { workflow, skip } = this.trace.index;
    const batch = countBelow(workflow, index + 1) - 1;
    this.assembler = this.assembling();
    this.nextBatch = Math.max(0, batch);
    this.index = workflow[batch] ?? 0;
    this.read(skip[batch]);
    while (this.index < index) this.advance();
  }

  seekTime(submitted: number): void {
    const { index } = this.trace;
    // What a batch begins with may have been submitted at the same instant as what the one before it ends with.
    const batch = countBelow(index.submitted, submitted) - 1;
    this.seek(index.workflow[Math.max(0, batch)] ?? 0);
    while (this.at < this.columns.workflows && this.columns.submitted[this.at]! < submitted) this.advance();
  }

  /**
   * The next workflows that are whole; none at the end.
   * @param skip rows of the first batch that belong to a workflow before
   */
  private read(skip = 0): void {
    const { trace, builder, assembler } = this;
    let whole = 0;
    for (let from = skip; whole === 0 && this.index < trace.figures.workflows; from = 0) {
      const b = this.nextBatch++;
      const ended = b >= this.batches.count;
      for (const workflow of ended ? assembler.finish() : assembler.push(this.rows(b, from))) {
        builder.add(workflow);
        whole++;
      }
      assert(!ended || whole > 0, `${trace.path} holds fewer workflows than were counted in it`);
    }
    this.columns = builder.take(trace.digest);
    this.at = 0;
  }

  private rows(batch: number, from: number): RowBatch {
    const rows = guard(this.trace.path, () => this.decoder.decode(this.batches.read(batch)));
    return from === 0 ? rows : sliceRows(rows, from, rows.rows);
  }

  private assembling(): WorkflowAssembler {
    return new WorkflowAssembler(() => this.decoder.names, this.trace.path);
  }
}

/** How many values of an ascending column lie below a bound. */
function countBelow(ascending: Float64Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
