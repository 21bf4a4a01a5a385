import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pick, softmax } from "../../src/learn/categorical.js";
import { sharedJson } from "../support/shared.js";

const MASKED = Number.NEGATIVE_INFINITY;

function probabilities(logits: readonly number[]): { p: number[]; logSum: number } {
  const p = new Float64Array(logits.length);
  const logSum = softmax(Float32Array.from(logits), 0, logits.length, p);
  return { p: [...p], logSum };
}

describe("softmax", () => {
  test.each([
    { logits: [0, 0, 0, 0], p: [0.25, 0.25, 0.25, 0.25] },
    { logits: [7], p: [1] },
    { logits: [MASKED, 3, MASKED], p: [0, 1, 0] },
    { logits: [MASKED, 2, 2], p: [0, 0.5, 0.5] },
    { logits: [1e4, 1e4 - 1000], p: [1, 0] },
    { logits: [-3e38, -3e38], p: [0.5, 0.5] },
    { logits: [3e38, -3e38], p: [1, 0] },
  ])("of $logits is $p", ({ logits, p }) => {
    expect(probabilities(logits).p).toEqual(p);
  });

  test("sums to 1, and log p is the logit less what it returns", () =>
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (logits) => {
          const { p, logSum } = probabilities(logits);
          expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
          p.forEach((q, i) => {
            expect(Math.log(q)).toBeCloseTo(Math.fround(logits[i]!) - logSum, 9);
          });
        },
      ),
    ));

  test("touches only its own stretch", () => {
    const p = new Float64Array([9, 9, 9, 9]);
    softmax(new Float32Array([5, 0, 0, 5]), 1, 3, p);
    expect([...p]).toEqual([9, 0.5, 0.5, 9]);
  });
});

describe("pick", () => {
  const least = Number.MIN_VALUE;
  const most = 1 - Number.EPSILON / 2;
  test.each([
    { p: [0.25, 0.5, 0.25], u: 0.2, index: 0 },
    { p: [0.25, 0.5, 0.25], u: 0.25, index: 1 },
    { p: [0.25, 0.5, 0.25], u: 0.76, index: 2 },
    { p: [0, 0, 1, 0], u: least, index: 2 },
    { p: [0, 0, 1, 0], u: most, index: 2 },
    { p: [0.1, 0.2, 0.7 - 1e-9, 0], u: most, index: 2 }, // rounding left a gap at the end
  ])("at $u among $p is $index", ({ p, u, index }) => {
    expect(pick(Float64Array.from(p), 0, p.length, u)).toBe(index);
  });

  test("never a masked one, and each as often as its probability says", () => {
    const { p } = probabilities([MASKED, 1, 0, MASKED, -1]);
    const counts = new Array<number>(p.length).fill(0);
    const n = 100_000;
    // An even grid in place of chance: each count is then right to within one.
    for (let i = 0; i < n; i++) counts[pick(Float64Array.from(p), 0, p.length, (i + 0.5) / n)]!++;
    counts.forEach((count, i) => {
      expect(Math.abs(count - n * p[i]!)).toBeLessThanOrEqual(1);
    });
  });
});

interface Golden {
  readonly logits: readonly (readonly number[])[];
  readonly masks: readonly (readonly number[])[];
  readonly probs: readonly (readonly number[])[];
  readonly actions: readonly number[];
  readonly log_prob: readonly number[];
}

const goldens = sharedJson<{ masked_categorical: Golden }>("reference/vectors/rl/goldens.json");
test.skipIf(goldens === null)("masked distributions agree with sb3-contrib's", () => {
  const { logits, masks, probs, actions, log_prob } = goldens!.masked_categorical;
  logits.forEach((row, r) => {
    const masked = row.map((logit, i) => (masks[r]![i] === 1 ? logit : MASKED));
    const { p, logSum } = probabilities(masked);
    p.forEach((q, i) => {
      expect(q).toBeCloseTo(probs[r]![i]!, 6);
    });
    expect(masked[actions[r]!]! - logSum).toBeCloseTo(log_prob[r]!, 6);
  });
});
