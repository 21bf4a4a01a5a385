import { assert } from "../../kit/assert.js";
import type { TraceMetadata } from "./metadata.js";
import { UnsortedTraceWriter } from "./unsorted-trace-writer.js";
import type { TraceWorkflow } from "./workflow.js";

/** Writes a trace whose workflows come as they are to stand, sorted by submission; see `UnsortedTraceWriter`. */
export class TraceWriter {
  private lastSubmitted = Number.NEGATIVE_INFINITY;

  private constructor(
    private readonly writer: UnsortedTraceWriter,
    private readonly metadata: TraceMetadata,
  ) {}

  /** @throws {FailureError} CANNOT_WRITE */
  static async open(path: string, metadata: TraceMetadata): Promise<TraceWriter> {
    return new TraceWriter(await UnsortedTraceWriter.open(path), metadata);
  }

  async write(workflow: TraceWorkflow): Promise<void> {
    const { submitted } = workflow;
    assert(submitted >= this.lastSubmitted, `submitted at ${submitted} after ${this.lastSubmitted}`);
    this.lastSubmitted = submitted;
    await this.writer.write(workflow, submitted);
  }

  async close(): Promise<{ readonly workflows: number; readonly tasks: number }> {
    await this.writer.close(this.metadata);
    const { workflows, tasks } = this.writer;
    return { workflows, tasks };
  }

  /** Leaves nothing behind. After `close` it does nothing. */
  async abort(): Promise<void> {
    await this.writer.abort();
  }
}
