/** What a process held at a moment: after a collection, in bytes. */
export interface MemorySample {
  readonly seconds: number;
  readonly bytes: number;
}

export interface Growth {
  /** Bytes at the middle of what was fitted. */
  readonly level: number;
  /** Bytes by which the fitted line rises from the first to the last sample of what was fitted. */
  readonly grown: number;
  /** Whether it rises by no more than is allowed. */
  readonly flat: boolean;
}

/** Least that counts as growth: what compiling and a longer episode may add. */
const SLACK = 2 ** 21;

/**
 * Whether memory grows: a straight line by least squares through the samples of the last two thirds, as columns find their size
 * and code is compiled in the first.
 * @param share of the level by which it may rise all the same
 */
export function growth(samples: readonly MemorySample[], share: number): Growth {
  const fitted = samples.slice(Math.floor(samples.length / 3));
  if (fitted.length < 3) throw new Error(`growth is told by 5 samples or more, got ${samples.length}`);
  const mean = (of: (sample: MemorySample) => number): number =>
    fitted.reduce((sum, sample) => sum + of(sample), 0) / fitted.length;
  const time = mean(({ seconds }) => seconds);
  const level = mean(({ bytes }) => bytes);
  const together = mean(({ seconds, bytes }) => (seconds - time) * (bytes - level));
  const slope = together / mean(({ seconds }) => (seconds - time) ** 2);
  const grown = slope * (fitted.at(-1)!.seconds - fitted[0]!.seconds);
  return { level, grown, flat: grown <= Math.max(SLACK, share * level) };
}
