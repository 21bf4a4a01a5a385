import type { Family } from "../synthesis/families/family.js";
import type { TypeShares } from "../synthesis/spec.js";
import type { Pattern } from "./trace-sample.js";

/** Random layers that are like many patterns together: their depths, widths, density of edges and shares of types. */
export function layersLike(patterns: readonly Pattern[]): {
  readonly family: Family;
  readonly types: TypeShares;
} {
  const depths = new Map<number, number>();
  const widths = new Map<number, number>();
  const shares = new Map<string, number>();
  const count = (into: Map<number, number>, key: number, times: number) =>
    into.set(key, (into.get(key) ?? 0) + times);
  let [beyond, places] = [0, 0];
  for (const { shape, type, count: times } of patterns) {
    const level = new Int32Array(shape.count);
    for (let t = 0; t < shape.count; t++) {
      for (let e = shape.firstParent[t]!; e < shape.firstParent[t + 1]!; e++)
        level[t] = Math.max(level[t]!, level[shape.parent[e]!]! + 1);
      shares.set(type[t]!, (shares.get(type[t]!) ?? 0) + times);
    }
    const width: number[] = [];
    for (const l of level) width[l] = (width[l] ?? 0) + 1;
    count(depths, width.length, times);
    for (const w of width) count(widths, w, times);
    // Every task beyond the first layer has one edge in any case; more are a matter of density.
    beyond += times * (shape.parent.length - (shape.count - width[0]!));
    for (let l = 1; l < width.length; l++) places += times * width[l]! * (width[l - 1]! - 1);
  }
  const empirical = (of: Map<number, number>) => {
    const sorted = [...of].sort(([a], [b]) => a - b);
    return {
      kind: "empirical" as const,
      values: sorted.map(([value]) => value),
      weights: sorted.map(([, weight]) => weight),
    };
  };
  const density = places > 0 ? Math.min(1, Math.max(0, beyond / places)) : 0;
  return {
    family: { kind: "layered", layers: empirical(depths), width: empirical(widths), density },
    types: { names: [...shares.keys()], weights: [...shares.values()] },
  };
}
