/** What is done to a row of sums when it is complete. Mirrored in ../kernels.ts. */
export const NOTHING: u32 = 0;
export const TANH: u32 = 1;
export const RELU: u32 = 2;
/** Times the derivative of tanh, of relu, told from the activation's output y. */
export const TIMES_TANH_SLOPE: u32 = 3;
export const TIMES_RELU_SLOPE: u32 = 4;

/**
 * tanh as a rational minimax function, odd 13 over even 6, as in Eigen's `ptanh_float`; beyond the clamp it is 1.
 * Error below 4e-7 everywhere, relative and absolute, and |tanh| never exceeds 1. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, f32x4.splat(7.90531110763549805)), f32x4.splat(-7.90531110763549805));
  const z = f32x4.mul(x, x);
  let p = f32x4.add(f32x4.mul(z, f32x4.splat(-2.76076847742355e-16)), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(5.12229709037114e-08));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.48572235717979e-05));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(6.37261928875436e-04));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(4.89352455891786e-03));
  let q = f32x4.add(f32x4.mul(z, f32x4.splat(1.19825839466702e-06)), f32x4.splat(1.18534705686654e-04));
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(2.26843463243900e-03));
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(4.89352518554385e-03));
  return f32x4.div(f32x4.mul(p, x), q);
}

/** Finishes `width` floats at `out` in place; `y` is read by the slopes only. */
export function finishRow(out: usize, width: u32, finish: u32, y: usize): void {
  const end = out + ((<usize>width) << 2);
  if (finish == TANH) {
    for (; out < end; out += 16) v128.store(out, tanh4(v128.load(out)));
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
