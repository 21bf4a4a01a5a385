import { expect, test } from "vitest";
import { backendBench } from "../../../bench/learn/backend.bench.js";

test("the bench of backends runs, and computes the same twice", async () => {
  const first = await backendBench("smoke");
  const second = await backendBench("smoke");
  expect(first.map(({ name }) => name)).toContain("plain");
  expect(first.every(({ checksum, stepRatio }) => Number.isFinite(checksum) && stepRatio > 0)).toBe(true);
  expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
});
