import { assert } from "../../kit/assert.js";
import { checkLevel, type MeanInterval } from "./mean-interval.js";
import { moments } from "./moments.js";
import { studentTQuantile } from "./student-t.js";

/**
 * How many values make the interval of their mean no wider than `halfWidth` on either side, from a first stage: Stein 1945, "A
 * two-sample test for a linear hypothesis whose power is independent of the variance", Annals of Mathematical Statistics 16(3).
 * Decided once, so that nothing is stopped on a spread that came out small by chance.
 */
export function fixedWidthSize(firstStage: readonly number[], halfWidth: number, level = 0.95): number {
  checkLevel(level);
  assert(halfWidth > 0, `a half-width is above zero, got ${halfWidth}`);
  const { count, standardDeviation } = moments(firstStage);
  assert(count >= 2, `a first stage has two values or more, got ${count}`);
  const t = studentTQuantile(0.5 + level / 2, count - 1);
  return Math.max(count, Math.ceil(((t * standardDeviation) / halfWidth) ** 2));
}

/**
 * Stein's interval: the mean of all values, within the spread and the degrees of freedom of the first stage. For normal values
 * it covers at its level exactly, whatever their spread; its half-width is at most the one asked for, once `fixedWidthSize` values
 * are there.
 */
export function fixedWidthInterval(
  values: readonly number[],
  firstStage: number,
  level = 0.95,
): MeanInterval {
  checkLevel(level);
  assert(
    firstStage >= 2 && firstStage <= values.length,
    `a first stage of ${firstStage} of ${values.length} values`,
  );
  const { standardDeviation } = moments(values.slice(0, firstStage));
  const all = moments(values);
  const half = (studentTQuantile(0.5 + level / 2, firstStage - 1) * standardDeviation) / Math.sqrt(all.count);
  return { ...all, low: all.mean - half, high: all.mean + half, level };
}
