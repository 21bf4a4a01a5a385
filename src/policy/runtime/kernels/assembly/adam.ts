/** Sum of the squares of `count` floats (a multiple of 4), in float64. */
export function sumOfSquares(values: usize, count: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += 16) {
    const x = v128.load(values);
    low = f64x2.add(low, squaresOfLow(x));
    high = f64x2.add(high, squaresOfLow(v128.shuffle<f32>(x, x, 2, 3, 2, 3)));
  }
  return total(f64x2.add(low, high));
}

/**
 * out = the sum of `blocks` arrays of `count` floats (a multiple of 4), which lie `stride` bytes apart, in their order.
 * @returns the sum of its squares, in float64, as `sumOfSquares` has it
 */
export function sumBlocks(first: usize, stride: usize, blocks: u32, out: usize, count: u32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = (<usize>count) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    let from = first + at;
    let x = v128.load(from);
    for (let b: u32 = 1; b < blocks; b++) {
      from += stride;
      x = f32x4.add(x, v128.load(from));
    }
    v128.store(out + at, x);
    low = f64x2.add(low, squaresOfLow(x));
    high = f64x2.add(high, squaresOfLow(v128.shuffle<f32>(x, x, 2, 3, 2, 3)));
  }
  return total(f64x2.add(low, high));
}

// @ts-ignore: decorator
@inline
function squaresOfLow(x: v128): v128 {
  const wide = f64x2.promote_low_f32x4(x);
  return f64x2.mul(wide, wide);
}

// @ts-ignore: decorator
@inline
function total(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) over `count` floats (a multiple of 4). The gradient is taken
 * times `scale` and is zero afterwards. rate = learning rate / (1 - beta1^t); spread = 1 / (1 - beta2^t):
 * p -= rate * m / (sqrt(spread * v) + epsilon). rest = 1 - beta, given apart: in float32 the difference would be
 * wrong in its fifth digit.
 */
export function adam(
  parameters: usize, gradient: usize, m: usize, v: usize, count: u32,
  scale: f32, rate: f32, spread: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32,
): void {
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(rest1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(rest2);
  const end = (<usize>count) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), f32x4.splat(scale));
    const first = f32x4.add(f32x4.mul(keep1, v128.load(m + at)), f32x4.mul(take1, g));
    const second = f32x4.add(f32x4.mul(keep2, v128.load(v + at)), f32x4.mul(take2, f32x4.mul(g, g)));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(f32x4.splat(spread), second)), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(f32x4.splat(rate), first), size);
    v128.store(parameters + at, f32x4.sub(v128.load(parameters + at), step));
    v128.store(gradient + at, f32x4.splat(0));
  }
}
