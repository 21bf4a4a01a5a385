import { ArrowTraceEncoder } from "./arrow-out.js";
import type { TraceMetadata } from "./metadata.js";
import type { RowBatch } from "./row-batch.js";
import { RowCollector } from "./row-collector.js";
import type { TraceWorkflow } from "./workflow.js";

/**
 * The bytes of a trace file. The same workflows and metadata always give the same bytes.
 * @param workflows sorted by submission
 */
export function encodeTrace(workflows: Iterable<TraceWorkflow>, metadata: TraceMetadata): Uint8Array {
  const collector = new RowCollector();
  const batches: RowBatch[] = [];
  for (const workflow of workflows) {
    collector.add(workflow);
    if (collector.full) batches.push(collector.take());
  }
  if (collector.rows > 0) batches.push(collector.take());
  const encoder = new ArrowTraceEncoder(metadata, collector.names(), collector.known);
  for (const batch of batches) encoder.write(batch);
  encoder.finish();
  return Buffer.concat(encoder.drain());
}
