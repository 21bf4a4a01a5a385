import { expect, test, vi } from "vitest";
import { KeyedStream } from "../../../src/kit/random.js";
import { adamDefaults, chooseBackend, tensorflowBackend } from "../../../src/learn/backend/index.js";
import { defaultNetwork, initialParameters } from "../../../src/policy/runtime/network/index.js";
import { answer, randomBatch } from "../../policy/runtime/network/batches.js";
import { isTensorFlow, presentBackends } from "./networks.js";

const tensorflow = (await presentBackends()).some(isTensorFlow);

test("auto is the kernels; a name is what was named", async () => {
  expect((await chooseBackend("auto")).name).toBe("simd");
  expect((await chooseBackend("simd")).name).toBe("simd");
  expect((await chooseBackend("plain")).name).toBe("plain");
});

test.runIf(tensorflow)("tensorflow says which engine it found", async () => {
  expect((await chooseBackend("tensorflow")).name).toMatch(/^tensorflow-(node|wasm|cpu)$/);
});

test("an unknown backend is the caller's mistake, and the mend names the known ones", async () => {
  await expect(chooseBackend("simdd" as "simd")).rejects.toMatchObject({
    code: "UNKNOWN_BACKEND",
    exitCode: 2,
    mend: expect.stringContaining('did you mean "simd"'),
  });
});

test("a TensorFlow engine that is not installed is named with the command that installs it", async () => {
  vi.doMock("@tensorflow/tfjs-node", () => {
    throw new Error("native addon module (tfjs_binding.node) can not be found");
  });
  await expect(tensorflowBackend("node")).rejects.toMatchObject({
    code: "TENSORFLOW_ABSENT",
    exitCode: 1,
    mend: "npm install @tensorflow/tfjs-node",
  });
  if (tensorflow) expect((await tensorflowBackend()).name).toMatch(/^tensorflow-(wasm|cpu)$/);
  vi.doUnmock("@tensorflow/tfjs-node");
});

test.runIf(tensorflow)("TensorFlow computes without a word on the console", async () => {
  const said = (["log", "warn", "error", "info"] as const).map((kind) =>
    vi.spyOn(console, kind).mockImplementation(() => {}),
  );
  const spec = defaultNetwork(2, 3);
  const stream = KeyedStream.named(1, "silence");
  const backend = await tensorflowBackend("cpu");
  const network = backend.create(spec, initialParameters(spec, stream), adamDefaults);
  answer(network, randomBatch(spec, [2, 3], stream));
  network.backward(new Float32Array(5).fill(1), new Float32Array(2).fill(1));
  network.adamStep(0.01, 1);
  const calls = said.flatMap((spy) => spy.mock.calls);
  for (const spy of said) spy.mockRestore();
  expect(calls).toEqual([]);
});
