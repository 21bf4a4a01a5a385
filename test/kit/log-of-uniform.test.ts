import { expect, test } from "vitest";
import { logOfUniform } from "../../src/kit/log-of-uniform.js";
import { KeyedStream } from "../../src/kit/random.js";

test("the logarithm of a uniform draw is that of the engine, to an ulp, over all that can be drawn", () => {
  const stream = KeyedStream.named(1, "uniforms");
  const draws = Array.from({ length: 100_000 }, () => stream.next());
  const small = draws.map((u, i) => Math.max(u * 2 ** -(i % 54), 2 ** -54));
  const nearOne = draws.map((u, i) => 1 - Math.max(u * 2 ** -(i % 53), 2 ** -53));
  const powers = Array.from({ length: 55 }, (_, k) => 2 ** -k);
  for (const u of [...draws, ...small, ...nearOne, ...powers]) {
    const truth = Math.log(u);
    expect(Math.abs(logOfUniform(u) - truth)).toBeLessThanOrEqual(2 ** -52 * Math.abs(truth));
  }
});
