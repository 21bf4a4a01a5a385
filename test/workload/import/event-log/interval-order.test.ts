import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { directlyBefore, type Interval } from "../../../../src/workload/import/event-log/interval-order.js";

const anyIntervals = fc
  .array(fc.tuple(fc.nat(9), fc.nat(4)), { maxLength: 12 })
  .map((drawn) => drawn.map(([begin, length]) => ({ begin: BigInt(begin), end: BigInt(begin + length) })));

/** As it is defined: a had ended when b began; of points at one instant, the one that is given first. */
function precedes(intervals: readonly Interval[], a: number, b: number): boolean {
  const [first, second] = [intervals[a]!, intervals[b]!];
  const points = first.begin === first.end && second.begin === second.end;
  if (points && first.begin === second.begin) return a < b;
  return first.end <= second.begin;
}

describe("what is directly before an interval", () => {
  test("is the transitive reduction of what had ended when it began", () => {
    fc.assert(
      fc.property(anyIntervals, (intervals) => {
        const all = intervals.map((_, i) => i);
        const expected = all.map((b) =>
          all.filter(
            (a) =>
              a !== b &&
              precedes(intervals, a, b) &&
              !all.some((c) => c !== a && c !== b && precedes(intervals, a, c) && precedes(intervals, c, b)),
          ),
        );
        const found = directlyBefore(intervals, 1000)!.map((list) => [...list].sort((x, y) => x - y));
        expect(found).toEqual(expected);
      }),
      { numRuns: 2000, seed: 9 },
    );
  });

  test("is not told where it is too much", () => {
    const many = [0n, 1n].flatMap((at) => Array.from({ length: 100 }, () => ({ begin: at, end: at + 1n })));
    expect(directlyBefore(many, 9_999)).toBeNull();
    expect(directlyBefore(many, 10_000)![150]).toHaveLength(100);
  });
});
