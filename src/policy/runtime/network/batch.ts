import { assert } from "../../../kit/assert.js";
import { type NetworkSpec, outputsOf } from "./spec.js";

/** Single precision is what runs; double precision makes finite differences sharp. */
export type Floats = Float32Array | Float64Array;

/**
 * Decisions with their candidates, ragged: the candidates of decision b are the rows offsets[b] .. offsets[b + 1].
 * Arrays may be longer than they need be. Features are finite where the mask allows the candidate.
 */
export interface Batch {
  /** Number of decisions. */
  readonly size: number;
  /** [size, context] */
  readonly contexts: Float32Array;
  /** [rows, candidate] */
  readonly candidates: Float32Array;
  /** [size + 1], from 0, never decreasing; the last is the number of rows. */
  readonly offsets: Int32Array;
  /** [rows], 1 = allowed. What stands in a masked row is never read into a result. */
  readonly mask: Uint8Array;
}

/** What the network answers. */
export interface Forward<F extends Floats = Float32Array> {
  /** [rows, K], K the network's outputs, 1 as a rule; -Infinity where masked. */
  readonly logits: F;
  /** [size, K] */
  readonly values: F;
}

export function rowsOf(batch: Batch): number {
  return batch.offsets[batch.size]!;
}

/** Room for the answer of a network with so many outputs to a batch. */
export function forwardFor(batch: Batch, outputs = 1): Forward {
  return {
    logits: new Float32Array(rowsOf(batch) * outputs),
    values: new Float32Array(batch.size * outputs),
  };
}

/** That arrays hold what a batch says it has, so that no kernel reads or writes past an end. */
export function assertBatch(spec: NetworkSpec, batch: Batch, out: Forward<Floats>): void {
  const { size, offsets } = batch;
  assert(Number.isInteger(size) && size >= 0, "the size of a batch is a whole number");
  assert(offsets.length > size && offsets[0] === 0, "offsets of a batch: [size + 1], from 0");
  for (let b = 0; b < size; b++) assert(offsets[b]! <= offsets[b + 1]!, "offsets of a batch never decrease");
  const rows = rowsOf(batch);
  if (spec.kind === "flat") {
    for (let b = 0; b < size; b++) {
      assert(
        offsets[b + 1]! - offsets[b]! <= spec.candidates!,
        "a flat network decides among no more candidates than it was made for",
      );
    }
  }
  assert(batch.contexts.length >= size * spec.context, "contexts are shorter than the batch");
  assert(batch.candidates.length >= rows * spec.candidate, "candidates are shorter than the batch");
  assert(batch.mask.length >= rows, "the mask is shorter than the batch");
  const outputs = outputsOf(spec);
  assert(
    out.logits.length >= rows * outputs && out.values.length >= size * outputs,
    "no room for the answer to the batch",
  );
}
