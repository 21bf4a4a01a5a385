import { expect, test } from "vitest";
import { trainingBench } from "../../bench/learn/training.bench.js";

test("the bench of training runs, and computes the same twice", () => {
  const [first, second] = [trainingBench("smoke"), trainingBench("smoke")];
  expect(first.every(({ value, checksum }) => value > 0 && Number.isFinite(checksum))).toBe(true);
  expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
});
