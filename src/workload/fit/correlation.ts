import { normalQuantile } from "../../kit/normal.js";

/** Workflows of two tasks or more from which on a correlation is told. */
const LEAST_WORKFLOWS = 10;
/** Less is taken for none. */
const LEAST_CORRELATION = 0.02;

/** Adds up, workflow by workflow, how the normal scores of its tasks go together. */
export class ScoreCorrelation {
  private workflows = 0;
  private products = 0;
  private squares = 0;

  /** @param scores of the tasks of one workflow */
  add(scores: readonly number[]): void {
    const n = scores.length;
    if (n < 2) return;
    const sum = scores.reduce((a, b) => a + b, 0);
    const squares = scores.reduce((a, b) => a + b * b, 0);
    this.workflows++;
    this.products += (sum * sum - squares) / (n * (n - 1));
    this.squares += squares / n;
  }

  /** Every workflow counts alike, however many tasks it has; null where there are too few. */
  value(): number | null {
    if (this.workflows < LEAST_WORKFLOWS) return null;
    const found = this.squares > 0 ? this.products / this.squares : 0;
    return found < LEAST_CORRELATION ? 0 : Math.min(found, 0.99);
  }
}

/** Normal scores of values by their ranks, ties at their middle (Blom 1958, with 1/2). NaN stays. */
export function normalScores(values: Float64Array): Float64Array {
  const known = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]!));
  known.sort((a, b) => values[a]! - values[b]!);
  const scores = new Float64Array(values.length).fill(Number.NaN);
  for (let from = 0; from < known.length; ) {
    let to = from + 1;
    while (to < known.length && values[known[to]!] === values[known[from]!]) to++;
    const z = normalQuantile((from + to) / 2 / known.length);
    for (let k = from; k < to; k++) scores[known[k]!] = z;
    from = to;
  }
  return scores;
}
