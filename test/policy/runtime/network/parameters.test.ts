import { expect, test } from "vitest";
import { KeyedStream } from "../../../../src/kit/random.js";
import {
  checkNetworkSpec,
  createRuntime,
  defaultNetwork,
  initialParameters,
  type NetworkSpec,
  parameterCount,
  parameterTable,
} from "../../../../src/policy/runtime/network/index.js";

const spec: NetworkSpec = { ...defaultNetwork(3, 4), hidden: [8, 20] };

test("the flat vector holds the actor's layers, then the critic's, without gaps", () => {
  expect(parameterTable(spec)).toEqual([
    { name: "actor.0.weight", shape: [15, 8], offset: 0 }, // 3 + 4 + 4 shared, 4 of the candidate
    { name: "actor.0.bias", shape: [8], offset: 120 },
    { name: "actor.1.weight", shape: [8, 20], offset: 128 },
    { name: "actor.1.bias", shape: [20], offset: 288 },
    { name: "actor.2.weight", shape: [20, 1], offset: 308 },
    { name: "actor.2.bias", shape: [1], offset: 328 },
    { name: "critic.0.weight", shape: [11, 8], offset: 329 },
    { name: "critic.0.bias", shape: [8], offset: 417 },
    { name: "critic.1.weight", shape: [8, 20], offset: 425 },
    { name: "critic.1.bias", shape: [20], offset: 585 },
    { name: "critic.2.weight", shape: [20, 1], offset: 605 },
    { name: "critic.2.bias", shape: [1], offset: 625 },
  ]);
  expect(parameterCount(spec)).toBe(626);
});

test("initial weights are orthogonal with their layer's gain, biases zero, and a seed gives the same bits", () => {
  const parameters = initialParameters(spec, KeyedStream.named(1, "weights"));
  expect(parameters).toEqual(initialParameters(spec, KeyedStream.named(1, "weights")));
  expect(parameters).not.toEqual(initialParameters(spec, KeyedStream.named(2, "weights")));
  const gains = new Map([
    ["actor.2.weight", 0.01],
    ["critic.2.weight", 1],
  ]);
  for (const { name, shape, offset } of parameterTable(spec)) {
    const [rows, columns] = shape as [number, number | undefined];
    const at = (i: number, j: number): number => parameters[offset + i * (columns ?? 1) + j]!;
    if (columns === undefined) {
      for (let i = 0; i < rows; i++) expect(at(i, 0)).toBe(0);
      continue;
    }
    const gain = gains.get(name) ?? Math.SQRT2;
    const count = Math.min(rows, columns);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) {
          product += rows >= columns ? at(k, a) * at(k, b) : at(a, k) * at(b, k);
        }
        expect(Math.abs(product / gain ** 2 - (a === b ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
  }
});

test("a spec that cannot be is refused with all that is wrong with it, before anything is allocated", () => {
  const wrong = {
    kind: "candidate-scorer",
    context: -1,
    candidate: 1e9,
    hidden: [64, 0.5],
    activation: "sine",
  } as unknown as NetworkSpec;
  expect(() => createRuntime(wrong)).toThrow(
    expect.objectContaining({
      code: "NETWORK_SPEC",
      exitCode: 2,
      complaints: expect.objectContaining({ length: 4 }),
    }),
  );
  expect(() => checkNetworkSpec({ ...spec, hidden: [] })).toThrow(/1 to 8 hidden layers/);
  expect(() => parameterCount({ ...spec, hidden: Array(8).fill(4096) })).toThrow(/the limit is/);
});
