import { type LoadedScenario, runMatrix } from "../../src/experiment/matrix.js";
import { type PolicySource, policyName } from "../../src/experiment/policy-source.js";
import { mean, meanInterval, relativePairedDifference } from "../../src/experiment/statistics/index.js";

/** What a policy cost on some seeds: the objective of each run. */
export interface Standing {
  readonly policy: string;
  readonly costs: readonly number[];
  readonly mean: number;
  /** Half the width of the mean's 95 % interval. */
  readonly half: number;
}

/** Percent by which one policy costs more than another on the same seeds, with its 95 % interval; below 0 it is better. */
export interface Change {
  readonly percent: number;
  readonly low: number;
  readonly high: number;
}

/** Plays all policies on the same seeds; in the order in which they were given. */
export async function pairedRuns(
  loaded: LoadedScenario,
  policies: readonly PolicySource[],
  seeds: readonly number[],
): Promise<Standing[]> {
  const outcomes = await runMatrix({ scenarios: [loaded], policies, seeds });
  return policies.map((source, p) => {
    const costs = outcomes.slice(p * seeds.length, (p + 1) * seeds.length).map(({ objective }) => objective);
    const { low, high } = meanInterval(costs);
    return { policy: policyName(source), costs, mean: mean(costs), half: (high - low) / 2 };
  });
}

/** @throws {Error} where the rival's costs are too near 0 for a ratio to mean anything */
export function change({ costs, policy }: Standing, rival: Standing): Change {
  const found = relativePairedDifference(costs, rival.costs);
  if (found === undefined) throw new Error(`${policy} over ${rival.policy}: no ratio, its costs are about 0`);
  return { percent: 100 * found.change, low: 100 * found.low, high: 100 * found.high };
}

/** `-7.1 % [-8.0, -6.2]` */
export function renderChange({ percent, low, high }: Change): string {
  const signed = (value: number) => `${value >= 0 ? "+" : ""}${value.toFixed(1)}`;
  return `${signed(percent)} % [${signed(low)}, ${signed(high)}]`;
}

/** Who won: the interval lies on one side of 0, or it does not. */
export function verdict({ low, high }: Change): "better" | "worse" | "alike" {
  return high < 0 ? "better" : low > 0 ? "worse" : "alike";
}
