import { expect, test } from "vitest";
import { lineChart } from "../../src/kit/line-chart.js";

const drawn = (values: readonly number[], options: Parameters<typeof lineChart>[1]) =>
  lineChart(values, options).rows.map((row) => row.trimEnd());

test("values stand as high as they are, the least at the bottom", () =>
  expect(drawn([0, 5, 10, 15], { width: 4, height: 2 })).toEqual(["  ▃█", "▁▆"]));

test("few values have up to four columns each", () =>
  expect(drawn([1, 2], { width: 20, height: 1 })).toEqual(["▁▁▁▁████"]));

test("of many values some are left out, but not the last", () =>
  expect(drawn([...new Array(99).fill(1), 2], { width: 5, height: 1 })).toEqual(["▁▁▁▁█"]));

test("a level is drawn through, behind the line", () =>
  expect(drawn([4, 3, 1, 1], { width: 6, height: 3, level: 4 })).toEqual(["█▁╌╌╌╌", "", "  ▁▁"]));

test("a bad beginning does not flatten what follows", () => {
  const { most, least } = lineChart([1e6, 3, 2, 2.5, 2], { width: 20, height: 4 });
  expect(least).toBe(2);
  expect(most).toBeLessThan(10);
});

test.each([
  ["no values", []],
  ["values that are no numbers", [Number.NaN, Number.POSITIVE_INFINITY]],
])("%s leave it blank", (_, values) =>
  expect(drawn(values, { width: 3, height: 2, level: 1 })).toEqual(["", ""]),
);

test("one value for all stands in the middle", () =>
  expect(drawn([7, 7], { width: 2, height: 2 })).toEqual(["▁▁", ""]));
