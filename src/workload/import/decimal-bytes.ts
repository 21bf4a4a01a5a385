/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
/** Digits that a double holds whatever they are. */
const EXACT_DIGITS = 15;
const ZERO = 0x30;

/**
 * The decimal number that stands in bytes [from, to), divided by 10^shift; NaN where they are none. Rounded once, to what
 * `Number` gives for the same digits with the exponent lowered: where digits and power are both exact in a double, one
 * division or product rounds correctly (Clinger, How to read floating point numbers accurately, PLDI 1990); the rest is left
 * to `Number`.
 */
export function decimalOf(bytes: Buffer, from: number, to: number, shift = 0): number {
  let at = from;
  const sign = bytes[at];
  if (at < to && (sign === 0x2d || sign === 0x2b)) at++;
  let mantissa = 0;
  let digits = 0;
  const begin = at;
  let digit = 0;
  for (; at < to && (digit = bytes[at]! - ZERO) >= 0 && digit <= 9; at++) {
    mantissa = mantissa * 10 + digit;
    if (mantissa > 0) digits++;
  }
  let read = at - begin;
  let places = 0;
  if (at < to && bytes[at] === 0x2e) {
    const point = at++;
    for (; at < to && (digit = bytes[at]! - ZERO) >= 0 && digit <= 9; at++) {
      mantissa = mantissa * 10 + digit;
      if (mantissa > 0) digits++;
    }
    places = at - point - 1;
    read += places;
  }
  if (read === 0) return Number.NaN;
  const mantissaEnd = at;
  let exponent = 0;
  if (at < to && (bytes[at]! | 0x20) === 0x65) {
    at++;
    const negative = bytes[at] === 0x2d;
    if (at < to && (negative || bytes[at] === 0x2b)) at++;
    const first = at;
    for (; at < to && (digit = bytes[at]! - ZERO) >= 0 && digit <= 9; at++) {
      // Beyond this, a number is 0 or infinite whatever its digits.
      if (exponent < 1e6) exponent = exponent * 10 + digit;
    }
    if (at === first) return Number.NaN;
    if (negative) exponent = -exponent;
  }
  if (at !== to) return Number.NaN;
  const power = exponent - places - shift;
  let value: number;
  if (digits > EXACT_DIGITS || power < -22 || power > 22) {
    return Number(`${bytes.toString("latin1", from, mantissaEnd)}e${exponent - shift}`);
  }
  if (power < 0) value = mantissa / POWERS[-power]!;
  else value = power > 0 ? mantissa * POWERS[power]! : mantissa;
  return sign === 0x2d ? -value : value;
}
