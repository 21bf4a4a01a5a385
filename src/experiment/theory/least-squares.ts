/**
 * Ordinary least squares by the normal equations, columns first brought to one scale: a few columns, many rows.
 * @param rows [row][column]
 * @returns the solution [column], and the inverse of the normal matrix [column][column]
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  values: readonly number[],
): { readonly solution: number[]; readonly inverse: number[][] } {
  const n = rows[0]!.length;
  const scale = Array.from({ length: n }, (_, k) => Math.hypot(...rows.map((row) => row[k]!)) || 1);
  const at = (row: readonly number[], k: number) => row[k]! / scale[k]!;
  const sum = (of: (row: readonly number[], r: number) => number) =>
    rows.reduce((total, row, r) => total + of(row, r), 0);
  // [ normal matrix | identity ], which elimination turns into [ identity | inverse ].
  const table = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) => sum((row) => at(row, i) * at(row, j))),
    ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
  ]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(table[r]![c]!) > Math.abs(table[pivot]![c]!)) pivot = r;
    [table[c], table[pivot]] = [table[pivot]!, table[c]!];
    const lead = table[c]![c]!;
    // A column that adds nothing to those before it is left out.
    if (Math.abs(lead) < 1e-12) {
      for (let k = 0; k < 2 * n; k++) table[c]![k] = 0;
      continue;
    }
    for (let k = 0; k < 2 * n; k++) table[c]![k]! /= lead;
    for (let r = 0; r < n; r++) {
      const factor = table[r]![c]!;
      if (r === c || factor === 0) continue;
      for (let k = 0; k < 2 * n; k++) table[r]![k]! -= factor * table[c]![k]!;
    }
  }
  const right = Array.from({ length: n }, (_, i) => sum((row, r) => at(row, i) * values[r]!));
  const inverse = table.map((row, i) => row.slice(n).map((x, j) => x / (scale[i]! * scale[j]!)));
  const solution = table.map(
    (row, i) => row.slice(n).reduce((total, x, j) => total + x * right[j]!, 0) / scale[i]!,
  );
  return { solution, inverse };
}
