import { expect, test } from "vitest";
import { Windows } from "../../../src/experiment/theory/windows.js";

test("a window opens when the number is as it is to begin, and looks at its times", () => {
  const windows = new Windows({ from: 2, times: [1, 3] });
  windows.hold(0, 0, 5);
  windows.hold(2, 5, 5.5);
  windows.hold(3, 5.5, 7);
  windows.hold(0, 7, 9);
  expect([windows.count, windows.meanNumber(1), windows.meanNumber(3), windows.empty(3)]).toEqual([
    1, 3, 0, 1,
  ]);
});

test("the next window opens where the last one ends, if the number is right then", () => {
  const windows = new Windows({ from: 1, times: [1] });
  windows.hold(1, 0, 3.5);
  expect(windows.count).toBe(3);
  windows.hold(0, 3.5, 10);
  expect([windows.count, windows.empty(1)]).toEqual([4, 0.25]);
});

test("a window that a run's end cuts off does not count", () => {
  const windows = new Windows({ from: 0, times: [2] });
  windows.hold(0, 0, 1);
  windows.restart();
  windows.hold(0, 0, 2.5);
  expect(windows.count).toBe(1);
});
