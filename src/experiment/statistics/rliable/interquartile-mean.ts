/**
 * Mean of the middle half: of n values the floor(n / 4) least and largest are left out. Less swayed by one scenario than the mean,
 * less wasteful than the median (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical precipice",
 * NeurIPS, section 4.3). NaN of nothing.
 */
export function interquartileMean(scores: Iterable<number>): number {
  const sorted = Float64Array.from(scores).sort();
  const cut = Math.floor(sorted.length / 4);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i]!;
  return sum / (sorted.length - 2 * cut);
}
