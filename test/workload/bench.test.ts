import { expect, test } from "vitest";
import { replayBench } from "../../bench/workload/replay.bench.js";

test("the bench of replays runs, and computes the same twice", async () => {
  const [first, second] = [await replayBench("smoke"), await replayBench("smoke")];
  expect(first.every(({ value, checksum }) => Number.isFinite(value) && Number.isFinite(checksum))).toBe(
    true,
  );
  expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
});
