/** What is done to a row of sums when it is complete. Mirrored in ../kernels.ts. */
export const NOTHING: u32 = 0;
export const TANH: u32 = 1;
export const RELU: u32 = 2;
/** Times the derivative of tanh, of relu, told from the activation's output y. */
export const TIMES_TANH_SLOPE: u32 = 3;
export const TIMES_RELU_SLOPE: u32 = 4;

/**
 * tanh of the four floats at each of four addresses, in place, as a rational minimax function, odd 13 over even 6, as in Eigen's
 * `ptanh_float`; beyond the clamp it is 1. Error below 4e-7 everywhere, relative and absolute, and |tanh| never exceeds 1. NaN
 * stays NaN. All is read before anything is written: addresses may be the same.
 *
 * Four vectors in step, for V8 makes a constant anew, by three instructions, wherever a vector meets it.
 */
// @ts-ignore: decorator
@inline
function tanhOfFour(a: usize, b: usize, c: usize, d: usize): void {
  const xa = clamped(v128.load(a));
  const xb = clamped(v128.load(b));
  const xc = clamped(v128.load(c));
  const xd = clamped(v128.load(d));
  const za = f32x4.mul(xa, xa);
  const zb = f32x4.mul(xb, xb);
  const zc = f32x4.mul(xc, xc);
  const zd = f32x4.mul(xd, xd);
  let pa = f32x4.add(f32x4.mul(za, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  let pb = f32x4.add(f32x4.mul(zb, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  let pc = f32x4.add(f32x4.mul(zc, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  let pd = f32x4.add(f32x4.mul(zd, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  pa = f32x4.add(f32x4.mul(pa, za), f32x4.splat(-8.60467152213735e-11));
  pb = f32x4.add(f32x4.mul(pb, zb), f32x4.splat(-8.60467152213735e-11));
  pc = f32x4.add(f32x4.mul(pc, zc), f32x4.splat(-8.60467152213735e-11));
  pd = f32x4.add(f32x4.mul(pd, zd), f32x4.splat(-8.60467152213735e-11));
  pa = f32x4.add(f32x4.mul(pa, za), f32x4.splat(5.12229709037114e-08));
  pb = f32x4.add(f32x4.mul(pb, zb), f32x4.splat(5.12229709037114e-08));
  pc = f32x4.add(f32x4.mul(pc, zc), f32x4.splat(5.12229709037114e-08));
  pd = f32x4.add(f32x4.mul(pd, zd), f32x4.splat(5.12229709037114e-08));
  pa = f32x4.add(f32x4.mul(pa, za), f32x4.splat(1.48572235717979e-05));
  pb = f32x4.add(f32x4.mul(pb, zb), f32x4.splat(1.48572235717979e-05));
  pc = f32x4.add(f32x4.mul(pc, zc), f32x4.splat(1.48572235717979e-05));
  pd = f32x4.add(f32x4.mul(pd, zd), f32x4.splat(1.48572235717979e-05));
  pa = f32x4.add(f32x4.mul(pa, za), f32x4.splat(6.37261928875436e-04));
  pb = f32x4.add(f32x4.mul(pb, zb), f32x4.splat(6.37261928875436e-04));
  pc = f32x4.add(f32x4.mul(pc, zc), f32x4.splat(6.37261928875436e-04));
  pd = f32x4.add(f32x4.mul(pd, zd), f32x4.splat(6.37261928875436e-04));
  pa = f32x4.add(f32x4.mul(pa, za), f32x4.splat(4.89352455891786e-03));
  pb = f32x4.add(f32x4.mul(pb, zb), f32x4.splat(4.89352455891786e-03));
  pc = f32x4.add(f32x4.mul(pc, zc), f32x4.splat(4.89352455891786e-03));
  pd = f32x4.add(f32x4.mul(pd, zd), f32x4.splat(4.89352455891786e-03));
  pa = f32x4.mul(pa, xa);
  pb = f32x4.mul(pb, xb);
  pc = f32x4.mul(pc, xc);
  pd = f32x4.mul(pd, xd);
  let qa = f32x4.add(f32x4.mul(za, f32x4.splat(1.19825839466702e-06)), f32x4.splat(1.18534705686654e-04));
  let qb = f32x4.add(f32x4.mul(zb, f32x4.splat(1.19825839466702e-06)), f32x4.splat(1.18534705686654e-04));
  let qc = f32x4.add(f32x4.mul(zc, f32x4.splat(1.19825839466702e-06)), f32x4.splat(1.18534705686654e-04));
  let qd = f32x4.add(f32x4.mul(zd, f32x4.splat(1.19825839466702e-06)), f32x4.splat(1.18534705686654e-04));
  qa = f32x4.add(f32x4.mul(qa, za), f32x4.splat(2.26843463243900e-03));
  qb = f32x4.add(f32x4.mul(qb, zb), f32x4.splat(2.26843463243900e-03));
  qc = f32x4.add(f32x4.mul(qc, zc), f32x4.splat(2.26843463243900e-03));
  qd = f32x4.add(f32x4.mul(qd, zd), f32x4.splat(2.26843463243900e-03));
  qa = f32x4.add(f32x4.mul(qa, za), f32x4.splat(4.89352518554385e-03));
  qb = f32x4.add(f32x4.mul(qb, zb), f32x4.splat(4.89352518554385e-03));
  qc = f32x4.add(f32x4.mul(qc, zc), f32x4.splat(4.89352518554385e-03));
  qd = f32x4.add(f32x4.mul(qd, zd), f32x4.splat(4.89352518554385e-03));
  v128.store(a, f32x4.div(pa, qa));
  v128.store(b, f32x4.div(pb, qb));
  v128.store(c, f32x4.div(pc, qc));
  v128.store(d, f32x4.div(pd, qd));
}

// @ts-ignore: decorator
@inline
function clamped(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(7.90531110763549805)), f32x4.splat(-7.90531110763549805));
}

/** Finishes `width` floats at `out` in place; `y` is read by the slopes only. */
export function finishRow(out: usize, width: u32, finish: u32, y: usize): void {
  const end = out + ((<usize>width) << 2);
  if (finish == TANH) {
    const last = end - 16;
    for (; out < end; out += 64) tanhOfFour(out, min(out + 16, last), min(out + 32, last), min(out + 48, last));
  } else if (finish == RELU) {
    const zero = f32x4.splat(0);
    for (; out < end; out += 16) v128.store(out, f32x4.pmax(v128.load(out), zero));
  } else if (finish == TIMES_TANH_SLOPE) {
    for (; out < end; out += 16, y += 16) v128.store(out, timesTanhSlope(v128.load(out), v128.load(y)));
  } else if (finish == TIMES_RELU_SLOPE) {
    for (; out < end; out += 16, y += 16) v128.store(out, timesReluSlope(v128.load(out), v128.load(y)));
  }
}

// @ts-ignore: decorator
@inline
export function timesTanhSlope(gradient: v128, y: v128): v128 {
  return f32x4.mul(gradient, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
}

// @ts-ignore: decorator
@inline
export function timesReluSlope(gradient: v128, y: v128): v128 {
  return v128.and(gradient, f32x4.gt(y, f32x4.splat(0)));
}
