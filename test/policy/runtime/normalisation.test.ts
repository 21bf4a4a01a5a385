import fc from "fast-check";
import { expect, test } from "vitest";
import { Normaliser } from "../../../src/policy/runtime/normalisation.js";

test.each([
  { what: "(x - mean) / std", mean: 2, std: 4, clip: 10, x: 8, z: 1.5 },
  { what: "no more than the bound", mean: 0, std: 1, clip: 3, x: 5, z: 3 },
  { what: "no less than the bound", mean: 0, std: 1, clip: 3, x: -1e30, z: -3 },
  { what: "0 for a constant feature", mean: 7, std: 0, clip: 10, x: 7, z: 0 },
  { what: "bounded where a constant feature was not one", mean: 7, std: 0, clip: 10, x: 8, z: 10 },
  { what: "not blown up by rounding of a constant feature", mean: 0.1, std: 1e-9, clip: 10, x: 0.1, z: 0 },
])("a normalised feature is $what", ({ mean, std, clip, x, z }) => {
  const values = Float32Array.of(x);
  new Normaliser({ mean: [mean], std: [std] }, clip).apply(values, 0, 1);
  expect(values[0]).toBeCloseTo(z, 3);
});

test("rows are normalised column by column from the offset on, and nothing else is touched", () =>
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), fc.nat(5), (offset, rows, rest) => {
      const [mean, std] = [
        [1, -2, 0],
        [2, 0.5, 10],
      ];
      const values = Float32Array.from({ length: offset + 3 * rows + rest }, (_, i) => i - 3);
      const before = values.slice();
      new Normaliser({ mean: mean!, std: std! }, 1e6).apply(values, offset, rows);
      values.forEach((value, i) => {
        const f = (i - offset) % 3;
        const inside = i >= offset && i < offset + 3 * rows;
        const expected = inside ? Math.fround((before[i]! - mean![f]!) / std![f]!) : before[i]!;
        expect(value).toBeCloseTo(expected, 5);
      });
    }),
  ));

test("what JSON has kept normalises to the same bits", () => {
  const moments = { mean: [Math.PI, 1 / 3], std: [Math.E, 1e-3] };
  const run = (m: typeof moments) => {
    const values = Float32Array.of(1, 2, 3, 4);
    new Normaliser(m, 10).apply(values, 0, 2);
    return values;
  };
  expect(run(JSON.parse(JSON.stringify(moments)))).toEqual(run(moments));
});
