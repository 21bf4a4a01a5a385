/**
 * Share of runs whose score lies above each threshold (Agarwal et al. 2021, section 4.2): the tail of the distribution of
 * scores, in which one can read off any quantile of a policy, and whether one policy is ahead everywhere.
 */
export function performanceProfile(scores: readonly number[], thresholds: readonly number[]): number[] {
  return thresholds.map((threshold) => {
    let above = 0;
    for (const score of scores) if (score > threshold) above++;
    return above / scores.length;
  });
}
