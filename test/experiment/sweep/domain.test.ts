import { describe, expect, test } from "vitest";
import { gridOf, parseDimension, placeOf, valueAt } from "../../../src/experiment/sweep/domain.js";

describe("a dimension is read", () => {
  test.each([
    ["policy.failure=uniform(0, 20)", { kind: "range", low: 0, high: 20, log: false, integer: false }],
    [
      "agent.learningRate=loguniform(1e-4,1e-2)",
      { kind: "range", low: 1e-4, high: 1e-2, log: true, integer: false },
    ],
    ["a=integer(2,5)", { kind: "range", low: 2, high: 5, log: false, integer: true }],
    ["agent.hidden=choice(64, '64,64')", { kind: "choice", values: [64, "64,64"] }],
    ["scenario.pools.fast.work=choice(1 s, true)", { kind: "choice", values: ["1 s", true] }],
  ])("%s", (text, domain) =>
    expect(parseDimension(text)).toEqual({ path: text.slice(0, text.indexOf("=")), domain }),
  );
});

describe("what is no dimension is refused", () => {
  test.each([
    ["uniform(0,1)", /no path/],
    ["a=normal(0,1)", /is no domain/],
    ["a=uniform(1)", /no range/],
    ["a=uniform(2,1)", /no range/],
    ["a=uniform(low,high)", /no range/],
    ["a=loguniform(0,1)", /no logarithm/],
    ["a=integer(0.5,2)", /whole numbers/],
    ["a=choice()", /no plain values/],
    ["a=choice({ b: 1 })", /no plain values/],
    ["a=choice('", /is no domain/],
  ])("%s", (text, message) => expect(() => parseDimension(text)).toThrow(message));
});

test.each([
  ["a=uniform(-1,3)", 0.25, 0],
  ["a=loguniform(0.01,100)", 0.5, 1],
  ["a=integer(2,5)", 0, 2],
  ["a=integer(2,5)", 0.9999, 5],
  ["a=choice(x,y,z)", 0.5, "y"],
])("%s at %d is %j, and back", (text, place, value) => {
  const { domain } = parseDimension(text);
  expect(valueAt(domain, place)).toBe(value);
  expect(valueAt(domain, placeOf(domain, value))).toBe(value);
});

test.each([
  ["a=choice(x,y)", ["x", "y"]],
  ["a=integer(2,4)", [2, 3, 4]],
  ["a=uniform(0,1)", [0, 0.25, 0.5, 0.75, 1]],
  ["a=loguniform(1,16)", [1, 2, 4, 8, 16]],
  ["a=integer(0,100)", [0, 25, 50, 75, 100]],
])("the grid of %s is %j", (text, values) => expect(gridOf(parseDimension(text).domain, 5)).toEqual(values));
