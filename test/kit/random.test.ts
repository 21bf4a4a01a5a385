import { describe, expect, test } from "vitest";
import { logOfUniform } from "../../src/kit/log-of-uniform.js";
import { deriveKey, KeyedStream, seedKey, threefry } from "../../src/kit/random.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";

describe("Threefry-2x32 with 13 rounds", () => {
  // Known answers of Random123 (Salmon et al. 2011), kat_vectors, "threefry2x32 13".
  test.each([
    [
      [0, 0],
      [0, 0],
      [0x9d1c5ec6, 0x8bd50731],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0xfd36d048, 0x2d17272c],
    ],
    [
      [0x13198a2e, 0x03707344],
      [0x243f6a88, 0x85a308d3],
      [0xba3e4725, 0xf27d669e],
    ],
  ] as const)("key %o, counter %o gives the published block", (key, counter, block) => {
    expect(threefry(key, counter)).toEqual(block);
  });
});

describe("a keyed stream", () => {
  test("gives the same draws at a place, whatever was drawn before", () => {
    const stream = KeyedStream.named(7, "work/order");
    const first = [stream.at(3, 9).next(), stream.next(), stream.next()];
    for (let i = 0; i < 100; i++) stream.at(i, 1).next();
    expect([stream.at(3, 9).next(), stream.next(), stream.next()]).toEqual(first);
  });

  test("differs by seed, name, replication and place", () => {
    const draws = [
      KeyedStream.named(7, "a"),
      KeyedStream.named(8, "a"),
      KeyedStream.named(7 + 2 ** 32, "a"),
      KeyedStream.named(7, "b"),
      KeyedStream.named(7, "a", 1),
      KeyedStream.named(7, "a").child("b"),
    ].flatMap((stream) => [stream.next(), stream.next(), stream.at(0, 0).next(), stream.at(0, 1).next()]);
    expect(new Set(draws).size).toBe(draws.length);
  });

  test("names that share letters are far apart", () => {
    const keys = ["", "a", "aa", "ab", "ba", "a\0", "aaa"].map((name) => deriveKey(seedKey(1), name).join());
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("draws exponentials by inversion of the uniforms that it would have drawn, in order, by place and from a position on", () => {
    for (const antithetic of [false, true]) {
      const uniforms = KeyedStream.named(7, "arrivals/order", 0, antithetic);
      const expected = Array.from({ length: 40 }, () => -logOfUniform(uniforms.next()));
      const stream = KeyedStream.named(7, "arrivals/order", 0, antithetic);
      const mixed = expected.map((_, i) =>
        i % 3 === 1 ? -logOfUniform(stream.next()) : stream.exponential(),
      );
      expect(mixed).toEqual(expected);
      stream.position = 13;
      expect([stream.exponential(), stream.exponential()]).toEqual(expected.slice(13, 15));
      const placed = [uniforms.at(3, 9).next(), uniforms.next()].map((u) => -logOfUniform(u));
      expect([stream.at(3, 9).exponential(), stream.exponential()]).toEqual(placed);
    }
  });

  test("has an antithetic twin that draws 1 - u, in order, by place and in its children", () => {
    const plain = KeyedStream.named(7, "work/order");
    const twin = KeyedStream.named(7, "work/order", 0, true);
    const draws = (s: KeyedStream) => [
      s.next(),
      s.next(),
      s.at(3, 9).next(),
      s.next(),
      s.child("again").next(),
      s.child("a").child("b").next(),
    ];
    const mirrored = draws(twin);
    draws(plain).forEach((u, i) => void expect(u + mirrored[i]!).toBe(1));
  });

  test("continues from a saved position", () => {
    const stream = KeyedStream.named(7, "arrivals/order");
    for (let i = 0; i < 10; i++) stream.next();
    const { position } = stream;
    const ahead = [stream.next(), stream.next()];
    const resumed = KeyedStream.named(7, "arrivals/order");
    resumed.position = position;
    expect([resumed.next(), resumed.next()]).toEqual(ahead);
  });

  // Each is a chi-square test at 1e-4 on a fixed seed; the three together would fail a good generator 3 times in 10^4 seeds.
  test.each([
    ["in order", (s: KeyedStream, _: number) => s.next()],
    ["by place", (s: KeyedStream, i: number) => s.at(i, 0).next()],
    ["by the second word", (s: KeyedStream, i: number) => s.at(5, i).next()],
  ] as const)("is uniform, and its neighbours are independent, drawn %s", (_, draw) => {
    const stream = KeyedStream.named(20, "uniformity");
    const bins = 16;
    const n = 160_000;
    const pairs = new Float64Array(bins * bins);
    let last = Math.floor(draw(stream, n) * bins);
    for (let i = 0; i < n; i++) {
      const bin = Math.floor(draw(stream, i) * bins);
      pairs[last * bins + bin]!++;
      last = bin;
    }
    const expected = n / (bins * bins);
    const chiSquare = pairs.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    // 255 degrees of freedom: the 1e-4 quantile is 347.7 (255 + 3.72 * sqrt(510) and a little for skewness).
    expect(chiSquare).toBeLessThan(347.7);
    expect(chiSquare).toBeGreaterThan(178);
  });
});

test("a sequential stream continues from its state to the bit", () => {
  const stream = new SequentialStream("shuffle/1");
  for (let i = 0; i < 10; i++) stream.next();
  const state = JSON.parse(JSON.stringify(stream.state()));
  const ahead = [stream.next(), stream.integer(1000), stream.next()];
  const resumed = new SequentialStream("other");
  resumed.restore(state);
  expect([resumed.next(), resumed.integer(1000), resumed.next()]).toEqual(ahead);
});
