import type { SequentialStream } from "../../kit/sequential-stream.js";

/** A quantity of a workload: its values, and to which workflow each belongs (values of one are not independent). */
export interface Quantity {
  readonly values: Float64Array;
  /** [values] */
  readonly workflow: Int32Array;
  readonly workflows: number;
}

export interface Band {
  readonly estimate: number;
  /** Between these it lies with 95 %: by resampling workflows (Efron 1979). */
  readonly low: number;
  readonly high: number;
}

export interface Distance {
  /** Largest distance of the distribution functions (Smirnov 1939), 0 to 1. */
  readonly ks: Band;
  /** What two samples of these sizes and of one law exceed in 5 % of all cases, were their values independent. */
  readonly ksSameLaw: number;
  /** Area between the distribution functions (Vallender 1974), in the quantity's unit. */
  readonly wasserstein: Band;
  /** The same by the mean of the first sample; NaN where that is 0. */
  readonly relative: number;
  readonly means: readonly [number, number];
}

/** Values of a side that are resampled, from the first on: beyond, a band is as narrow as matters. */
const MOST_RESAMPLED = 100_000;

/** @param stream the same state gives the same bands */
export function distance(a: Quantity, b: Quantity, stream: SequentialStream, resamples = 200): Distance {
  const whole = new Merged(a, b);
  const once = (side: Quantity) => new Float64Array(side.workflows).fill(1);
  const [ks, wasserstein] = whole.distances(once(a), once(b));
  const drawn = [a, b].map((side) => cut(side)) as [Quantity, Quantity];
  const merged = new Merged(...drawn);
  const found = Array.from({ length: resamples }, () => {
    const counts = drawn.map((side) => resampled(side.workflows, stream)) as [Float64Array, Float64Array];
    return merged.distances(...counts);
  }).filter(([k]) => !Number.isNaN(k));
  const n = (a.values.length * b.values.length) / (a.values.length + b.values.length);
  const means = [mean(a.values), mean(b.values)] as const;
  return {
    ks: band(
      ks,
      found.map(([k]) => k),
    ),
    ksSameLaw: 1.358 / Math.sqrt(n),
    wasserstein: band(
      wasserstein,
      found.map(([, w]) => w),
    ),
    relative: means[0] > 0 ? wasserstein / means[0] : Number.NaN,
    means,
  };
}

/** Two samples in one order, so that any weighting of their workflows is one pass. */
class Merged {
  private readonly value: Float64Array;
  /** Workflow of the first sample, or -1 less that of the second. */
  private readonly owner: Int32Array;

  constructor(a: Quantity, b: Quantity) {
    const total = a.values.length + b.values.length;
    const value = new Float64Array(total);
    value.set(a.values);
    value.set(b.values, a.values.length);
    const order = new Int32Array(total).map((_, i) => i).sort((i, j) => value[i]! - value[j]!);
    this.value = Float64Array.from(order, (i) => value[i]!);
    this.owner = Int32Array.from(order, (i) =>
      i < a.values.length ? a.workflow[i]! : -1 - b.workflow[i - a.values.length]!,
    );
  }

  /** Kolmogorov-Smirnov and Wasserstein-1, each workflow counted so often; NaN where a side is left empty. */
  distances(a: Float64Array, b: Float64Array): readonly [number, number] {
    const { value, owner } = this;
    let [allA, allB] = [0, 0];
    for (const one of owner) {
      if (one >= 0) allA += a[one]!;
      else allB += b[-1 - one]!;
    }
    let [sumA, sumB, ks, area] = [0, 0, 0, 0];
    for (let i = 0; i < value.length; i++) {
      const one = owner[i]!;
      if (one >= 0) sumA += a[one]!;
      else sumB += b[-1 - one]!;
      const next = value[i + 1];
      if (next === value[i]) continue;
      const apart = Math.abs(sumA / allA - sumB / allB);
      if (apart > ks || Number.isNaN(apart)) ks = apart;
      if (next !== undefined) area += apart * (next - value[i]!);
    }
    return [ks, area];
  }
}

function cut(side: Quantity): Quantity {
  const { values, workflow } = side;
  if (values.length <= MOST_RESAMPLED) return side;
  const workflows = workflow[MOST_RESAMPLED]! + 1;
  return {
    values: values.subarray(0, MOST_RESAMPLED),
    workflow: workflow.subarray(0, MOST_RESAMPLED),
    workflows,
  };
}

/** How often each is drawn when as many are drawn as there are. */
function resampled(workflows: number, stream: SequentialStream): Float64Array {
  const counts = new Float64Array(workflows);
  for (let k = 0; k < workflows; k++) counts[stream.integer(workflows)]!++;
  return counts;
}

/**
 * The spread of what resampling gives, laid around the estimate and cut at 0: a resampled distance has the noise of the
 * resampling on top, so that its own level lies too high.
 */
function band(estimate: number, found: readonly number[]): Band {
  const sorted = found.toSorted((x, y) => x - y);
  const level = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const at = (share: number) =>
    Math.max(0, estimate + (sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN) - level);
  return { estimate, low: at(0.025), high: at(0.975) };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
