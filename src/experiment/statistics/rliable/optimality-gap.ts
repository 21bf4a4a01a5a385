/**
 * By how much scores fall short of `goal` in the mean, what lies above counting as no shortfall (Agarwal et al. 2021, section
 * 4.3). Higher scores are better; a lower gap is.
 */
export function optimalityGap(scores: Iterable<number>, goal = 1): number {
  let count = 0;
  let short = 0;
  for (const score of scores) {
    count++;
    short += Math.max(0, goal - score);
  }
  return short / count;
}
