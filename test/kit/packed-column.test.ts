import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pack, unpack } from "../../src/kit/packed-column.js";

function there<Column extends Int32Array | Float64Array>(values: Column): Column {
  const back = values.slice() as Column;
  unpack(pack(values.slice()), back.fill(7) as Column);
  return back;
}

/** Whole numbers near each other, somewhere in the range of Int32. */
const whole = fc
  .tuple(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.constantFrom(1, 2, 256, 257, 65_536, 65_537, 2 ** 32),
  )
  .chain(([least, span]) =>
    fc.array(fc.integer({ min: least, max: Math.min(2 ** 31 - 1, least + span - 1) }), { maxLength: 50 }),
  );

describe("a packed column", () => {
  test("gives back every whole number", () => {
    fc.assert(
      fc.property(whole, (values) => {
        expect(there(Int32Array.from(values))).toEqual(Int32Array.from(values));
      }),
    );
  });

  test("gives back every bit of real ones: signs of zeros, infinities, NaN", () => {
    const some = fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.array(fc.oneof(some, fc.double()), { maxLength: 20 }), (values) => {
        const column = Float64Array.from(values);
        expect(Array.from(there(column))).toEqual(Array.from(column));
      }),
    );
  });

  test.each([
    { span: 1, bytes: 0 },
    { span: 256, bytes: 1 },
    { span: 257, bytes: 2 },
    { span: 65_536, bytes: 2 },
    { span: 65_537, bytes: 4 },
  ])("of $span different whole numbers takes $bytes bytes a row", ({ span, bytes }) => {
    const { beyond } = pack(Int32Array.from({ length: 100 }, (_, r) => -5 + (r === 99 ? span - 1 : 0)));
    expect(beyond?.BYTES_PER_ELEMENT ?? 0).toBe(bytes);
  });
});
