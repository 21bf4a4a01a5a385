import { assert } from "../../kit/assert.js";

/**
 * A ratio of two means as the mean of one series: r + (x_i - r y_i) / mean(y), with r = sum(x) / sum(y), has the mean r and
 * to first order (the delta method) the variance of the estimator r. So what gives an interval for a mean gives one for
 * a cost per workflow, where each stretch of a run has its cost x and its number of workflows y (Law 2015, section 9.5.3;
 * the regenerative method's ratio likewise).
 *
 * @param x, y of one length; the sum of y positive
 */
export function ratioSeries(x: Float64Array, y: Float64Array): Float64Array {
  assert(x.length === y.length, `a ratio needs two columns of one length, got ${x.length} and ${y.length}`);
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    sumX += x[i]!;
    sumY += y[i]!;
  }
  assert(sumY > 0, `a ratio needs a positive denominator, got ${sumY}`);
  const ratio = sumX / sumY;
  const meanY = sumY / x.length;
  return x.map((value, i) => ratio + (value - ratio * y[i]!) / meanY);
}
