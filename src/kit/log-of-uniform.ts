/**
 * The natural logarithm of a uniform draw, a double in [2^-54, 1]. Drawing exponentials is what a simulation does most, so it is
 * written out: compiled into its caller it costs half of a call of `Math.log`, and it has the same bits on every engine, where
 * `Math.log` need not.
 *
 * The method and its coefficients are those of `e_log.c` in FDLIBM: x = 2^k (1 + f) with 1 + f in [1/sqrt(2), sqrt(2)], and
 * log(1 + f) = f - s (f - R) with s = f / (2 + f) and R a polynomial in s^2, good to an ulp. Of it:
 *
 *     Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *     Developed at SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software
 *     is freely granted, provided that this notice is preserved.
 */
export function logOfUniform(u: number): number {
  float[0] = u;
  const high = bits[1]!;
  const mantissa = high & 0xfffff;
  // One octave up where 1 + f would be above sqrt(2).
  const k = (high >> 20) - 1023 + ((mantissa + 0x95f64) >> 20);
  const f = u * POWERS[-k]! - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const rest = z * (L1 + w * (L3 + w * (L5 + w * L7))) + w * (L2 + w * (L4 + w * L6));
  // Near sqrt(2), where f is largest, f^2 / 2 is taken out first: it keeps the ulp.
  if (mantissa > 0x6147a && mantissa < 0x6b851) {
    const half = 0.5 * f * f;
    return k * LN2_HIGH - (half - (s * (half + rest) + k * LN2_LOW) - f);
  }
  return k * LN2_HIGH - (s * (f - rest) - k * LN2_LOW - f);
}

const float = new Float64Array(1);
const bits = new Int32Array(float.buffer);
/** 2^0 to 2^55: the mantissa is had by a product, since a double that is put together from words is slow to be read. */
const POWERS = Float64Array.from({ length: 56 }, (_, k) => 2 ** k);

/** Bits of log(2) such that its product with any k is exact, and the rest of it. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const L1 = 0.6666666666666735;
const L2 = 0.3999999999940942;
const L3 = 0.2857142874366239;
const L4 = 0.22222198432149784;
const L5 = 0.1818357216161805;
const L6 = 0.15313837699209373;
const L7 = 0.14798198605116586;
