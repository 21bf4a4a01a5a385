import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { Distribution } from "../../../src/kit/distribution.js";
import { drawKernel, TOGETHER } from "../../../src/kit/kernels/kernels.js";
import { logOfUniform } from "../../../src/kit/log-of-uniform.js";
import { KeyedStream } from "../../../src/kit/random.js";
import { sampler } from "../../../src/kit/sampler.js";

const folder = fileURLToPath(new URL("../../../src/kit/kernels/", import.meta.url));
const compilerPresent = existsSync(new URL("../../../node_modules/assemblyscript", import.meta.url));
if (!compilerPresent) console.log("skipped: assemblyscript is not installed, the kernels cannot be rebuilt");

test.runIf(compilerPresent)("the committed kernel is what its source compiles to, byte for byte", () => {
  const built = execFileSync(process.execPath, ["src/kit/wasm/build.mjs", folder, "--print"], {
    encoding: "utf8",
  });
  expect(built).toBe(readFileSync(`${folder}kernels.generated.ts`, "utf8"));
});

test("its logarithm has the bits of the one that is written out, over all that can be drawn", () => {
  const { minusLog } = drawKernel()!;
  const stream = KeyedStream.named(1, "uniforms");
  const draws = Array.from({ length: 100_000 }, () => stream.next());
  const small = draws.map((u, i) => Math.max(u * 2 ** -(i % 54), 2 ** -54));
  const nearOne = draws.map((u, i) => 1 - Math.max(u * 2 ** -(i % 53), 2 ** -53));
  const powers = Array.from({ length: 55 }, (_, k) => 2 ** -k);
  // The bounds, to either side, of the two ways in which it is computed.
  const bounds = [0x6147a, 0x6147b, 0x6b850, 0x6b851, 0x6a09b, 0x6a09c].map(
    (mantissa) => 0.5 + mantissa * 2 ** -21,
  );
  const wrong = [...draws, ...small, ...nearOne, ...powers, ...bounds].filter(
    (u) => !Object.is(minusLog(u), -logOfUniform(u)),
  );
  expect(wrong).toEqual([]);
});

const DISTRIBUTIONS: readonly Distribution[] = [
  { kind: "deterministic", value: 2 },
  { kind: "exponential", mean: 3 },
  { kind: "uniform", low: 1, high: 2 },
  { kind: "lognormal", mean: 1, cv: 2 },
  { kind: "gamma", mean: 1, cv: 0.7 },
  { kind: "erlang", mean: 1, stages: 3 },
  { kind: "weibull", scale: 1, shape: 0.5 },
  { kind: "hyperexponential", weights: [0.3, 0.7], means: [1, 5] },
];

describe("draws made side by side are those made one by one", () => {
  const inOrder = (stream: KeyedStream) => Array.from({ length: 5 * TOGETHER }, () => stream.exponential());

  async function streamWithoutKernel(): Promise<typeof KeyedStream> {
    vi.resetModules();
    vi.doMock("../../../src/kit/kernels/kernels.js", () => ({ TOGETHER, drawKernel: () => null }));
    const plain = await import("../../../src/kit/random.js");
    vi.doUnmock("../../../src/kit/kernels/kernels.js");
    return plain.KeyedStream;
  }

  test.each([false, true])("in order, antithetic %s", async (antithetic) => {
    const Plain = await streamWithoutKernel();
    for (const seed of [0, 1, -1, 2 ** 31, 2 ** 52 + 1]) {
      const fast = inOrder(KeyedStream.named(seed, "arrivals", 3, antithetic));
      expect(inOrder(Plain.named(seed, "arrivals", 3, antithetic))).toEqual(fast);
      const stream = KeyedStream.named(seed, "arrivals", 3, antithetic);
      expect(Array.from(fast, () => -logOfUniform(stream.next()))).toEqual(fast);
    }
  });

  test.each(DISTRIBUTIONS)("by place, of the $kind distribution", async (distribution) => {
    const Plain = await streamWithoutKernel();
    const draw = sampler(distribution);
    for (const [antithetic, key] of [
      [false, 0],
      [false, -16],
      [true, 2 ** 31 - 16],
    ] as const) {
      const stream = KeyedStream.named(7, "work", 0, antithetic);
      const [fast, plain] = [new Float64Array(2 * TOGETHER), new Float64Array(2 * TOGETHER)];
      stream.drawPlaces(key, 5, draw.fill, fast, TOGETHER, TOGETHER);
      Plain.named(7, "work", 0, antithetic).drawPlaces(key, 5, draw.fill, plain, TOGETHER, TOGETHER);
      expect(fast).toEqual(plain);
      const ones = Array.from({ length: TOGETHER }, (_, i) => draw(stream.at(key + i, 5)));
      expect([...fast.subarray(TOGETHER)]).toEqual(ones);
    }
  });
});
