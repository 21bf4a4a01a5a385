/**
 * out[j, i] = a[i, j] for i < rows, j < columns; rows of a and of out lie aRow and outRow bytes apart. The rest of
 * each row of out is zeroed: there a padded width must hold nothing.
 */
export function transpose(a: usize, aRow: usize, rows: u32, columns: u32, out: usize, outRow: usize): void {
  memory.fill(out, 0, (<usize>columns) * outRow);
  for (let i: u32 = 0; i < rows; i++) {
    let to = out + ((<usize>i) << 2);
    for (let j: u32 = 0; j < columns; j++, to += outRow) store<f32>(to, load<f32>(a + ((<usize>j) << 2)));
    a += aRow;
  }
}
