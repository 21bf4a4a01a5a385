import fc from "fast-check";
import { expect, test } from "vitest";
import { bestAssignment } from "../../src/kit/assignment.js";

/** The greatest sum over all ways, tried one by one. */
function greatestSum(weight: readonly number[][], taken: readonly number[] = []): number {
  const row = weight[taken.length];
  if (row === undefined) return 0;
  return Math.max(
    ...row.map((w, c) =>
      taken.includes(c) ? Number.NEGATIVE_INFINITY : w + greatestSum(weight, [...taken, c]),
    ),
  );
}

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 }))
  .chain(([rows, more]) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: rows + more, maxLength: rows + more }), {
      minLength: rows,
      maxLength: rows,
    }),
  );

test("rows get columns of their own, and no other way is worth more", () =>
  fc.assert(
    fc.property(matrices, (weight) => {
      const [rows, columns] = [weight.length, weight[0]!.length];
      const assigned = [...bestAssignment(Float64Array.from(weight.flat()), rows, columns)];
      expect(new Set(assigned).size).toBe(rows);
      for (const column of assigned) expect(column >= 0 && column < columns).toBe(true);
      expect(assigned.reduce((sum, column, row) => sum + weight[row]![column]!, 0)).toBe(greatestSum(weight));
    }),
    { seed: 11, numRuns: 500 },
  ));
