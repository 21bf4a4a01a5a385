import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalOf } from "../../../src/workload/import/decimal-bytes.js";

const read = (text: string, shift = 0) => decimalOf(Buffer.from(`<${text}>`), 1, text.length + 1, shift);

const digits = (maxLength: number) => fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength });
const anyDecimal = fc
  .tuple(
    fc.constantFrom("", "-", "+"),
    digits(24),
    fc.option(digits(24), { nil: null }),
    fc.option(fc.integer({ min: -340, max: 320 }), { nil: null }),
  )
  .filter(([, whole, part]) => whole.length + (part?.length ?? 0) > 0)
  .map(
    ([sign, whole, part, exponent]) =>
      `${sign}${whole}${part === null ? "" : `.${part}`}${exponent === null ? "" : `e${exponent}`}`,
  );

test("a number is what Number makes of it, bit for bit", () =>
  fc.assert(
    fc.property(
      fc.oneof(anyDecimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
      (text) => {
        expect(Object.is(read(text), Number(text))).toBe(true);
      },
    ),
    { numRuns: 20_000 },
  ));

test("a unit is taken off before the number is rounded", () =>
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.constantFrom(3, 6, 9), (whole, shift) => {
      expect(Object.is(read(String(whole), shift), Number(`${whole}e-${shift}`))).toBe(true);
    }),
    { numRuns: 5000 },
  ));

test.each([
  "",
  "-",
  ".",
  "e5",
  "1e",
  "1e+",
  "0x10",
  "1 ",
  " 1",
  "1_000",
  "1,5",
  "Infinity",
  "NaN",
  "--1",
  "1.2.3",
])("%j is no number", (text) => expect(read(text)).toBeNaN());
