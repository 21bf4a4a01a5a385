/**
 * The assignment of rows to columns with the greatest sum of weights, every row to a column of its own: the Hungarian method
 * with shortest augmenting paths (Kuhn 1955; Jonker and Volgenant 1987), O(rows^2 * columns).
 * @param weight [rows * columns], row by row, finite
 * @param columns at least as many as rows
 * @returns [rows] the column of each row
 */
export function bestAssignment(weight: Float64Array, rows: number, columns: number): Int32Array {
  // Counted from 1; row 0 and column 0 stand for none. `rowOf` is the matching so far, u and v the dual prices.
  const u = new Float64Array(rows + 1);
  const v = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const from = new Int32Array(columns + 1);
  const slack = new Float64Array(columns + 1);
  const seen = new Uint8Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    slack.fill(Number.POSITIVE_INFINITY);
    seen.fill(0);
    let column = 0;
    // Dijkstra over reduced costs, until it meets a column that is free.
    do {
      seen[column] = 1;
      const r = rowOf[column]!;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let c = 1; c <= columns; c++) {
        if (seen[c] === 1) continue;
        const reduced = -weight[(r - 1) * columns + c - 1]! - u[r]! - v[c]!;
        if (reduced < slack[c]!) {
          slack[c] = reduced;
          from[c] = column;
        }
        if (slack[c]! < delta) {
          delta = slack[c]!;
          next = c;
        }
      }
      for (let c = 0; c <= columns; c++) {
        if (seen[c] === 1) {
          u[rowOf[c]!]! += delta;
          v[c]! -= delta;
        } else slack[c]! -= delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    // Shifts the matching along the path that was found.
    while (column !== 0) {
      const before = from[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    }
  }
  const columnOf = new Int32Array(rows);
  for (let c = 1; c <= columns; c++) if (rowOf[c]! > 0) columnOf[rowOf[c]! - 1] = c - 1;
  return columnOf;
}
