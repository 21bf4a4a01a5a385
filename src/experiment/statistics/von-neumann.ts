import { assert } from "../../kit/assert.js";
import { normalUpperTail } from "../../kit/normal.js";
import { mean } from "./moments.js";

export interface VonNeumannTest {
  /** Sum of squared steps over sum of squared deviations: 2 where neighbours are independent, less where they are alike. */
  readonly ratio: number;
  /** One-sided: how likely independent values would come as close to their neighbours as these, or closer. */
  readonly pValue: number;
}

/**
 * Are neighbours alike? Von Neumann 1941, "Distribution of the ratio of the mean square successive difference to the
 * variance", Annals of Mathematical Statistics 12(4), in its normal approximation: for n independent values the ratio
 * has mean 2 and variance 4 (n - 2) / (n^2 - 1). Good from about 16 values on; they need not be quite normal.
 */
export function vonNeumannTest(values: readonly number[] | Float64Array): VonNeumannTest {
  const n = values.length;
  assert(n >= 3, `the von Neumann ratio needs three or more values, got ${n}`);
  const centre = mean(values);
  let steps = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    squares += (values[i]! - centre) ** 2;
    if (i > 0) steps += (values[i]! - values[i - 1]!) ** 2;
  }
  // Values that do not vary depend on nothing.
  if (squares === 0) return { ratio: 2, pValue: 1 };
  const ratio = steps / squares;
  const z = (2 - ratio) / Math.sqrt((4 * (n - 2)) / (n * n - 1));
  return { ratio, pValue: normalUpperTail(z) };
}
