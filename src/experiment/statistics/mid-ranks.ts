/** Ranks from 1, ties sharing the mean of theirs, in the order of the values. */
export function midRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (const [from, to] of runsOfTies(order.map((i) => values[i]!))) {
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + 1 + to) / 2;
  }
  return ranks;
}

/** Sum of t^3 - t over groups of t equal values: by so much ties take from the variance of rank statistics. */
export function tieTerm(values: readonly number[]): number {
  let sum = 0;
  for (const [from, to] of runsOfTies(values.toSorted((x, y) => x - y))) {
    const tied = to - from;
    sum += tied ** 3 - tied;
  }
  return sum;
}

/** [from, to) of each stretch of equal values. */
function runsOfTies(sorted: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (let from = 0, to: number; from < sorted.length; from = to) {
    for (to = from + 1; to < sorted.length && sorted[to] === sorted[from]; ) to++;
    runs.push([from, to]);
  }
  return runs;
}
