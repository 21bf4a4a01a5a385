import type { Nanos } from "../instant.js";
import type { Span } from "./span.js";

/** The spans of one trace and how they hang together. Times are nanoseconds since `start`, exact up to 104 days. */
export interface SpanTree {
  readonly spans: readonly Span[];
  /** The earliest start. */
  readonly start: Nanos;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** [count] the parent of each, by its place in `spans`; NO_PARENT or MISSING_PARENT. */
  readonly parent: Int32Array;
  /** Places of the direct children of each, in the order of their starts. */
  readonly children: readonly (readonly number[])[];
  /** Places of spans of an id that an earlier one has. As parents, the first of them counts. */
  readonly repeated: readonly number[];
}

export const NO_PARENT = -1;
/** It names one that is not in the trace. */
export const MISSING_PARENT = -2;

export function spanTree(spans: readonly Span[]): SpanTree {
  const place = new Map<string, number>();
  const repeated: number[] = [];
  let start = spans[0]!.start;
  spans.forEach((span, s) => {
    if (span.start < start) start = span.start;
    if (place.has(span.id)) repeated.push(s);
    else place.set(span.id, s);
  });
  const starts = Float64Array.from(spans, (span) => Number(span.start - start));
  const ends = Float64Array.from(spans, (span) => Number(span.end - start));
  const parent = Int32Array.from(spans, (span) =>
    span.parent === null ? NO_PARENT : (place.get(span.parent) ?? MISSING_PARENT),
  );
  const children: number[][] = spans.map(() => []);
  parent.forEach((p, s) => {
    if (p >= 0) children[p]!.push(s);
  });
  for (const list of children) list.sort((a, b) => starts[a]! - starts[b]! || a - b);
  return { spans, start, starts, ends, parent, children, repeated };
}

/**
 * Distance from the top, 1 for spans without a parent in the trace; 0 for those that are their own ancestors, and for
 * what hangs on them.
 */
export function depths({ parent, children }: SpanTree): Int32Array {
  const depth = new Int32Array(parent.length);
  const reached: number[] = [];
  parent.forEach((p, s) => {
    if (p >= 0) return;
    depth[s] = 1;
    reached.push(s);
  });
  for (let s = reached.pop(); s !== undefined; s = reached.pop()) {
    for (const child of children[s]!) {
      depth[child] = depth[s]! + 1;
      reached.push(child);
    }
  }
  return depth;
}

/** When direct children of a span run: their intervals, clipped to its own, joined where they touch, in order of time. */
export function coverage({ starts, ends, children }: SpanTree, s: number): (readonly [number, number])[] {
  const covered: [number, number][] = [];
  for (const child of children[s]!) {
    const from = Math.max(starts[child]!, starts[s]!);
    const to = Math.min(ends[child]!, ends[s]!);
    if (to <= from) continue;
    const last = covered.at(-1);
    if (last === undefined || last[1] < from) covered.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return covered;
}

/** Nanoseconds in which a span runs and none of its direct children does. */
export function selfTime(tree: SpanTree, s: number): number {
  let self = tree.ends[s]! - tree.starts[s]!;
  for (const [from, to] of coverage(tree, s)) self -= to - from;
  return Math.max(0, self);
}
