import { expect, test } from "vitest";
import { coverageBench } from "../../bench/experiment/coverage.bench.js";
import { statisticsBench } from "../../bench/experiment/statistics.bench.js";

test.each([
  ["coverage", coverageBench],
  ["statistics", statisticsBench],
])("the bench of %s runs, and computes the same twice", (_, bench) => {
  const [first, second] = [bench("smoke"), bench("smoke")];
  expect(first.every(({ value, checksum }) => value >= 0 && Number.isFinite(checksum))).toBe(true);
  expect(second).toEqual(first);
});
