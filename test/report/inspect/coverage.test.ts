import fc from "fast-check";
import { expect, test } from "vitest";
import { after, coverage, levelFor, tallies } from "../../../src/report/inspect/coverage.js";

const END = 10;
const spans = fc.array(
  fc
    .tuple(fc.double({ min: 0, max: END, noNaN: true }), fc.double({ min: 0, max: END, noNaN: true }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  { maxLength: 30 },
);

test("a bin has the mean number of spans in it, at every level", () =>
  fc.assert(
    fc.property(spans, (list) => {
      const from = Float64Array.from(list, ([a]) => a);
      const until = Float64Array.from(list, ([, b]) => b);
      const cover = coverage(from, until, 0, list.length, END, 16, (i) => i % 3 !== 0);
      cover.levels.forEach((level, l) => {
        const width = cover.step * 2 ** l;
        level.forEach((mean, b) => {
          const inside = list.reduce((sum, [a, z], i) => {
            const overlap = Math.min(z, (b + 1) * width) - Math.max(a, b * width);
            return sum + (i % 3 === 0 ? 0 : Math.max(0, overlap));
          }, 0);
          expect(mean).toBeCloseTo(inside / width, 4);
        });
      });
      expect(cover.levels.map(({ length }) => length)).toEqual([16, 8, 4, 2, 1]);
    }),
  ));

test("tallies count each instant once, at every level", () => {
  const at = Float64Array.of(0, 0.1, 4.99, 5, 10);
  const { levels } = tallies(at, 0, 5, END, 4, () => true);
  expect(levels.map((level) => [...level])).toEqual([[2, 1, 1, 1], [3, 2], [5]]);
});

test("the level of a zoom has about a bin a pixel", () => {
  const cover = coverage(new Float64Array(0), new Float64Array(0), 0, 0, 16, 16, () => true);
  expect([0.1, 1, 1.5, 2, 7, 1e9].map((width) => levelFor(cover, width))).toEqual([0, 0, 1, 1, 3, 4]);
});

test("bisection finds the first value above", () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 })),
      fc.integer({ min: -1, max: 21 }),
      (list, value) => {
        const sorted = Float64Array.from(list).sort();
        expect(after(sorted, value)).toBe(sorted.filter((one) => one <= value).length);
      },
    ),
  ));
