import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError, SwitchyardError } from "../../src/kit/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/policy/runtime/index.js";
import { python, pythonHas } from "../support/python.js";

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
    ["a type that is no text", file({ a: { ...entry(0, 4), dtype: { toString: 1 } } }, new Uint8Array(4))],
    ["more than a tensor's entry", file({ a: { ...entry(0, 4), more: 1 } }, new Uint8Array(4))],
    [
      "a tensor twice",
      file(`{"a":${JSON.stringify(entry(0, 4))},"a":${JSON.stringify(entry(0, 4))}}`, new Uint8Array(4)),
    ],
    ["metadata that are no texts", file({ __metadata__: { a: 1 } })],
    ["a header that does not begin with {", file(" {}")],
    ["a header nested without bound", file(`{"a":${"[".repeat(100_000)}`)],
  ])("refuses %s", (_, bytes) => {
    expect(() => readSafetensors(bytes, "x")).toThrow(SwitchyardError);
  });

  const anyTensors = fc.uniqueArray(
    fc.record({
      name: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("1", "0", "__proto__", "constructor")),
      shape: fc.array(fc.nat(3), { maxLength: 3 }),
      first: fc.float({ noNaN: true }),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  );
  const filled = (drawn: { name: string; shape: number[]; first: number }[]) =>
    drawn.map(({ name, shape, first }) => ({
      name,
      shape,
      data: new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(first),
    }));

  const byName = <T extends { name: string }>(tensors: T[]) =>
    tensors.sort((a, b) => (a.name < b.name ? -1 : 1));

  // By name: the format knows no order among tensors without elements.
  test("gives back any tensors, whatever their names", () => {
    fc.assert(
      fc.property(anyTensors, (drawn) => {
        const read = readSafetensors(writeSafetensors(filled(drawn)), "x");
        expect(byName(read)).toEqual(byName(filled(drawn)));
      }),
    );
  });

  test("with bytes altered is read or refused, and never a fault of ours", () => {
    fc.assert(
      fc.property(
        anyTensors,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (drawn, changes) => {
          const bytes = writeSafetensors(filled(drawn));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          try {
            readSafetensors(bytes, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  const present = pythonHas("safetensors.numpy", "numpy");
  const READ = `
import base64, json, sys
from safetensors.numpy import load
tensors = load(base64.b64decode(json.load(sys.stdin)))
print(json.dumps({n: [str(t.dtype), list(t.shape), t.flatten().tolist()] for n, t in tensors.items()}))`;
  const WRITE = `
import base64, json, sys
import numpy
from safetensors.numpy import save
tensors = {n: numpy.array(v, numpy.float32).reshape(s) for n, (s, v) in json.load(sys.stdin).items()}
print(json.dumps(base64.b64encode(save(tensors, {"made": "there"})).decode()))`;

  test.skipIf(!present)("is read by the reference library, and reads what that writes", () => {
    const theirs = python<Record<string, unknown>>(
      READ,
      Buffer.from(
        writeSafetensors(
          [
            { name: "z", shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 0.125) },
            { name: "a.ü", shape: [3], data: Float32Array.of(4, 5, 6) },
          ],
          { made: "here" },
        ),
      ).toString("base64"),
    );
    expect(theirs).toEqual({
      z: ["float32", [2, 2], [1, -2, 3.5, 0.125]],
      "a.ü": ["float32", [3], [4, 5, 6]],
    });
    const written = python<string>(WRITE, {
      z: [
        [2, 2],
        [1, -2, 3.5, 0.125],
      ],
      "10": [[1], [7]],
      a: [[3], [4, 5, 6]],
    });
    const read = byName(readSafetensors(Buffer.from(written, "base64"), "x"));
    expect(read).toEqual([
      { name: "10", shape: [1], data: Float32Array.of(7) },
      { name: "a", shape: [3], data: Float32Array.of(4, 5, 6) },
      { name: "z", shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 0.125) },
    ]);
  });
});
