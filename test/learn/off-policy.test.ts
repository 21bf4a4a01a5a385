import { describe, expect, test } from "vitest";
import * as estimators from "../../src/learn/off-policy.js";
import { sharedJson } from "../support/shared.js";

/** Two decisions by hand: weights 2 and 0.5. */
const log = {
  rewards: [1, 3],
  logged: [0.25, 0.8],
  evaluated: [0.5, 0.4],
  predicted: [0.5, 2],
  expected: [0.75, 1.25],
};

describe("off-policy estimators by hand", () => {
  test.each<[string, number, number]>([
    ["inverse propensity", estimators.inversePropensity()(log), (2 * 1 + 0.5 * 3) / 2],
    ["clipped at 1", estimators.inversePropensity(1)(log), (1 * 1 + 0.5 * 3) / 2],
    ["self-normalised", estimators.selfNormalised(log), 3.5 / 2.5],
    ["direct", estimators.directMethod(log), 1],
    ["doubly robust", estimators.doublyRobust(log), 1 + (2 * 0.5 + 0.5 * 1) / 2],
    ["switched at 1", estimators.switchDoublyRobust(1)(log), 1 + (0.5 * 1) / 2],
    ["effective sample size", estimators.effectiveSampleSize(log), 2.5 ** 2 / 4.25],
  ])("%s", (_, said, right) => expect(said).toBeCloseTo(right, 12));

  test("a policy evaluated on its own log earns what it earned", () => {
    const own = { ...log, evaluated: log.logged };
    expect(estimators.inversePropensity()(own)).toBe(2);
    expect(estimators.selfNormalised(own)).toBe(2);
    expect(estimators.effectiveSampleSize(own)).toBe(2);
  });

  test("what was taken with probability 0 is refused", () => {
    expect(() => estimators.inversePropensity()({ ...log, logged: [0, 1] })).toThrow(/probability of 0/);
  });
});

interface Golden {
  readonly behaviour: readonly number[][];
  readonly evaluation: readonly number[][];
  readonly actions: readonly number[];
  readonly rewards: readonly number[];
  readonly qhat: readonly number[][];
  readonly estimates: Readonly<Record<string, number>>;
  readonly ess: number;
}
const goldens = sharedJson<{ ope: Golden }>("reference/vectors/rl/goldens.json");
test.skipIf(goldens === null)("they agree with the Open Bandit Pipeline's", () => {
  const { behaviour, evaluation, actions, rewards, qhat, estimates, ess } = goldens!.ope;
  const taken = (rows: readonly number[][]) => actions.map((a, i) => rows[i]![a]!);
  const logged = {
    rewards,
    logged: taken(behaviour),
    evaluated: taken(evaluation),
    predicted: taken(qhat),
    expected: evaluation.map((row, i) => row.reduce((sum, p, a) => sum + p * qhat[i]![a]!, 0)),
  };
  const ours = {
    IPS: estimators.inversePropensity()(logged),
    IPS_clip2: estimators.inversePropensity(2)(logged),
    SNIPS: estimators.selfNormalised(logged),
    DM: estimators.directMethod(logged),
    DR: estimators.doublyRobust(logged),
    SNDR: estimators.selfNormalisedDoublyRobust(logged),
    SwitchDR_1: estimators.switchDoublyRobust(1)(logged),
    DRos_1: estimators.shrunkDoublyRobust(1)(logged),
  };
  for (const [name, value] of Object.entries(estimates)) {
    expect(ours[name as keyof typeof ours], name).toBeCloseTo(value, 10);
  }
  expect(estimators.effectiveSampleSize(logged)).toBeCloseTo(ess, 10);
});
