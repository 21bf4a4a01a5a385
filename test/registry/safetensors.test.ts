import { describe, expect, test } from "vitest";
import { SwitchyardError } from "../../src/kit/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/policy/runtime/index.js";

const file = (header: unknown, data = new Uint8Array(0)): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
};
const entry = (from: number, to: number, shape: unknown = [(to - from) / 4], dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe("safetensors", () => {
  test("gives back what was put in", () => {
    const tensors = [
      { name: "a", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, -0, 1e-40) },
      { name: "b.ü", shape: [], data: Float32Array.of(7) },
      { name: "none", shape: [0, 4], data: new Float32Array(0) },
    ];
    expect(readSafetensors(writeSafetensors(tensors, { made: "here" }), "x")).toEqual(tensors);
  });

  test("begins its data at a multiple of eight", () => {
    const bytes = writeSafetensors([{ name: "a", shape: [1], data: Float32Array.of(1) }]);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  test.each<[string, Uint8Array]>([
    ["too short a file", new Uint8Array(4)],
    ["a header longer than the file", file("{}").fill(0xff, 0, 8)],
    ["a header that is not JSON", file("{")],
    ["a header that is a list", file("[]")],
    ["another type of number", file({ a: entry(0, 4, [1], "F16") }, new Uint8Array(4))],
    ["a hole", file({ a: entry(4, 8) }, new Uint8Array(8))],
    ["an overlap", file({ a: entry(0, 8), b: entry(4, 12) }, new Uint8Array(12))],
    ["a shape of another size", file({ a: entry(0, 8, [3]) }, new Uint8Array(8))],
    ["a negative side", file({ a: entry(0, 4, [-1]) }, new Uint8Array(4))],
    ["offsets past the end", file({ a: entry(0, 400) }, new Uint8Array(8))],
    ["bytes of no tensor", file({ a: entry(0, 4) }, new Uint8Array(8))],
  ])("refuses %s", (_, bytes) => {
    expect(() => readSafetensors(bytes, "x")).toThrow(SwitchyardError);
  });
});
