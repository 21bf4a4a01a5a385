import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../../src/kit/random.js";
import { adamDefaults } from "../../../src/learn/backend/index.js";
import { type NetworkSpec, outputsOf } from "../../../src/policy/runtime/network/index.js";
import {
  answer,
  cases,
  farthest,
  randomBatch,
  randomParameters,
  realise,
} from "../../policy/runtime/network/batches.js";
import {
  doubleGradient,
  finiteDifferences,
  isTensorFlow,
  presentBackends,
  randomDerivatives,
} from "./networks.js";

const backends = await presentBackends();
const specs: NetworkSpec[] = [
  { kind: "candidate-scorer", context: 3, candidate: 2, hidden: [5, 6], activation: "tanh" },
  { kind: "candidate-scorer", context: 0, candidate: 5, hidden: [9], activation: "tanh" },
  { kind: "candidate-scorer", context: 4, candidate: 3, hidden: [8, 3, 7], activation: "relu" },
  // Both flat ones know more candidates than some decisions have.
  { kind: "flat", candidates: 7, context: 3, candidate: 2, hidden: [5, 6], activation: "tanh" },
  { kind: "flat", candidates: 9, context: 0, candidate: 1, hidden: [8], activation: "tanh" },
  // Several numbers a score, more and fewer than the last hidden layer is wide.
  { kind: "candidate-scorer", context: 2, candidate: 3, hidden: [6, 5], activation: "tanh", outputs: 3 },
  { kind: "candidate-scorer", context: 1, candidate: 4, hidden: [5], activation: "tanh", outputs: 9 },
];
// The third decision has one candidate; in such batches some have none that is allowed.
const counts = [4, 2, 1, 7, 3];

test("in double precision, reverse mode is what central differences say, to 1e-8", () => {
  for (const [i, spec] of specs.entries()) {
    const stream = KeyedStream.named(i, "gradient");
    const parameters = randomParameters(spec, stream);
    const batch = randomBatch(spec, counts, stream);
    const by = randomDerivatives(batch, stream, outputsOf(spec));
    const numeric = finiteDifferences(spec, parameters, batch, by);
    expect(farthest(doubleGradient(spec, parameters, batch, by), numeric)).toBeLessThan(1e-8);
    expect(numeric.filter((slope) => Math.abs(slope) > 1e-3).length).toBeGreaterThan(parameters.length / 2);
  }
});

describe.each(backends)("gradients by $name", (backend) => {
  test("are what central differences say, to 1e-5", () => {
    for (const [i, spec] of specs.entries()) {
      const stream = KeyedStream.named(i, "gradient");
      const parameters = randomParameters(spec, stream);
      const batch = randomBatch(spec, counts, stream);
      const by = randomDerivatives(batch, stream, outputsOf(spec));
      const network = backend.create(spec, parameters, adamDefaults);
      answer(network, batch, outputsOf(spec));
      network.backward(by.dLogits, by.dValues);
      expect(farthest(network.gradient(), finiteDifferences(spec, parameters, batch, by))).toBeLessThan(1e-5);
      network.dispose();
    }
  });

  test("agree with double precision within 1e-5, and so do logits and values, for any network and batch", () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(1, 1, 2, 4, 7, 23), (drawn, several) => {
        const outputs = drawn.spec.kind === "flat" ? 1 : several;
        const { spec, parameters, batch, stream } = realise({ ...drawn, spec: { ...drawn.spec, outputs } });
        const by = randomDerivatives(batch, stream, outputs);
        const network = backend.create(spec, parameters, adamDefaults);
        const out = answer(network, batch, outputs);
        network.backward(by.dLogits, by.dValues);
        const plain = backends.find(({ name }) => name === "plain")!.create(spec, parameters, adamDefaults);
        const twin = answer(plain, batch, outputs);
        expect(farthest(out.logits, twin.logits)).toBeLessThan(1e-5);
        expect(farthest(out.values, twin.values)).toBeLessThan(1e-5);
        expect(farthest(network.gradient(), doubleGradient(spec, parameters, batch, by))).toBeLessThan(1e-5);
        network.dispose();
      }),
      // A fixed seed: where a relu's input is within rounding of 0, single and double precision may rightly differ.
      { numRuns: isTensorFlow(backend) ? 25 : 100, seed: 20 },
    );
  });

  test("at full size, with a training batch, agree within 1e-5 of the largest", () => {
    const spec: NetworkSpec = {
      kind: "candidate-scorer",
      context: 12,
      candidate: 12,
      hidden: [130, 72],
      activation: "tanh",
    };
    const stream = KeyedStream.named(3, "gradient/full");
    const parameters = randomParameters(spec, stream);
    const batch = randomBatch(
      spec,
      Array.from({ length: 256 }, (_, b) => 2 + (b % 5)),
      stream,
    );
    const by = randomDerivatives(batch, stream);
    const network = backend.create(spec, parameters, adamDefaults);
    answer(network, batch);
    network.backward(by.dLogits, by.dValues);
    const truth = doubleGradient(spec, parameters, batch, by);
    const largest = truth.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
    const scaled = (slopes: ArrayLike<number>): number[] => Array.from(slopes, (slope) => slope / largest);
    expect(farthest(scaled(network.gradient()), scaled(truth))).toBeLessThan(1e-5);
    network.dispose();
  });

  test("accumulate over batches until they are zeroed, and ignore what is said of masked candidates", () => {
    const spec = specs[0]!;
    const stream = KeyedStream.named(4, "gradient/accumulate");
    const parameters = randomParameters(spec, stream);
    const network = backend.create(spec, parameters, adamDefaults);
    const total = new Float64Array(parameters.length);
    for (const size of [3, 6]) {
      const batch = randomBatch(spec, counts.slice(0, size), stream);
      const by = randomDerivatives(batch, stream);
      doubleGradient(spec, parameters, batch, by).forEach((slope, i) => {
        total[i] = total[i]! + 2 * slope;
      });
      batch.mask.forEach((allowed, row) => {
        if (!allowed) by.dLogits[row] = Number.NaN;
      });
      answer(network, batch);
      network.backward(by.dLogits, by.dValues);
      network.backward(by.dLogits, by.dValues);
    }
    expect(farthest(network.gradient(), total)).toBeLessThan(1e-5);
    network.zeroGradient();
    expect(network.gradient().every((slope) => slope === 0)).toBe(true);
    network.dispose();
  });

  test("are refused where there was no forward pass with these parameters", () => {
    const spec = specs[0]!;
    const stream = KeyedStream.named(5, "gradient/stale");
    const parameters = randomParameters(spec, stream);
    const batch = randomBatch(spec, counts, stream);
    const by = randomDerivatives(batch, stream);
    const network = backend.create(spec, parameters, adamDefaults);
    expect(() => network.backward(by.dLogits, by.dValues)).toThrow(/follows a forward/);
    answer(network, batch);
    expect(() => network.backward(by.dLogits.subarray(1), by.dValues)).toThrow(/a derivative for every/);
    network.setParameters(parameters);
    expect(() => network.backward(by.dLogits, by.dValues)).toThrow(/follows a forward/);
    network.dispose();
  });

  test.each(specs)("in shards, a step is that of their sum: $kind", (spec) => {
    const stream = KeyedStream.named(6, "gradient/shards");
    const parameters = randomParameters(spec, stream);
    const [whole, parts] = [1, 2].map(() => backend.create(spec, parameters, adamDefaults));
    const { sharding } = parts!;
    if (sharding === undefined) return;
    // Beginning with the most, so that later rounds find something to forget.
    for (const shards of [4, 3, 1, 2]) {
      for (let shard = 0; shard < shards; shard++) {
        const batch = randomBatch(spec, counts, stream);
        const by = randomDerivatives(batch, stream, spec.outputs);
        for (const network of [whole!, parts!]) answer(network, batch, spec.outputs);
        whole!.backward(by.dLogits, by.dValues);
        sharding.backward(shard, by.dLogits, by.dValues);
      }
      const norm = whole!.adamStep(1e-3, 0.5);
      expect(sharding.adamStep(shards, 1e-3, 0.5) / norm).toBeCloseTo(1, 5);
      // A step of Adam is the rate times about 1: what is left of it is rounding.
      expect(farthest(parts!.parameters(), whole!.parameters())).toBeLessThan(2e-6);
    }
    expect(parts!.optimizer().step).toBe(4);
    for (const network of [whole!, parts!]) network.dispose();
  });
});
