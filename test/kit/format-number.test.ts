import { expect, test } from "vitest";
import {
  clockTime,
  formatAlike,
  formatDuration,
  formatLevel,
  formatNumber,
  formatPercent,
  formatPValue,
} from "../../src/kit/format-number.js";

test.each([
  [1234.56, "1235"],
  [12.345, "12.35"],
  [-0.0123456, "-0.01235"],
  [0, "0"],
  [1.5e12, "1.500e+12"],
  [Number.NaN, "n/a"],
  [Number.NEGATIVE_INFINITY, "-∞"],
])("%f is written %s", (value, text) => expect(formatNumber(value)).toBe(text));

test("a column has one number of decimals, unless its sizes lie too far apart", () => {
  expect([9.5, 123.456].map(formatAlike([9.5, 123.456]))).toEqual(["9.5", "123.5"]);
  expect([0.001, 5000].map(formatAlike([0.001, 5000]))).toEqual(["0.001000", "5000"]);
  expect(formatAlike([])(2)).toBe("2.000");
});

test("shares are percentages, without a minus before zero", () => {
  expect([0.1234, -0.00123, -0.00001, 1.5].map(formatPercent)).toEqual(["12.3", "-0.12", "0.00", "150.0"]);
});

test("spans stand in the unit that suits them", () => {
  expect([12, 90, 5400, 7200, 172_800, 0.25].map(formatDuration)).toEqual([
    "12 s",
    "1.5 min",
    "1.5 h",
    "2 h",
    "2 d",
    "0.25 s",
  ]);
});

test("a while on the clock is told in whole seconds, a long one without them", () => {
  expect([0.4, 9, 59.6, 127, 3599.7, 5400, 90_000].map(clockTime)).toEqual([
    "0 s",
    "9 s",
    "1 min",
    "2 min 7 s",
    "1 h",
    "1 h 30 min",
    "25 h",
  ]);
});

test("p-values stop where digits stop meaning anything", () => {
  expect([0.0004, 0.0312, 0.94].map(formatPValue)).toEqual(["< 0.001", "0.031", "0.94"]);
});

test.each([
  [0.95, "95"],
  [0.999, "99.9"],
  [0.05, "5"],
  [0.005, "0.50"],
])("a level of %f is written %s", (level, text) => expect(formatLevel(level)).toBe(text));
