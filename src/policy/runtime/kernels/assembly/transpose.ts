/**
 * out[j, i] = a[i, j] for i < rows, j < columns; rows of a and of out lie aRow and outRow bytes apart. The rest of
 * each row of out is zeroed: there a padded width must hold nothing.
 */
export function transpose(a: usize, aRow: usize, rows: u32, columns: u32, out: usize, outRow: usize): void {
  memory.fill(out, 0, (<usize>columns) * outRow);
  let i: u32 = 0;
  // Four rows at a time, in tiles of four by four; what is left of them, and then of the rows, one by one.
  for (; i + 4 <= rows; i += 4, a += 4 * aRow) {
    let to = out + ((<usize>i) << 2);
    let j: u32 = 0;
    for (; j + 4 <= columns; j += 4, to += 4 * outRow) tile(a + ((<usize>j) << 2), aRow, to, outRow);
    for (; j < columns; j++, to += outRow) {
      const from = a + ((<usize>j) << 2);
      for (let k: usize = 0; k < 4; k++) store<f32>(to + (k << 2), load<f32>(from + k * aRow));
    }
  }
  for (; i < rows; i++, a += aRow) {
    let to = out + ((<usize>i) << 2);
    for (let j: u32 = 0; j < columns; j++, to += outRow) store<f32>(to, load<f32>(a + ((<usize>j) << 2)));
  }
}

// @ts-ignore: decorator
@inline
function tile(a: usize, aRow: usize, out: usize, outRow: usize): void {
  const first = v128.load(a);
  const second = v128.load(a + aRow);
  const third = v128.load(a + 2 * aRow);
  const fourth = v128.load(a + 3 * aRow);
  const low = v128.shuffle<f32>(first, second, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(first, second, 2, 6, 3, 7);
  const low2 = v128.shuffle<f32>(third, fourth, 0, 4, 1, 5);
  const high2 = v128.shuffle<f32>(third, fourth, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(low, low2, 0, 1, 4, 5));
  v128.store(out + outRow, v128.shuffle<f32>(low, low2, 2, 3, 6, 7));
  v128.store(out + 2 * outRow, v128.shuffle<f32>(high, high2, 0, 1, 4, 5));
  v128.store(out + 3 * outRow, v128.shuffle<f32>(high, high2, 2, 3, 6, 7));
}
