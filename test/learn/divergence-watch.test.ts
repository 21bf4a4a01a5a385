import { expect, test } from "vitest";
import { DivergenceWatch } from "../../src/learn/divergence-watch.js";

const yardstick = { policy: "sed", cost: 4, unfinished: 0.01 };

/** What the watch says of validations in a row: at which of them it stops training, and why. */
function watched(costs: readonly number[], unfinished: readonly number[] = [], beside = true): string {
  const watch = new DivergenceWatch(beside ? yardstick : null);
  for (const [n, cost] of costs.entries()) {
    const stop = watch.see({ cost, unfinished: unfinished[n] ?? 0.01 }, "there");
    if (stop !== null) return `${stop.code} at ${n + 1}`;
  }
  return watch.doubtful ? "doubtful" : "fine";
}

test.each<[string, readonly number[], string]>([
  ["a cost near the best", [5, 4.5, 4, 3.9], "fine"],
  ["a bad beginning that comes down", [400, 300, 200, 150, 120, 100, 90, 60, 30], "fine"],
  ["a bad beginning that comes down slowly", [400, 390, 380, 370, 360, 350], "doubtful"],
  ["one bad validation", [5, 4, 500, 4, 4], "fine"],
  ["a cost that explodes and stays", [5, 4, 500, 510, 490, 505, 520, 530], "COST_EXPLODED at 7"],
  ["a cost that never comes down", [100, 110, 105, 120, 130], "COST_EXPLODED at 5"],
  ["a cost that is no number", [5, Number.NaN], "COST_NOT_FINITE at 2"],
  ["a cost without bound", [5, Number.POSITIVE_INFINITY], "COST_NOT_FINITE at 2"],
])("%s: %j is %s", (_, costs, verdict) => expect(watched(costs)).toBe(verdict));

test("queues that grow and do not stop growing are named before the cost is", () =>
  expect(watched([20, 30, 40, 50, 60, 70], [0.5, 0.5, 0.6, 0.6, 0.7, 0.7])).toBe("QUEUE_UNSTABLE at 5"));

test("workflows that the heuristic leaves unfinished too are the scenario's doing", () =>
  expect(watched([4, 4, 4, 4, 4, 4], new Array(6).fill(0.2))).toBe("fine"));

test("without a heuristic the best so far is the measure", () =>
  expect(watched([5, 100, 100, 100, 100, 100], [], false)).toBe("COST_EXPLODED at 6"));

test("costs below 0, of workflows that have a value, are not held to a multiple of the best", () =>
  expect(watched([-5, -1, -0.5, -0.2, -0.1, -0.1, -0.1], [], false)).toBe("fine"));

test("it says what, where and the mend", () => {
  const watch = new DivergenceWatch(yardstick);
  let stop = null;
  for (let n = 0; n < 5; n++) stop = watch.see({ cost: 50 + n, unfinished: 0.6 }, "after 500 decisions");
  expect(stop?.toJSON()).toEqual({
    code: "QUEUE_UNSTABLE",
    what: "the learned policy's queues grow without end: 60 % of the workflows submitted in validation are still in the system at its end; 1 % under sed",
    where: "after 500 decisions",
    mend: "charge decisions by workflow (--workflow-costs), begin from a heuristic (--algorithm imitate), lower the learning rate, or lengthen the horizon",
  });
});
