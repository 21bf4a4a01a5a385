import fc from "fast-check";
import { KeyedStream } from "../../../../src/kit/random.js";
import {
  type Batch,
  type Forward,
  forwardFor,
  initialParameters,
  type NetworkRuntime,
  type NetworkSpec,
} from "../../../../src/policy/runtime/network/index.js";

/** Uniform on [-1, 1): features, as they are after normalisation. */
export function uniforms(length: number, stream: KeyedStream): Float32Array {
  return Float32Array.from({ length }, () => 2 * stream.next() - 1);
}

/** A ragged batch: decision b has counts[b] candidates, each allowed with probability 0.7 (so at times none is). */
export function randomBatch(spec: NetworkSpec, counts: readonly number[], stream: KeyedStream): Batch {
  const offsets = new Int32Array(counts.length + 1);
  counts.forEach((count, b) => {
    offsets[b + 1] = offsets[b]! + count;
  });
  const rows = offsets[counts.length]!;
  return {
    size: counts.length,
    contexts: uniforms(counts.length * spec.context, stream),
    candidates: uniforms(rows * spec.candidate, stream),
    offsets,
    mask: Uint8Array.from({ length: rows }, () => (stream.next() < 0.7 ? 1 : 0)),
  };
}

/** Every parameter away from zero, biases too, so that nothing cancels unseen. */
export function randomParameters(spec: NetworkSpec, stream: KeyedStream): Float32Array {
  const out = initialParameters(spec, stream);
  return out.map((value) => value + 0.2 * (2 * stream.next() - 1));
}

export function answer(network: Pick<NetworkRuntime, "forward">, batch: Batch, outputs = 1): Forward {
  const out = forwardFor(batch, outputs);
  network.forward(batch, out);
  return out;
}

/** Decision b of a batch, alone. */
export function alone(spec: NetworkSpec, batch: Batch, b: number): Batch {
  const [from, to] = [batch.offsets[b]!, batch.offsets[b + 1]!];
  return {
    size: 1,
    contexts: batch.contexts.slice(b * spec.context, (b + 1) * spec.context),
    candidates: batch.candidates.slice(from * spec.candidate, to * spec.candidate),
    offsets: Int32Array.of(0, to - from),
    mask: batch.mask.slice(from, to),
  };
}

/** The largest |a - b| / max(1, |b|): absolute for small numbers, relative for large. Equal infinities differ by 0. */
export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const distance = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(b[i]!));
    worst = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(worst, distance);
  }
  return worst;
}

/** Networks whose widths are seldom multiples of four, a third of them flat, and batches that are seldom even. */
export const cases = fc.record({
  spec: fc.record({
    kind: fc.constantFrom("candidate-scorer" as const, "candidate-scorer" as const, "flat" as const),
    candidates: fc.integer({ min: 9, max: 13 }),
    context: fc.integer({ min: 0, max: 9 }),
    candidate: fc.integer({ min: 1, max: 9 }),
    hidden: fc.array(fc.integer({ min: 1, max: 21 }), { minLength: 1, maxLength: 3 }),
    activation: fc.constantFrom("tanh" as const, "relu" as const),
  }),
  counts: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 0, maxLength: 12 }),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

/** A spec, parameters and a batch from a case. */
export function realise({ spec, counts, seed }: { spec: NetworkSpec; counts: number[]; seed: number }) {
  const stream = KeyedStream.named(seed, "network/case");
  return {
    spec,
    parameters: randomParameters(spec, stream),
    batch: randomBatch(spec, counts, stream),
    stream,
  };
}
