import { SequentialStream } from "../../kit/sequential-stream.js";
import { type Dimension, placeOf } from "./domain.js";
import { completed, type Trial } from "./sweep.js";

/** Share of the variance of the cost over the trials' settings that one of them alone accounts for. */
export interface Importance {
  readonly path: string;
  readonly share: number;
}

const TREES = 64;
/** Trials in a leaf at the least. */
const LEAF = 2;
/** Values of a setting at which its effect is read. */
const LEVELS = 16;

/**
 * How much each setting matters: the first-order part of a functional analysis of variance of a random forest (Hutter, Hoos and
 * Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance"), with the trials' own settings in place
 * of the whole box. Costs are taken by rank, so that a few disastrous ones do not speak for all.
 * @returns greatest first; empty where there is too little to tell
 */
export function importances(dimensions: readonly Dimension[], trials: readonly Trial[]): Importance[] {
  const whole = completed(trials);
  if (whole.length < 4) return [];
  const points = whole.map(({ settings }) =>
    dimensions.map(({ path, domain }) => placeOf(domain, settings[path]!)),
  );
  const sorted = whole.map(({ cost }) => cost).sort((a, b) => a - b);
  const ranks = whole.map(({ cost }) => (sorted.indexOf(cost) + sorted.lastIndexOf(cost)) / 2);
  const stream = new SequentialStream("importance");
  const forest = Array.from({ length: TREES }, () => {
    const drawn = points.map(() => stream.integer(points.length));
    return grow(
      drawn.map((i) => points[i]!),
      drawn.map((i) => ranks[i]!),
      stream,
    );
  });
  const predict = (point: readonly number[]) =>
    forest.reduce((sum, tree) => sum + answer(tree, point), 0) / TREES;
  const total = varianceOf(points.map(predict));
  return dimensions
    .map(({ path }, d) => {
      const levels = quantiles(
        points.map((point) => point[d]!),
        LEVELS,
      );
      // What is expected at a value of this setting, whatever the others are.
      const effect = levels.map(
        (level) => points.reduce((sum, point) => sum + predict(point.with(d, level)), 0) / points.length,
      );
      return { path, share: total > 0 ? Math.min(1, varianceOf(effect) / total) : 0 };
    })
    .sort((a, b) => b.share - a.share);
}

type Tree =
  | { readonly mean: number }
  | { readonly dimension: number; readonly cut: number; readonly low: Tree; readonly high: Tree };

/** A regression tree on a random half of the dimensions at each split (Breiman 2001). */
function grow(
  points: readonly (readonly number[])[],
  values: readonly number[],
  stream: SequentialStream,
): Tree {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2 * LEAF) return { mean };
  const width = points[0]!.length;
  let best = { dimension: -1, cut: 0, error: varianceOf(values) * values.length * (1 - 1e-9) };
  const few = Math.max(1, Math.ceil(width / 2));
  const tried = Array.from({ length: width }, (_, d) => ({ d, key: stream.next() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, few);
  for (const { d } of tried) {
    const order = points.map((_, i) => i).sort((a, b) => points[a]![d]! - points[b]![d]!);
    for (let k = LEAF; k <= order.length - LEAF; k++) {
      const [below, above] = [points[order[k - 1]!]![d]!, points[order[k]!]![d]!];
      if (below === above) continue;
      const left = order.slice(0, k).map((i) => values[i]!);
      const right = order.slice(k).map((i) => values[i]!);
      const error = varianceOf(left) * left.length + varianceOf(right) * right.length;
      if (error < best.error) best = { dimension: d, cut: (below + above) / 2, error };
    }
  }
  const { dimension, cut } = best;
  if (dimension < 0) return { mean };
  const side = (low: boolean): Tree => {
    const members = points.map((_, i) => i).filter((i) => points[i]![dimension]! < cut === low);
    return grow(
      members.map((i) => points[i]!),
      members.map((i) => values[i]!),
      stream,
    );
  };
  return { dimension, cut, low: side(true), high: side(false) };
}

function answer(tree: Tree, point: readonly number[]): number {
  let node = tree;
  while ("cut" in node) node = point[node.dimension]! < node.cut ? node.low : node.high;
  return node.mean;
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function quantiles(values: readonly number[], count: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return Array.from(
    { length: count },
    (_, i) => sorted[Math.min(sorted.length - 1, Math.floor(((i + 0.5) / count) * sorted.length))]!,
  );
}
