import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advantages, type Trajectory } from "../../src/learn/gae.js";
import { sharedJson } from "../support/shared.js";

interface Step {
  readonly reward: number;
  readonly discount: number;
  readonly value: number;
  readonly next: number;
  readonly end?: "terminated" | "truncated";
}

const trajectory = (steps: readonly Step[]): Trajectory => ({
  rewards: Float64Array.from(steps, (s) => s.reward),
  discounts: Float64Array.from(steps, (s) => s.discount),
  values: Float64Array.from(steps, (s) => s.value),
  nextValues: Float64Array.from(steps, (s) => s.next),
  terminated: Uint8Array.from(steps, (s) => (s.end === "terminated" ? 1 : 0)),
  truncated: Uint8Array.from(steps, (s) => (s.end === "truncated" ? 1 : 0)),
});

function check(lambda: number, steps: readonly Step[], expected: readonly number[]): void {
  const found = advantages(trajectory(steps), lambda);
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found[i], `step ${i}`).toBeCloseTo(value, 12);
  });
}

describe("advantages, against numbers by hand", () => {
  test("each step has its own discount, on the next value and on what is carried", () =>
    check(
      0.5,
      [
        { reward: 1, discount: 0.5, value: 2, next: 4 }, // 1 + 0.5 * 4 - 2 + 0.5 * 0.5 * -1.5
        { reward: 0, discount: 0.25, value: 4, next: 10 }, // 0 + 0.25 * 10 - 4, the last: nothing is carried
      ],
      [0.625, -1.5],
    ));

  test("an episode that terminated has no future, whatever the next value says", () =>
    check(
      1,
      [
        { reward: 1, discount: 0.5, value: 2, next: 1000, end: "terminated" }, // 1 - 2
        { reward: 3, discount: 0.5, value: 1, next: 2 }, // 3 + 1 - 1: another episode, not carried back
      ],
      [-1, 3],
    ));

  test("an episode that was cut has a future, but its advantages are not carried over the cut", () =>
    check(
      1,
      [
        { reward: 1, discount: 0.5, value: 2, next: 10, end: "truncated" }, // 1 + 5 - 2
        { reward: 3, discount: 0.5, value: 1, next: 2 },
      ],
      [4, 3],
    ));

  test("steps that take no time are not discounted", () =>
    check(
      0.9,
      [
        { reward: 0, discount: 1, value: 1, next: 2 }, // 0 + 2 - 1 + 0.9 * 3
        { reward: 5, discount: 1, value: 2, next: 0, end: "terminated" },
      ],
      [3.7, 3],
    ));
});

test("with lambda 1 they are discounted returns less the value; with lambda 0, one-step errors", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          reward: fc.double({ min: -5, max: 5, noNaN: true }),
          discount: fc.double({ min: 0, max: 1, noNaN: true }),
          value: fc.double({ min: -5, max: 5, noNaN: true }),
          next: fc.double({ min: -5, max: 5, noNaN: true }),
        }),
        { minLength: 1, maxLength: 20 },
      ),
      (free) => {
        // Values that follow each other: the next value of a step is the value of the next step.
        const steps = free.map((step, i) => ({ ...step, next: free[i + 1]?.value ?? step.next }));
        let future = steps.at(-1)!.next;
        const returns = steps
          .toReversed()
          .map((step) => (future = step.reward + step.discount * future))
          .reverse();
        check(
          1,
          steps,
          returns.map((total, i) => total - steps[i]!.value),
        );
        check(
          0,
          steps,
          steps.map((s) => s.reward + s.discount * s.next - s.value),
        );
      },
    ),
  ));

test("columns of different lengths are refused", () => {
  const whole = trajectory([{ reward: 1, discount: 1, value: 1, next: 1 }]);
  expect(() => advantages({ ...whole, nextValues: new Float64Array(2) }, 1)).toThrow(/differ in length/);
});

interface Golden {
  readonly gamma: number;
  readonly lam: number;
  /** All [steps][environments]. */
  readonly rewards: readonly (readonly number[])[];
  readonly values: readonly (readonly number[])[];
  readonly episode_starts: readonly (readonly number[])[];
  readonly last_values: readonly number[];
  readonly last_dones: readonly number[];
  readonly advantages: readonly (readonly number[])[];
}

const goldens = sharedJson<{ gae: readonly Golden[] }>("reference/vectors/rl/goldens.json");
test.skipIf(goldens === null)("agree with Stable-Baselines3 on its own buffers", () => {
  for (const { gamma, lam, ...g } of goldens!.gae) {
    g.last_values.forEach((lastValue, e) => {
      const ends = [...g.episode_starts.slice(1).map((row) => row[e]!), g.last_dones[e]!];
      const steps = ends.map((done, t) => ({
        reward: g.rewards[t]![e]!,
        discount: gamma,
        value: g.values[t]![e]!,
        next: g.values[t + 1]?.[e] ?? lastValue,
        ...(done === 1 ? { end: "terminated" as const } : {}),
      }));
      const found = advantages(trajectory(steps), lam);
      // Theirs are in single precision.
      found.forEach((advantage, t) => {
        expect(advantage).toBeCloseTo(g.advantages[t]![e]!, 5);
      });
    });
  }
});
