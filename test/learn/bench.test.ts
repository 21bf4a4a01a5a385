import { expect, test } from "vitest";
import { ppoBench } from "../../bench/learn/ppo.bench.js";
import { trainingBench } from "../../bench/learn/training.bench.js";

test.each([
  ["training", trainingBench],
  ["ppo", ppoBench],
])("the bench of %s runs, and computes the same twice", (_, bench) => {
  const [first, second] = [bench("smoke"), bench("smoke")];
  expect(first.every(({ value, checksum }) => value > 0 && Number.isFinite(checksum))).toBe(true);
  expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
});
