import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../../src/kit/random.js";
import {
  type AdamOptions,
  adamDefaults,
  type GradientBackend,
  loadTensorFlow,
  plainBackend,
} from "../../../src/learn/backend/index.js";
import type { Batch, NetworkSpec } from "../../../src/policy/runtime/network/index.js";
import { answer, farthest, randomBatch, randomParameters } from "../../policy/runtime/network/batches.js";
import { isTensorFlow, presentBackends, randomDerivatives } from "./networks.js";

const backends = await presentBackends();
const small: NetworkSpec = {
  kind: "candidate-scorer",
  context: 3,
  candidate: 5,
  hidden: [7, 10],
  activation: "tanh",
};
const constants: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

function started(backend: GradientBackend, name: string, options = adamDefaults, spec = small) {
  const stream = KeyedStream.named(1, name);
  const network = backend.create(spec, randomParameters(spec, stream), options);
  const batches = Array.from({ length: 6 }, () => randomBatch(spec, [4, 2, 5, 3, 1, 6], stream));
  const derivatives = batches.map((batch) => randomDerivatives(batch, stream));
  const step = (k: number, rate = 0.01, most = Number.POSITIVE_INFINITY): number => {
    answer(network, batches[k]!);
    network.backward(derivatives[k]!.dLogits, derivatives[k]!.dValues);
    return network.adamStep(rate, most);
  };
  return { network, step };
}

describe.each(backends)("Adam by $name", (backend) => {
  test("is the paper's algorithm 1, worked by hand", () => {
    // A decision whose features are all zero and a value of slope g: the critic's last bias has the gradient g, and
    // all other gradients are zero, since every hidden unit is tanh(0).
    const zeros: Batch = {
      size: 1,
      contexts: new Float32Array(3),
      candidates: new Float32Array(5),
      offsets: Int32Array.of(0, 1),
      mask: Uint8Array.of(1),
    };
    const count = 5 * 7 + 13 * 7 + 7 + 7 * 10 + 10 + 10 + 1 + 13 * 7 + 7 + 7 * 10 + 10 + 10 + 1;
    const network = backend.create(small, new Float32Array(count), constants);
    const push = (slope: number): number => {
      answer(network, zeros);
      network.backward(Float32Array.of(0), Float32Array.of(slope));
      return network.adamStep(0.1, 1.5);
    };
    // g = 1: m = 0.1, v = 0.001; corrected 1 and 1: a step of 0.1.
    expect(push(1)).toBeCloseTo(1, 6);
    expect(network.parameters().at(-1)).toBeCloseTo(-0.1, 6);
    // g = -3, clipped to -1.5: m = 0.09 - 0.15 = -0.06, v = 0.000999 + 0.00225 = 0.003249;
    // corrected by 0.19 and 0.001999: -0.3157895 / sqrt(1.6253127) = -0.2477039: a step of -0.02477039.
    expect(push(-3)).toBeCloseTo(3, 6);
    expect(network.parameters().at(-1)).toBeCloseTo(-0.07522961, 6);
    const { step, m, v } = network.optimizer();
    expect(step).toBe(2);
    expect(m.at(-1)).toBeCloseTo(-0.06, 7);
    expect(v.at(-1)).toBeCloseTo(0.003249, 8);
    expect(network.parameters().filter((parameter) => parameter !== 0).length).toBe(1);
    expect(network.gradient().every((slope) => slope === 0)).toBe(true);
    network.dispose();
  });

  test("resumes bit for bit from its parameters and its memory", () => {
    const through = started(backend, "adam/resume");
    for (let k = 0; k < 6; k++) through.step(k, 0.01, 0.5);
    const before = started(backend, "adam/resume");
    for (let k = 0; k < 3; k++) before.step(k, 0.01, 0.5);
    const resumed = started(backend, "adam/resume");
    resumed.step(5); // Whatever it did before is overwritten.
    resumed.network.setParameters(before.network.parameters());
    resumed.network.setOptimizer(before.network.optimizer());
    for (let k = 3; k < 6; k++) resumed.step(k, 0.01, 0.5);
    expect(resumed.network.parameters()).toEqual(through.network.parameters());
    expect(resumed.network.optimizer()).toEqual(through.network.optimizer());
    for (const { network } of [through, before, resumed]) network.dispose();
  });

  test("gives the same bits twice", () => {
    const [a, b] = [started(backend, "adam/twice"), started(backend, "adam/twice")];
    for (let k = 0; k < 6; k++) expect(a.step(k)).toBe(b.step(k));
    expect(a.network.parameters()).toEqual(b.network.parameters());
    a.network.dispose();
    b.network.dispose();
  });

  test("goes where the plain twin goes, within 1e-5 after six steps, whatever the widths", () => {
    // Widths that no vector divides, narrow beside wide: what pads them must stay out of it.
    for (const hidden of [
      [7, 10],
      [5, 9, 3, 6],
      [1, 2],
      [130, 70],
    ]) {
      const spec: NetworkSpec = { ...small, hidden };
      const [a, b] = [backend, plainBackend].map((one) => started(one, "adam/twin", adamDefaults, spec));
      for (let k = 0; k < 6; k++) expect(a!.step(k, 0.003, 1)).toBeCloseTo(b!.step(k, 0.003, 1), 4);
      expect(farthest(a!.network.parameters(), b!.network.parameters())).toBeLessThan(1e-5);
      expect(farthest(a!.network.optimizer().m, b!.network.optimizer().m)).toBeLessThan(1e-5);
      a!.network.dispose();
    }
  });

  test("refuses a gradient that is not finite, and moves nothing", () => {
    const { network, step } = started(backend, "adam/nan");
    step(0);
    const parameters = network.parameters();
    const optimizer = network.optimizer();
    const batch = randomBatch(small, [3], KeyedStream.named(2, "adam/nan"));
    answer(network, batch);
    network.backward(new Float32Array(3), Float32Array.of(Number.NaN));
    expect(() => network.adamStep(0.1, 1)).toThrow(expect.objectContaining({ code: "GRADIENT_NOT_FINITE" }));
    expect(network.parameters()).toEqual(parameters);
    expect(network.optimizer()).toEqual(optimizer);
    expect(network.gradient().every((slope) => slope === 0)).toBe(true);
    network.dispose();
  });
});

test.runIf(backends.some(isTensorFlow))(
  "Adam moves parameters as TensorFlow's optimizer does, without clipping",
  async () => {
    const { tf, use } = await loadTensorFlow();
    use();
    const { network, step } = started(backends[0]!, "adam/tensorflow", constants);
    const twin = started(backends[0]!, "adam/tensorflow", constants);
    const theirs = tf.variable(tf.tensor1d(network.parameters()));
    const optimizer = tf.train.adam(0.01, constants.beta1, constants.beta2, constants.epsilon);
    for (let k = 0; k < 6; k++) {
      // The gradient of step k, read back as what an Adam without memory would have been given.
      const before = twin.network.optimizer().m;
      twin.step(k);
      const after = twin.network.optimizer().m;
      const gradient = after.map((m, i) => (m - constants.beta1 * before[i]!) / (1 - constants.beta1));
      optimizer.applyGradients([{ name: theirs.name, tensor: tf.tensor1d(gradient) }]);
      step(k);
    }
    expect(farthest(network.parameters(), await theirs.data())).toBeLessThan(1e-5);
    optimizer.dispose();
    theirs.dispose();
  },
);
