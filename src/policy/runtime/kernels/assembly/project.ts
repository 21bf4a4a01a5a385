import { TIMES_RELU_SLOPE, TIMES_TANH_SLOPE, timesReluSlope, timesTanhSlope } from "./activation";

// @ts-ignore: decorator
@inline
function target(base: usize, place: usize, r: u32): usize {
  return base + ((<usize>(place ? load<u32>(place + ((<usize>r) << 2)) : r)) << 2);
}

/** out[place[r]] = bias + sum over j < width of h[r, j] * weight[j]. Without `place` (0), out[r]. */
export function project(
  h: usize, rows: u32, width: u32, weight: usize, bias: usize, place: usize, out: usize,
): void {
  const bytes = (<usize>width) << 2;
  const offset = load<f32>(bias);
  for (let r: u32 = 0; r < rows; r++) {
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < bytes; j += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(h + j), v128.load(weight + j)));
    const total = (f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1)) +
      (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
    store<f32>(target(out, place, r), total + offset);
    h += bytes;
  }
}

/**
 * The gradient through `project` and the activation before it. d[place[r]] is the loss's derivative by the output.
 * before[r, j] = d * weight[j] * slope(h[r, j]); weightGradient[j] += d * h[r, j]; biasGradient += d.
 */
export function projectBackward(
  h: usize, rows: u32, width: u32, weight: usize, weightGradient: usize, biasGradient: usize,
  place: usize, d: usize, slope: u32, before: usize,
): void {
  const bytes = (<usize>width) << 2;
  let total: f32 = load<f32>(biasGradient);
  for (let r: u32 = 0; r < rows; r++) {
    const one = load<f32>(target(d, place, r));
    const by = f32x4.splat(one);
    total += one;
    for (let j: usize = 0; j < bytes; j += 16) {
      const y = v128.load(h + j);
      const through = f32x4.mul(by, v128.load(weight + j));
      v128.store(weightGradient + j, f32x4.add(v128.load(weightGradient + j), f32x4.mul(by, y)));
      v128.store(before + j, slope == TIMES_TANH_SLOPE ? timesTanhSlope(through, y)
        : slope == TIMES_RELU_SLOPE ? timesReluSlope(through, y) : through);
    }
    h += bytes;
    before += bytes;
  }
  store<f32>(biasGradient, total);
}
