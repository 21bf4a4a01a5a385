import { expect, test } from "vitest";
import { mean, standardError } from "../../../src/experiment/statistics/index.js";
import { estimate } from "../../../src/experiment/theory/estimate.js";
import { SequentialStream } from "../../../src/kit/sequential-stream.js";

test("without controls it is the mean and its standard error", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const { mean: m, standardError: error } = estimate(
    values,
    values.map(() => []),
  );
  expect(m).toBeCloseTo(mean(values), 12);
  expect(error).toBeCloseTo(standardError(values), 12);
});

test("what a control explains wholly has no error left", () => {
  const control = [-1, 0.5, 2, -0.3, 0.8];
  const { mean: m, standardError: error } = estimate(
    control.map((x) => 7 + 3 * x),
    control.map((x) => [x]),
  );
  expect(m).toBeCloseTo(7, 12);
  expect(error).toBeLessThan(1e-12);
});

test("with controls that tell half of it, intervals of two errors hold the truth as often as they say", () => {
  // 1000 trials of 20 values with two controls; 95.6 % expected by Student's t of 17 degrees, and false alarm 1e-4 at 4 sigma.
  const stream = new SequentialStream("controls");
  let held = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const controls = Array.from({ length: 20 }, () => [stream.next() - 0.5, stream.next() - 0.5]);
    const values = controls.map(([a, b]) => 2 + a! - 2 * b! + (stream.next() - 0.5));
    const { mean: m, standardError: error } = estimate(values, controls);
    if (Math.abs(m - 2) <= 2.18 * error) held++;
  }
  expect(held / 1000).toBeGreaterThan(0.93);
  expect(held / 1000).toBeLessThan(0.982);
});
