import fc from "fast-check";
import { expect, test } from "vitest";
import { rankCells } from "../../../../src/workload/synthesis/blocks/rank-cells.js";
import type { WorkflowRecord } from "../../../../src/workload/synthesis/blocks/record.js";

const recordOf = (work: readonly number[]): WorkflowRecord => ({
  gap: Float64Array.of(1, 1),
  template: Int32Array.of(0, 0),
  first: Int32Array.of(0, work.length, work.length),
  work: Float64Array.from(work),
});

test("works of a group share out the unit interval by rank; equal ones have theirs together, unknown ones none", () => {
  const { low, width } = rankCells(
    recordOf([5, 1, Number.NaN, 5, 9, 100, 50]),
    Int32Array.of(0, 0, 0, 0, 0, 1, 1),
  );
  expect([...low]).toEqual([0.25, 0, 0, 0.25, 0.75, 0.5, 0]);
  expect([...width]).toEqual([0.5, 0.25, 0, 0.5, 0.25, 0.5, 0.5]);
});

test("a share drawn from the cell of a work drawn at random is uniform", () =>
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (work, p) => {
        const { low, width } = rankCells(recordOf(work), new Int32Array(work.length));
        // P(share <= p), averaged over the works, each as likely: p itself.
        const below = work.map((_, row) => Math.min(1, Math.max(0, (p - low[row]!) / width[row]!)));
        expect(below.reduce((sum, share) => sum + share, 0) / work.length).toBeCloseTo(p, 9);
      },
    ),
  ));
