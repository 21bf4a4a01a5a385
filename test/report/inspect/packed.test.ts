import fc from "fast-check";
import { expect, test } from "vitest";
import { packColumns, unpackColumns } from "../../../src/report/inspect/packed.js";

const whole = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat()), { maxLength: 40 });

test("whole numbers come back to the last bit", () =>
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      const { layout, bytes } = packColumns({ a: Float64Array.from(a), b: Float64Array.from(b) }, {});
      const found = unpackColumns(layout, bytes);
      expect(Array.from(found.get("a")!)).toEqual(a);
      expect(Array.from(found.get("b")!)).toEqual(b);
    }),
  ));

test("other numbers come back to three digits, and what is none as none", () =>
  fc.assert(
    fc.property(
      fc.array(fc.float({ noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) })),
      (values) => {
        const { layout, bytes } = packColumns({}, { x: Float64Array.from(values) });
        const found = unpackColumns(layout, bytes).get("x")!;
        values.forEach((value, i) => {
          if (Number.isNaN(value)) expect(found[i]).toBeNaN();
          else if (Math.abs(value) > 1e-30) expect(Math.abs(found[i]! / value - 1)).toBeLessThan(2 ** -12);
        });
      },
    ),
  ));

test("small numbers take few bytes", () => {
  const { bytes } = packColumns({ small: Int32Array.of(0, 255, 7), wide: Int32Array.of(256) }, {});
  expect(bytes.length).toBe(3 + 2);
});
