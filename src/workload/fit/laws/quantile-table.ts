import { nelderMead } from "../../../kit/nelder-mead.js";
import { lawMean, scaledTable } from "../../synthesis/law.js";
import type { Law, QuantileTable } from "../../synthesis/spec.js";
import { meanOf } from "./families.js";

/** Values from which on the tail beyond p99 is fitted: at least fifty are then in it. */
const TAIL_FROM = 5000;
const TAIL_SHARE = 0.01;
/** How far beyond the largest value seen a tail may reach, in times of it: what is made up stays in the physical range. */
const TAIL_REACH = 10;

/**
 * A sample by its quantiles, with its mean exactly: of a small one every value, of a large one some sixty, half of them close
 * together where values sum to most, since those make the mean; and beyond p99 a generalised Pareto tail where values allow. Its
 * mean is kept since load is what flow times hang on most.
 * @param sorted ascending, not negative
 * @param points about how many quantiles of the body are kept
 */
export function quantileTable(sorted: Float64Array, points = 32): Law {
  const n = sorted.length;
  const [least, most] = [sorted[0]!, sorted[n - 1]!];
  if (least === most) return { kind: "deterministic", value: least };
  const tail = n >= TAIL_FROM ? tailOf(sorted) : null;
  const end = tail === null ? n - 1 : tail.rank;
  const ranks = [...new Set([...even(end, points), ...byMass(sorted, end, points)])].sort((a, b) => a - b);
  // A value stands in the middle of its share (Hazen 1914), with nothing beyond the least and the largest: so the table of
  // all values has their mean, and the largest is not a limit that is never met.
  const at = [0, ...ranks.map((rank) => (rank + 0.5) / n), ...(tail === null ? [1] : [])];
  const values = [least, ...ranks.map((rank) => sorted[rank]!), ...(tail === null ? [most] : [])];
  const table: QuantileTable = {
    kind: "quantiles",
    at,
    values,
    ...(tail === null ? {} : { tail: tail.law }),
  };
  return scaledTable(table, meanOf(sorted) / lawMean(table));
}

function even(end: number, points: number): number[] {
  const steps = Math.min(end, points);
  return Array.from({ length: steps + 1 }, (_, k) => Math.round((k * end) / steps));
}

/** Ranks up to `end` between which values sum to about the same, and the last but one: where the mean is made. */
function byMass(sorted: Float64Array, end: number, steps: number): number[] {
  const total = sorted.subarray(0, end + 1).reduce((sum, value) => sum + value, 0);
  const ranks: number[] = [];
  let sum = 0;
  for (let rank = 0; rank <= end; rank++) {
    sum += sorted[rank]!;
    if (sum * steps >= total * (ranks.length + 1)) ranks.push(rank);
  }
  return end > 0 ? [...ranks, end - 1] : ranks;
}

function tailOf(sorted: Float64Array) {
  const n = sorted.length;
  const rank = Math.floor((n - 1) * (1 - TAIL_SHARE));
  const from = sorted[rank]!;
  const excess = sorted
    .subarray(rank + 1)
    .map((value) => value - from)
    .filter((value) => value > 0);
  if (excess.length < 50) return null;
  const { shape, scale } = fitTail(excess);
  // Without a mean, or nearly, single draws would make the load.
  if (shape > 0.95) return null;
  return { rank, law: { shape, scale, most: sorted[n - 1]! * TAIL_REACH } };
}

/** Generalised Pareto by maximum likelihood (Smith 1987); shapes from -0.5 to 2, where it is regular. */
export function fitTail(excess: Float64Array): { readonly shape: number; readonly scale: number } {
  const mean = meanOf(excess);
  const { x } = nelderMead(
    ([shape, logScale]) => {
      if (shape! < -0.5 || shape! > 2) return Number.POSITIVE_INFINITY;
      const scale = mean * Math.exp(logScale!);
      let sum = excess.length * Math.log(scale);
      for (const value of excess) {
        const grown = 1 + (shape! * value) / scale;
        if (grown <= 0) return Number.POSITIVE_INFINITY;
        sum += Math.abs(shape!) < 1e-9 ? value / scale : (1 + 1 / shape!) * Math.log(grown);
      }
      return sum;
    },
    [0.1, 0],
  );
  return { shape: x[0]!, scale: mean * Math.exp(x[1]!) };
}
