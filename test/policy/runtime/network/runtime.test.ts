import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../../../src/kit/random.js";
import {
  type Batch,
  createRuntime,
  defaultNetwork,
  type NetworkSpec,
  parameterTable,
  simdPresent,
} from "../../../../src/policy/runtime/network/index.js";
import { alone, answer, cases, farthest, randomBatch, randomParameters, realise } from "./batches.js";

const kernels = simdPresent() ? (["simd", "plain"] as const) : (["plain"] as const);
const spec: NetworkSpec = { ...defaultNetwork(5, 6), hidden: [18, 7] };

/** The definition, word for word: an MLP over the concatenated inputs, in double precision. */
function definition(spec: NetworkSpec, parameters: Float32Array, batch: Batch) {
  const tensor = (name: string) => parameterTable(spec).find((t) => t.name === name)!;
  const mlp = (name: string, input: number[]): number[] => {
    for (let l = 0; l <= spec.hidden.length; l++) {
      const weight = tensor(`${name}.${l}.weight`);
      const bias = tensor(`${name}.${l}.bias`);
      const outputs = weight.shape[1]!;
      expect(weight.shape[0]).toBe(input.length);
      input = Array.from({ length: outputs }, (_, j) => {
        const products = input.map((x, k) => x * parameters[weight.offset + k * outputs + j]!);
        const sum = products.reduce((a, b) => a + b, parameters[bias.offset + j]!);
        if (l === spec.hidden.length) return sum;
        return spec.activation === "tanh" ? Math.tanh(sum) : Math.max(0, sum);
      });
    }
    return input;
  };
  const logits: number[] = [];
  const values: number[] = [];
  for (let b = 0; b < batch.size; b++) {
    const { contexts, candidates, mask, offsets } = alone(spec, batch, b);
    const rows = Array.from({ length: offsets[1]! }, (_, i) =>
      Array.from(candidates.subarray(i * spec.candidate, (i + 1) * spec.candidate)),
    );
    if (spec.kind === "flat") {
      const absent = Array<number>(spec.candidate).fill(0);
      const laid = Array.from({ length: spec.candidates! }, (_, i) => (mask[i] === 1 ? rows[i]! : absent));
      const seen = [...contexts, ...laid.flat()];
      const scores = mlp("actor", seen);
      rows.forEach((_, i) => {
        logits.push(mask[i] === 1 ? scores[i]! : Number.NEGATIVE_INFINITY);
      });
      values.push(mlp("critic", seen)[0]!);
      continue;
    }
    const allowed = rows.filter((_, i) => mask[i] === 1);
    const features = Array.from({ length: spec.candidate }, (_, j) => allowed.map((row) => row[j]!));
    const mean = features.map((column) => column.reduce((a, x) => a + x, 0) / Math.max(1, column.length));
    const max = features.map((column) => (column.length === 0 ? 0 : Math.max(...column)));
    const shared = [...contexts, ...mean, ...max];
    rows.forEach((row, i) => {
      logits.push(mask[i] === 1 ? mlp("actor", [...shared, ...row])[0]! : Number.NEGATIVE_INFINITY);
    });
    values.push(mlp("critic", shared)[0]!);
  }
  return { logits, values };
}

describe.each(kernels)("the %s runtime", (kernel) => {
  const runtimeOf = (spec: NetworkSpec, parameters: Float32Array) => {
    const runtime = createRuntime(spec, kernel);
    runtime.setParameters(parameters);
    return runtime;
  };

  test("computes what the definition says, within 1e-5, for any widths and any ragged, masked batch", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { spec, parameters, batch } = realise(drawn);
        const out = answer(runtimeOf(spec, parameters), batch);
        const truth = definition(spec, parameters, batch);
        expect(farthest(out.logits, truth.logits)).toBeLessThan(1e-5);
        expect(farthest(out.values, truth.values)).toBeLessThan(1e-5);
      }),
    );
  });

  test("answers a decision with the same bits alone, in a batch, and by score", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { spec, parameters, batch } = realise(drawn);
        const runtime = runtimeOf(spec, parameters);
        const together = answer(runtime, batch);
        for (let b = 0; b < batch.size; b++) {
          const one = alone(spec, batch, b);
          const single = answer(runtime, one);
          const count = one.offsets[1]!;
          expect(single.logits).toEqual(together.logits.slice(batch.offsets[b]!, batch.offsets[b + 1]!));
          expect(single.values[0]).toBe(together.values[b]);
          const logits = new Float32Array(count);
          const value = runtime.score(one.contexts, one.candidates, one.mask, count, logits, "value");
          expect(logits).toEqual(single.logits);
          expect(value).toBe(single.values[0]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("scores permuted candidates with permuted scores, and values the decision as before", () => {
    const stream = KeyedStream.named(7, "permutation");
    const batch = randomBatch(spec, [9], stream);
    const runtime = runtimeOf(spec, randomParameters(spec, stream));
    const order = [4, 0, 8, 2, 6, 1, 3, 7, 5];
    const shuffled: Batch = {
      ...batch,
      candidates: Float32Array.from(
        order.flatMap((i) => [...batch.candidates.subarray(i * spec.candidate, (i + 1) * spec.candidate)]),
      ),
      mask: Uint8Array.from(order, (i) => batch.mask[i]!),
    };
    const before = answer(runtime, batch);
    const after = answer(runtime, shuffled);
    // Not bitwise: the mean is summed in another order.
    expect(
      farthest(
        after.logits,
        order.map((i) => before.logits[i]!),
      ),
    ).toBeLessThan(1e-6);
    expect(farthest(after.values, before.values)).toBeLessThan(1e-6);
  });

  test("never reads a masked candidate, not even one that is not a number", () => {
    const stream = KeyedStream.named(8, "mask");
    const batch = randomBatch(spec, [4, 7, 1, 5], stream);
    const poisoned = { ...batch, candidates: batch.candidates.slice() };
    batch.mask.forEach((allowed, row) => {
      if (!allowed) poisoned.candidates.fill(Number.NaN, row * spec.candidate, (row + 1) * spec.candidate);
    });
    const runtime = runtimeOf(spec, randomParameters(spec, stream));
    expect(answer(runtime, poisoned)).toEqual(answer(runtime, batch));
  });

  test("gives every masked candidate minus infinity, and a decision without a choice a finite value", () => {
    const stream = KeyedStream.named(9, "none allowed");
    const batch = { ...randomBatch(spec, [3, 0], stream), mask: new Uint8Array(3) };
    const out = answer(runtimeOf(spec, randomParameters(spec, stream)), batch);
    expect([...out.logits]).toEqual(Array(3).fill(Number.NEGATIVE_INFINITY));
    expect(out.values.every(Number.isFinite)).toBe(true);
  });

  test("survives a batch far larger than any before: old parameters, same answers", () => {
    const stream = KeyedStream.named(10, "growth");
    const runtime = runtimeOf(spec, randomParameters(spec, stream));
    const small = randomBatch(spec, [3, 5], stream);
    const before = answer(runtime, small);
    const large = randomBatch(
      spec,
      Array.from({ length: 3000 }, (_, i) => i % 7),
      stream,
    );
    const out = answer(runtime, large);
    expect(answer(runtime, small)).toEqual(before);
    expect(out.values[1717]).toBe(answer(runtime, alone(spec, large, 1717)).values[0]);
    const many = randomBatch(spec, [5000], stream);
    const logits = new Float32Array(5000);
    const fresh = runtimeOf(spec, randomParameters(spec, KeyedStream.named(10, "growth")));
    fresh.score(many.contexts, many.candidates, many.mask, 5000, logits);
    expect(logits).toEqual(answer(runtime, many).logits);
  });

  test("refuses a batch that is shorter than it says", () => {
    const stream = KeyedStream.named(11, "short");
    const runtime = runtimeOf(spec, randomParameters(spec, stream));
    const batch = randomBatch(spec, [2, 2], stream);
    expect(() => answer(runtime, { ...batch, candidates: batch.candidates.slice(1) })).toThrow(/shorter/);
    expect(() => answer(runtime, { ...batch, offsets: Int32Array.of(0, 3, 2) })).toThrow(/never decrease/);
    expect(() => runtime.setParameters(new Float32Array(3))).toThrow(/as many parameters/);
  });
});

test("a value is computed only where it is asked for", () => {
  const runtime = createRuntime(spec);
  const answered = runtime.score(
    new Float32Array(5),
    new Float32Array(12),
    Uint8Array.of(1, 1),
    2,
    new Float32Array(2),
  );
  expect(answered).toBeNaN();
});

test.runIf(simdPresent())("the kernels' tanh is within 5e-7 of the true one, odd, and never beyond 1", () => {
  // A network that is tanh: one hidden unit that copies the candidate's one feature.
  const copy: NetworkSpec = {
    kind: "candidate-scorer",
    context: 0,
    candidate: 1,
    hidden: [1],
    activation: "tanh",
  };
  const runtime = createRuntime(copy, "simd");
  runtime.setParameters(Float32Array.of(0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0));
  const x = Float32Array.from({ length: 200_001 }, (_, i) => (i - 100_000) / 8_000);
  x.set([1e-30, -1e-7, 50, -1e30], 0);
  const y = answer(runtime, {
    size: 1,
    contexts: new Float32Array(0),
    candidates: x,
    offsets: Int32Array.of(0, x.length),
    mask: new Uint8Array(x.length).fill(1),
  }).logits;
  let worst = 0;
  let beyond = 0;
  for (let i = 0; i < x.length; i++) {
    worst = Math.max(worst, Math.abs(y[i]! - Math.tanh(x[i]!)));
    if (Math.abs(y[i]!) > 1) beyond++;
  }
  expect(worst).toBeLessThan(5e-7);
  expect(beyond).toBe(0);
  expect(y[110_000]).toBe(-y[90_000]!);
});
