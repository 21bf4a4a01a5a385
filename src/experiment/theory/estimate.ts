import { leastSquares } from "./least-squares.js";

export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/**
 * The mean of a figure over independent replications. Where quantities are known of which each replication shows how far
 * it was from their mean (`controls`: [replication][control], already less their means), the figure is regressed on them
 * and read off where they are 0: Lavenberg and Welch, Management Science 27 (1981). The regression's own error is in the
 * standard error.
 */
export function estimate(values: readonly number[], controls: readonly (readonly number[])[]): Estimate {
  const used = controls[0]?.length ?? 0;
  const rows = values.map((_, r) => [1, ...(controls[r] ?? [])]);
  const { solution, inverse } = leastSquares(rows, values);
  let squares = 0;
  values.forEach((value, r) => {
    const fitted = rows[r]!.reduce((sum, x, k) => sum + x * solution[k]!, 0);
    squares += (value - fitted) ** 2;
  });
  const variance = squares / (values.length - 1 - used);
  return { mean: solution[0]!, standardError: Math.sqrt(variance * inverse[0]![0]!) };
}
