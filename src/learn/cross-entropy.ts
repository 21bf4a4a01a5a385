import { assert } from "../kit/assert.js";
import { normalQuantile } from "../kit/normal.js";
import { SequentialStream } from "../kit/sequential-stream.js";

/** A coordinate that is searched. */
export interface Dimension {
  /** Least and greatest value; a draw beyond is put on the bound, so that "off" (0, say) is met exactly. */
  readonly low: number;
  readonly high: number;
  /** Where the search begins: mean and deviation of the first population. */
  readonly mean: number;
  readonly deviation: number;
}

export interface CrossEntropySettings {
  /** Determines every draw. */
  readonly seed: number;
  /** Points in a round. */
  readonly population: number;
  /** The best points of a round: what the next one is drawn like. */
  readonly elites: number;
  readonly rounds: number;
  /** Weight of a round's elites in the new mean, against the old mean. */
  readonly smoothing: number;
  /**
   * The same for the deviation, in the first round; it falls as beta - beta (1 - 1/t)^q with q = 5, so that the
   * distribution does not close before its time.
   */
  readonly deviationSmoothing: number;
  /** The search is over when every deviation is below this share of its first. */
  readonly tolerance: number;
}

export const crossEntropyDefaults: Omit<CrossEntropySettings, "seed"> = {
  population: 24,
  elites: 6,
  rounds: 12,
  smoothing: 0.8,
  deviationSmoothing: 0.8,
  tolerance: 0.02,
};

export interface CrossEntropyRound {
  /** What the round was drawn from. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** The best point and what it cost. */
  readonly best: readonly number[];
  readonly cost: number;
}

export interface CrossEntropyResult {
  /** Mean of the last distribution: where the search ended. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly rounds: readonly CrossEntropyRound[];
}

/**
 * Minimises a cost over a box by the cross-entropy method: de Boer, Kroese, Mannor and Rubinstein 2005, "A tutorial on
 * the cross-entropy method", section 4; independent normals with dynamic smoothing as in Kroese, Porotsky and
 * Rubinstein 2006, section 3.
 *
 * @param costsOf costs of a population in its order, lower is better; NaN is the worst; null ends the search. All points of a
 *   round are to be measured on the same random numbers: their differences are then of the points, not of luck.
 */
export async function crossEntropy(
  dimensions: readonly Dimension[],
  costsOf: (population: readonly (readonly number[])[], round: number) => Promise<readonly number[] | null>,
  settings: CrossEntropySettings,
): Promise<CrossEntropyResult> {
  const { population, elites, rounds, smoothing, deviationSmoothing, tolerance } = settings;
  assert(dimensions.length > 0, "a search needs something to search");
  assert(elites >= 1 && elites <= population, `${elites} elites of ${population} points`);
  const stream = new SequentialStream(`cross-entropy/${settings.seed}`);
  const history: CrossEntropyRound[] = [];
  let mean = dimensions.map((d) => d.mean);
  let deviation = dimensions.map((d) => d.deviation);

  for (let t = 1; t <= rounds; t++) {
    // The mean itself is one of the points: where the distribution has closed, it is the best of them.
    const points = [
      mean,
      ...Array.from({ length: population - 1 }, () => drawn(dimensions, mean, deviation, stream)),
    ];
    const costs = await costsOf(points, t - 1);
    if (costs === null) break;
    assert(costs.length === points.length, "a cost for every point");
    const order = points.map((_, i) => i).sort((a, b) => rank(costs[a]!) - rank(costs[b]!) || a - b);
    const [best] = order;
    history.push({ mean, deviation, best: points[best!]!, cost: costs[best!]! });

    const elite = order.slice(0, elites).map((i) => points[i]!);
    const beta = deviationSmoothing - deviationSmoothing * (1 - 1 / t) ** 5;
    const centre = dimensions.map((_, d) => average(elite.map((point) => point[d]!)));
    const spread = dimensions.map((_, d) =>
      Math.sqrt(average(elite.map((point) => (point[d]! - centre[d]!) ** 2))),
    );
    mean = mean.map((old, d) => smoothing * centre[d]! + (1 - smoothing) * old);
    deviation = deviation.map((old, d) => beta * spread[d]! + (1 - beta) * old);
    if (deviation.every((now, d) => now <= tolerance * dimensions[d]!.deviation)) break;
  }
  return { mean, deviation, rounds: history };
}

function drawn(
  dimensions: readonly Dimension[],
  mean: readonly number[],
  deviation: readonly number[],
  stream: SequentialStream,
): number[] {
  return dimensions.map(({ low, high }, d) =>
    Math.min(high, Math.max(low, mean[d]! + deviation[d]! * normalQuantile(stream.next()))),
  );
}

/** What has no cost is the worst, and no cost is infinite: differences of ranks are numbers. */
const rank = (cost: number): number =>
  Number.isNaN(cost) ? Number.MAX_VALUE : Math.min(cost, Number.MAX_VALUE);

const average = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
