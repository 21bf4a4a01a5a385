import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../../../src/kit/random.js";
import { blockOrder } from "../../../../src/workload/synthesis/blocks/block-order.js";

const draws = (seed: number) => KeyedStream.named(seed, "test/block-order");
/** How many places are followed by their own successor, of all that have one. */
function followed(order: Int32Array): number {
  let kept = 0;
  for (let k = 1; k < order.length; k++) if (order[k] === order[k - 1]! + 1) kept++;
  return kept / (order.length - 1);
}

test("a pass has every place of the record once, whatever the blocks and windows", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 1, max: 400, noNaN: true }),
      fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 400 })),
      fc.nat(1000),
      (count, length, within, seed) => {
        const order = blockOrder(count, { length, within }, draws(seed));
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, k) => k));
      },
    ),
  ));

describe("blocks", () => {
  // The share of 20,000 pairs has a standard error below 0.4 %: four of them, 6 in 100,000 false alarms a row.
  test.each([1, 2, 5, 20, 100])(
    "of mean length %i end after a place with probability 1 / length",
    (length) => {
      const order = blockOrder(20_000, { length, within: Number.POSITIVE_INFINITY }, draws(length));
      expect(Math.abs(followed(order) - (1 - 1 / length))).toBeLessThan(0.016);
    },
  );

  test("are other ones at another draw", () => {
    const plan = { length: 10, within: 100 };
    expect(blockOrder(500, plan, draws(1))).not.toEqual(blockOrder(500, plan, draws(2)));
    expect(blockOrder(500, plan, draws(1))).toEqual(blockOrder(500, plan, draws(1)));
  });
});

describe("windows", () => {
  test("keep single workflows within them", () => {
    const order = blockOrder(1000, { length: 1, within: 50 }, draws(3));
    expect(Math.max(...order.map((place, k) => Math.abs(place - k)))).toBeLessThan(50);
  });

  test("of one workflow keep the record's order", () =>
    expect([...blockOrder(20, { length: 1, within: 1 }, draws(4))]).toEqual(
      Array.from({ length: 20 }, (_, k) => k),
    ));

  test("begin elsewhere at every draw, so that no border is kept", () => {
    const crossed = Array.from({ length: 40 }, (_, seed) => {
      const order = blockOrder(200, { length: 1, within: 50 }, draws(seed));
      return [50, 100, 150].filter((border) => order.subarray(0, border).some((place) => place >= border));
    });
    expect(new Set(crossed.flat()).size).toBe(3);
  });
});

test("without windows a place may come to lie anywhere", () => {
  // The place of workflow 0 over 1000 draws: chi-square of 10 tenths, 9 degrees, the 1 in 10,000 quantile 33.7.
  const counts = new Float64Array(10);
  for (let seed = 0; seed < 1000; seed++)
    counts[Math.floor(blockOrder(50, { length: 4, within: 50 }, draws(seed)).indexOf(0) / 5)]!++;
  expect(counts.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0)).toBeLessThan(33.7);
});
