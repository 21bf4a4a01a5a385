import { NOTHING, finishRow } from "./activation";

/** Terms of a sum that are added in one go, so that what a tile reads stays in the first-level cache. */
const BLOCK: u32 = 64;

/**
 * out[i, j] = finish(init[i, j] + sum over k < depth of a[i, k] * b[k, j]), for i < rows, j < width.
 *
 * a[i, k] is the float at a + i * aRow + k * aStep, so a matrix may be read transposed; b[k] and out[i] are runs of
 * `width` floats at b + k * bStep and out + i * outRow; init[i] likewise (initRow 0: one bias row for all; init =
 * out: accumulate). `y` lies as `out` does. All strides in bytes; `width` is a multiple of 4. Terms are added in the
 * order of k, in every tile.
 */
export function multiply(
  a: usize, aRow: usize, aStep: usize,
  b: usize, bStep: usize,
  out: usize, outRow: usize,
  rows: u32, depth: u32, width: u32,
  init: usize, initRow: usize,
  finish: u32, y: usize,
): void {
  let done: u32 = 0;
  do {
    const part = min(depth - done, BLOCK);
    const last = done + part == depth;
    block(a, aRow, aStep, b, bStep, out, outRow, rows, part, width, init, initRow, last ? finish : NOTHING, y);
    init = out;
    initRow = outRow;
    a += (<usize>part) * aStep;
    b += (<usize>part) * bStep;
    done += part;
  } while (done < depth);
}

function block(
  a: usize, aRow: usize, aStep: usize,
  b: usize, bStep: usize,
  out: usize, outRow: usize,
  rows: u32, depth: u32, width: u32,
  init: usize, initRow: usize,
  finish: u32, y: usize,
): void {
  let i: u32 = 0;
  for (; i + 4 <= rows; i += 4) {
    let j: u32 = 0;
    for (; j + 8 <= width; j += 8) {
      const at = (<usize>j) << 2;
      tile4x8(a, aRow, aStep, b + at, bStep, out + at, outRow, depth, init + at, initRow);
    }
    if (j < width) {
      const at = (<usize>j) << 2;
      tile4x4(a, aRow, aStep, b + at, bStep, out + at, outRow, depth, init + at, initRow);
    }
    if (finish != NOTHING) {
      finishRow(out, width, finish, y);
      finishRow(out + outRow, width, finish, y + outRow);
      finishRow(out + 2 * outRow, width, finish, y + 2 * outRow);
      finishRow(out + 3 * outRow, width, finish, y + 3 * outRow);
    }
    a += 4 * aRow;
    out += 4 * outRow;
    init += 4 * initRow;
    y += 4 * outRow;
  }
  for (; i < rows; i++) {
    let j: u32 = 0;
    for (; j + 16 <= width; j += 16) {
      const at = (<usize>j) << 2;
      tile1x16(a, aStep, b + at, bStep, out + at, depth, init + at);
    }
    for (; j < width; j += 4) {
      const at = (<usize>j) << 2;
      tile1x4(a, aStep, b + at, bStep, out + at, depth, init + at);
    }
    if (finish != NOTHING) finishRow(out, width, finish, y);
    a += aRow;
    out += outRow;
    init += initRow;
    y += outRow;
  }
}

function tile4x8(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  out: usize, outRow: usize, depth: u32, init: usize, initRow: usize,
): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let c00 = v128.load(init);
  let c01 = v128.load(init, 16);
  init += initRow;
  let c10 = v128.load(init);
  let c11 = v128.load(init, 16);
  init += initRow;
  let c20 = v128.load(init);
  let c21 = v128.load(init, 16);
  init += initRow;
  let c30 = v128.load(init);
  let c31 = v128.load(init, 16);
  for (let k: u32 = 0; k < depth; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  v128.store(out, c00);
  v128.store(out, c01, 16);
  out += outRow;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  out += outRow;
  v128.store(out, c20);
  v128.store(out, c21, 16);
  out += outRow;
  v128.store(out, c30);
  v128.store(out, c31, 16);
}

function tile4x4(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize,
  out: usize, outRow: usize, depth: u32, init: usize, initRow: usize,
): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let c0 = v128.load(init);
  let c1 = v128.load(init + initRow);
  let c2 = v128.load(init + 2 * initRow);
  let c3 = v128.load(init + 3 * initRow);
  for (let k: u32 = 0; k < depth; k++) {
    const b0 = v128.load(b);
    c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(a), b0));
    c1 = f32x4.add(c1, f32x4.mul(v128.load32_splat(a1), b0));
    c2 = f32x4.add(c2, f32x4.mul(v128.load32_splat(a2), b0));
    c3 = f32x4.add(c3, f32x4.mul(v128.load32_splat(a3), b0));
    a += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    b += bStep;
  }
  v128.store(out, c0);
  v128.store(out + outRow, c1);
  v128.store(out + 2 * outRow, c2);
  v128.store(out + 3 * outRow, c3);
}

function tile1x16(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, depth: u32, init: usize): void {
  let c0 = v128.load(init);
  let c1 = v128.load(init, 16);
  let c2 = v128.load(init, 32);
  let c3 = v128.load(init, 48);
  for (let k: u32 = 0; k < depth; k++) {
    const x = v128.load32_splat(a);
    c0 = f32x4.add(c0, f32x4.mul(x, v128.load(b)));
    c1 = f32x4.add(c1, f32x4.mul(x, v128.load(b, 16)));
    c2 = f32x4.add(c2, f32x4.mul(x, v128.load(b, 32)));
    c3 = f32x4.add(c3, f32x4.mul(x, v128.load(b, 48)));
    a += aStep;
    b += bStep;
  }
  v128.store(out, c0);
  v128.store(out, c1, 16);
  v128.store(out, c2, 32);
  v128.store(out, c3, 48);
}

function tile1x4(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, depth: u32, init: usize): void {
  let c0 = v128.load(init);
  for (let k: u32 = 0; k < depth; k++) {
    c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(a), v128.load(b)));
    a += aStep;
    b += bStep;
  }
  v128.store(out, c0);
}
