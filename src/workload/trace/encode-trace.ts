import { assert } from "../../kit/assert.js";
import { ArrowTraceEncoder } from "./arrow-out.js";
import type { TraceMetadata } from "./metadata.js";
import { knownColumns, type RowBatch } from "./row-batch.js";
import { RowCollector } from "./row-collector.js";
import { TraceNames } from "./trace-names.js";
import type { TraceWorkflow } from "./workflow.js";

/**
 * The bytes of a trace file. The same workflows and metadata always give the same bytes.
 * @param workflows sorted by submission
 */
export function encodeTrace(workflows: Iterable<TraceWorkflow>, metadata: TraceMetadata): Uint8Array {
  const names = new TraceNames();
  const collector = new RowCollector(names);
  const batches: RowBatch[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const workflow of workflows) {
    const { submitted } = workflow;
    assert(
      submitted >= last && submitted < Number.POSITIVE_INFINITY,
      `submitted at ${submitted} after ${last}`,
    );
    last = submitted;
    collector.add(workflow, submitted);
    if (collector.full) batches.push(collector.take());
  }
  if (collector.rows > 0) batches.push(collector.take());
  const encoder = new ArrowTraceEncoder(metadata, names.lists(), new Set(batches.flatMap(knownColumns)));
  for (const batch of batches) encoder.write(batch);
  encoder.finish();
  return Buffer.concat(encoder.drain());
}
