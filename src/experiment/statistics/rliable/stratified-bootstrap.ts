import { assert } from "../../../kit/assert.js";
import type { SequentialStream } from "../../../kit/sequential-stream.js";
import { checkLevel, type Interval } from "../mean-interval.js";
import { quantileSorted } from "../quantile-sorted.js";

export interface StratifiedBootstrapOptions {
  readonly level?: number;
  readonly resamples?: number;
  /** The same state gives the same intervals. */
  readonly stream: SequentialStream;
}

/**
 * Percentile intervals for figures over several scenarios, runs being resampled within each scenario (Agarwal et al. 2021,
 * section 4.1). So the intervals say what other seeds would give on these scenarios, not what other scenarios would.
 *
 * @param strata runs by scenario; give what shares a seed as one element, and it stays together
 * @param figures of a resample, all of them finite; it may not keep its argument, which is reused
 * @returns an interval for each figure
 */
export function stratifiedBootstrap<T>(
  strata: readonly (readonly T[])[],
  figures: (strata: readonly (readonly T[])[]) => readonly number[],
  { level = 0.95, resamples = 2000, stream }: StratifiedBootstrapOptions,
): Interval[] {
  checkLevel(level);
  assert(resamples >= 100, `a bootstrap interval needs at least 100 resamples, got ${resamples}`);
  assert(strata.length > 0 && strata.every((runs) => runs.length > 0), "every scenario needs a run");
  const draw = strata.map((runs) => [...runs]);
  const found: Float64Array[] = [];
  for (let b = 0; b < resamples; b++) {
    strata.forEach((runs, s) => {
      const drawn = draw[s]!;
      for (let i = 0; i < runs.length; i++) drawn[i] = runs[stream.integer(runs.length)]!;
    });
    figures(draw).forEach((figure, f) => {
      assert(Number.isFinite(figure), `figure ${f} of a resample is ${figure}`);
      found[f] ??= new Float64Array(resamples);
      found[f]![b] = figure;
    });
  }
  return found.map((values) => {
    values.sort();
    const at = (share: number) => quantileSorted(values, share);
    return { low: at(0.5 - level / 2), high: at(0.5 + level / 2), level };
  });
}
