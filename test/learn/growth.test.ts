import { expect, test } from "vitest";
import { growth } from "../../bench/support/growth.js";

/** A level of 50 MB with waves of 1 MB, after a minute in which it rises to it, and `leak` bytes a second on top. */
const samples = (leak: number) =>
  Array.from({ length: 60 }, (_, i) => {
    const seconds = 10 * i;
    const rising = Math.min(1, seconds / 60);
    return { seconds, bytes: 50e6 * rising + 1e6 * Math.sin(i) + leak * seconds };
  });

test("what rises at first and then stays within waves is flat", () => {
  expect(growth(samples(0), 0.03).flat).toBe(true);
});

test("a leak of 20 KB a second is told in ten minutes, by its size", () => {
  const { flat, grown } = growth(samples(20e3), 0.03);
  expect(flat).toBe(false);
  // 390 s from the first to the last sample that is fitted; waves move the line by a part of one.
  expect(Math.abs(grown - 390 * 20e3)).toBeLessThan(1e6);
});

test("two samples tell nothing", () => {
  expect(() => growth(samples(0).slice(0, 2), 0.03)).toThrow("5 samples or more");
});
