// Draws of keyed streams, many at once, in AssemblyScript (https://www.assemblyscript.org). `npm run kernels` compiles it into
// ../kernels.generated.ts. The same operations on the same doubles in the same order as ../../random.ts and
// ../../log-of-uniform.ts, so the same bits: four blocks side by side where those make one, and two logarithms.

/** Draws made at once: the first words of their blocks stand from byte 0 on, the second ones from 64, the exponentials from 128. */
const SECOND: usize = 64;
const EXPONENTIAL: usize = 128;

// @ts-ignore: a decorator of AssemblyScript
@inline
function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/** Makes the 16 draws of a key (k0, k1) at the counters (c0, c1) to (c0 + 15, c1); `flip` is what the words of a uniform are complemented by. */
export function drawAhead(k0: i32, k1: i32, c0: i32, c1: i32, flip: i32): void {
  const k2 = 0x1bd11bda ^ k0 ^ k1;
  const key0 = i32x4.splat(k0);
  const key1 = i32x4.splat(k1);
  const flips = i32x4.splat(flip);
  const start1 = i32x4.splat(c1 + k1);
  const then0 = i32x4.splat(k2 + 1);
  const then1 = i32x4.splat(k0 + 2);
  const then2 = i32x4.splat(k1 + 3);
  const key2 = i32x4.splat(k2);
  let counter = i32x4.add(i32x4.splat(c0), i32x4(0, 1, 2, 3));
  for (let at: usize = 0; at < SECOND; at += 16) {
    let a = i32x4.add(counter, key0);
    let b = start1;
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 13), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 15), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 26), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 6), a);
    a = i32x4.add(a, key1); b = i32x4.add(b, then0);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 17), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 29), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 16), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 24), a);
    a = i32x4.add(a, key2); b = i32x4.add(b, then1);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 13), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 15), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 26), a);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 6), a);
    a = i32x4.add(a, key0); b = i32x4.add(b, then2);
    a = i32x4.add(a, b); b = v128.xor(rotate(b, 17), a);
    v128.store(at, a);
    v128.store(at, b, SECOND);
    const high = i32x4.shr_u(v128.xor(a, flips), 5);
    const low = i32x4.shr_u(v128.xor(b, flips), 6);
    v128.store(at << 1, minusLogs(uniforms(high, low)), EXPONENTIAL);
    const last = uniforms(v128.shuffle<i32>(high, high, 2, 3, 2, 3), v128.shuffle<i32>(low, low, 2, 3, 2, 3));
    v128.store((at << 1) + 16, minusLogs(last), EXPONENTIAL);
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}

/** -log of one uniform. */
export function minusLog(u: f64): f64 {
  return f64x2.extract_lane(minusLogs(f64x2.splat(u)), 0);
}

/** The uniforms of the first two lanes of both words' bits. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function uniforms(high: v128, low: v128): v128 {
  return f64x2.add(
    f64x2.mul(f64x2.convert_low_i32x4_u(high), f64x2.splat(7.450580596923828e-9)),
    f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(low), f64x2.splat(0.5)), f64x2.splat(1.1102230246251565e-16)),
  );
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function minusLogs(u: v128): v128 {
  const word = i64x2.shr_u(u, 32);
  const mantissa = v128.and(word, i64x2.splat(0xfffff));
  // 1023 - k, the exponent of 2^-k.
  const exponent = i64x2.sub(
    i64x2.sub(i64x2.splat(2046), i64x2.shr_u(word, 20)),
    i64x2.shr_u(i64x2.add(mantissa, i64x2.splat(0x95f64)), 20),
  );
  const f = f64x2.sub(f64x2.mul(u, i64x2.shl(exponent, 52)), f64x2.splat(1));
  // k as a double: put below the unit of 1.5 * 2^52, which is then taken away.
  const k = f64x2.sub(
    i64x2.add(i64x2.sub(i64x2.splat(1023), exponent), i64x2.splat(0x4338000000000000)),
    f64x2.splat(6755399441055744),
  );
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const odd = f64x2.mul(z, line(0.6666666666666735, w, line(0.2857142874366239, w, line(0.1818357216161805, w, f64x2.splat(0.14798198605116586)))));
  const even = f64x2.mul(w, line(0.3999999999940942, w, line(0.22222198432149784, w, f64x2.splat(0.15313837699209373))));
  const rest = f64x2.add(odd, even);
  const high2 = f64x2.mul(k, f64x2.splat(0.6931471803691238));
  const low2 = f64x2.mul(k, f64x2.splat(1.9082149292705877e-10));
  const half = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const near = f64x2.sub(f64x2.sub(half, f64x2.add(f64x2.mul(s, f64x2.add(half, rest)), low2)), f);
  const far = f64x2.sub(f64x2.sub(f64x2.mul(s, f64x2.sub(f, rest)), low2), f);
  const isNear = v128.and(i64x2.gt_s(mantissa, i64x2.splat(0x6147a)), i64x2.lt_s(mantissa, i64x2.splat(0x6b851)));
  return f64x2.neg(f64x2.sub(high2, v128.bitselect(near, far, isNear)));
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function line(at0: f64, w: v128, slope: v128): v128 {
  return f64x2.add(f64x2.splat(at0), f64x2.mul(w, slope));
}
