import fc from "fast-check";
import { expect, test } from "vitest";
import { assignLanes, orderBy } from "../../../src/report/inspect/lanes.js";

const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 })), {
  maxLength: 80,
});

function laid(list: readonly (readonly [number, number])[]) {
  const from = Float64Array.from(list, ([start]) => start);
  const until = Float64Array.from(list, ([start, length]) => start + length);
  const lanes = new Int32Array(list.length);
  return { from, until, lanes, count: assignLanes(orderBy(from), from, until, lanes) };
}

test("no two spans of a lane overlap", () =>
  fc.assert(
    fc.property(spans, (list) => {
      const { from, until, lanes } = laid(list);
      for (let a = 0; a < list.length; a++) {
        for (let b = 0; b < list.length; b++) {
          if (a === b || lanes[a] !== lanes[b]) continue;
          expect(Math.min(until[a]!, until[b]!) <= Math.max(from[a]!, from[b]!)).toBe(true);
        }
      }
    }),
  ));

test("there are as many lanes as were ever needed at once", () =>
  fc.assert(
    fc.property(spans, (list) => {
      const long = list.filter(([, length]) => length > 0);
      const { from, until, count } = laid(long);
      const most = Math.max(
        0,
        ...Array.from(from, (t) => long.filter((_, k) => from[k]! <= t && t < until[k]!).length),
      );
      expect(count).toBe(most);
    }),
  ));

test("rows whose time is not known have no place in the order", () => {
  expect([...orderBy(Float64Array.of(3, Number.NaN, 1, 3))]).toEqual([2, 0, 3]);
});
