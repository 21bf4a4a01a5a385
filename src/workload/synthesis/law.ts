import { assert } from "../../kit/assert.js";
import { moments } from "../../kit/moments.js";
import { quantileFunction } from "../../kit/quantile.js";
import type { Law, QuantileTable } from "./spec.js";

/** The quantile function of a law: from a uniform number in (0, 1) to a value, never decreasing. */
export function lawQuantile(law: Law): (p: number) => number {
  return law.kind === "quantiles" ? tableQuantile(law) : quantileFunction(law);
}

function tableQuantile({ at, values, tail }: QuantileTable): (p: number) => number {
  const probabilities = Float64Array.from(at);
  const column = Float64Array.from(values);
  const last = probabilities.length - 1;
  return (p) => {
    if (p >= probabilities[last]!) {
      if (tail === undefined) return column[last]!;
      const q = (p - probabilities[last]!) / (1 - probabilities[last]!);
      return Math.min(tail.most, column[last]! + generalisedPareto(tail.shape, tail.scale, q));
    }
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (probabilities[middle]! <= p) low = middle;
      else high = middle;
    }
    const from = probabilities[low]!;
    const share = (p - from) / (probabilities[high]! - from);
    return column[low]! + share * (column[high]! - column[low]!);
  };
}

/** Quantile of the generalised Pareto law above its threshold. */
export function generalisedPareto(shape: number, scale: number, q: number): number {
  if (Math.abs(shape) < 1e-9) return -scale * Math.log1p(-q);
  return (scale / shape) * Math.expm1(-shape * Math.log1p(-q));
}

/** Mean of a law; Infinity where there is none. */
export function lawMean(law: Law): number {
  if (law.kind !== "quantiles") return moments(law).mean;
  const { at, values, tail } = law;
  let mean = 0;
  for (let k = 1; k < at.length; k++) mean += ((at[k]! - at[k - 1]!) * (values[k]! + values[k - 1]!)) / 2;
  if (tail === undefined) return mean;
  const last = at.length - 1;
  return mean + (1 - at[last]!) * (values[last]! + cutMean(tail, values[last]!));
}

/** Mean excess of the tail where values stop at `most`: the integral of what is above, up to there. */
function cutMean({ shape, scale, most }: NonNullable<QuantileTable["tail"]>, from: number): number {
  const reach = most - from;
  if (reach === Number.POSITIVE_INFINITY) return shape < 1 ? scale / (1 - shape) : Number.POSITIVE_INFINITY;
  if (Math.abs(shape) < 1e-9) return -scale * Math.expm1(-reach / scale);
  const grown = Math.max(0, 1 + (shape * reach) / scale);
  if (Math.abs(shape - 1) < 1e-9) return scale * Math.log(grown);
  return (scale / (1 - shape)) * (1 - grown ** (1 - 1 / shape));
}

/** The same law of a quantity that is `factor` times as large; its mean exists and is multiplied so. */
export function scaledTable({ at, values, tail }: QuantileTable, factor: number): QuantileTable {
  assert(factor > 0, `a law cannot be scaled by ${factor}`);
  return {
    kind: "quantiles",
    at,
    values: values.map((value) => value * factor),
    ...(tail === undefined
      ? {}
      : { tail: { shape: tail.shape, scale: tail.scale * factor, most: tail.most * factor } }),
  };
}
