import { createHash } from "node:crypto";
import { GrowingColumn } from "../../kit/growing-column.js";
import { ArrowBatches, type FileStamp, piecesOf } from "./arrow-batches.js";
import { guard } from "./arrow-file.js";
import { ArrowTraceDecoder } from "./arrow-in.js";
import { WorkflowAssembler } from "./assemble.js";
import { ColumnsBuilder } from "./columns-builder.js";
import { decodeMetadata, type TraceMetadata } from "./metadata.js";
import type { RowBatch } from "./row-batch.js";
import { FiguresBuilder, type TraceFigures } from "./trace-figures.js";
import type { RecordedWorkflow } from "./workflow.js";

/**
 * A trace that stays on disk: what was found when it was read through once, and where its workflows lie. Plain data, of a
 * size with the number of batches and of names: it can be sent to a worker as it is.
 */
export interface TraceFile {
  readonly path: string;
  readonly stamp: FileStamp;
  readonly metadata: TraceMetadata;
  /** SHA-256 of the file's bytes, hex. */
  readonly digest: string;
  readonly figures: TraceFigures;
  readonly templateNames: readonly string[];
  readonly typeNames: readonly string[];
  readonly poolNames: readonly string[];
  readonly index: BatchIndex;
}

/** Where workflows begin, by record batch. */
export interface BatchIndex {
  /** [batches]: number of the first workflow that begins in the batch or after it. */
  readonly workflow: Float64Array;
  /** [batches]: rows in the batch before it, which belong to a workflow that began earlier. */
  readonly skip: Int32Array;
  /** [batches], never decreasing: when the first workflow that begins in the batch was submitted, or else the last one before. */
  readonly submitted: Float64Array;
}

/**
 * Reads a trace file through, checks all of it, and keeps what replaying it takes. Memory is for one batch of rows.
 * @throws {InputError} NO_FILE, EMPTY, BAD_ARROW, NOT_A_TRACE, UNSUPPORTED_VERSION, BAD_TRACE, TRACE_CHANGED
 */
export function scanTrace(path: string): TraceFile {
  const batches = new ArrowBatches(path);
  const metadata = guard(path, () => decodeMetadata(batches.schema.metadata, path));
  const decoder = guard(path, () => new ArrowTraceDecoder(batches.schema, path));
  const assembler = new WorkflowAssembler(() => decoder.names, path);
  const starts = new WorkflowStarts();
  const figures = new FiguresBuilder();
  const builder = new ColumnsBuilder();
  const take = (workflows: Iterable<RecordedWorkflow>) => {
    for (const workflow of workflows) builder.add(workflow);
    figures.add(builder.take(""));
  };
  for (let b = 0; b < batches.count; b++) {
    const rows = guard(path, () => decoder.decode(batches.read(b)));
    starts.add(rows);
    take(assembler.push(rows));
  }
  take(assembler.finish());
  const { templateNames, typeNames } = builder.take("");
  const { poolNames } = builder;
  return {
    path,
    stamp: batches.stamp,
    metadata,
    digest: fileDigest(path),
    figures: figures.figures(),
    templateNames,
    typeNames,
    poolNames,
    index: starts.index(),
  };
}

class WorkflowStarts {
  private readonly workflow = new GrowingColumn(Float64Array);
  private readonly skip = new GrowingColumn(Int32Array);
  private readonly submitted = new GrowingColumn(Float64Array);
  private begun = 0;
  private last = Number.NaN;
  private lastSubmitted = Number.NEGATIVE_INFINITY;

  add({ rows, workflow, submitted }: RowBatch): void {
    let skip = 0;
    while (skip < rows && workflow[skip] === this.last) skip++;
    this.workflow.push(this.begun);
    this.skip.push(skip);
    this.submitted.push(skip < rows ? submitted[skip]! : this.lastSubmitted);
    if (rows > 0) this.lastSubmitted = submitted[rows - 1]!;
    for (let row = skip; row < rows; row++) {
      if (workflow[row] === this.last) continue;
      this.last = workflow[row]!;
      this.begun++;
    }
  }

  index(): BatchIndex {
    return {
      workflow: this.workflow.view().slice(),
      skip: this.skip.view().slice(),
      submitted: this.submitted.view().slice(),
    };
  }
}

/** SHA-256 of a file, hex. */
export function fileDigest(path: string): string {
  const hash = createHash("sha256");
  for (const piece of piecesOf(path)) hash.update(piece);
  return hash.digest("hex");
}
