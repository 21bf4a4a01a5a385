import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { parseScenario, scenarioWarnings } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { loadTrace } from "../../src/workload/trace/index.js";
import { expectNear, replicate } from "../support/replications.js";

/** The scenarios on which docs/learning.md measures what is learned, with a sensible policy for each, and a poor one. */
const REALISTIC = [
  ["checkout-bursts", "sed(failure=0.5)", "random"],
  ["spot-analytics", "cheapest-feasible(limit=2)", "random"],
  ["llm-gateway", "random-idle", "sed-threshold"],
  ["ci-pipeline", "sed+edf", "random"],
  ["fan-out", "sed", "jsq+hedge-never"],
] as const;

function load(name: string) {
  const file = `scenarios/${name}.yaml`;
  const scenario = parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" });
  if (scenario.trace === undefined) return { scenario };
  expect(existsSync(scenario.trace.path)).toBe(true);
  return { scenario, trace: loadTrace(readFileSync(scenario.trace.path)) };
}

describe.each(REALISTIC)("%s", (name, sensible, poor) => {
  const { scenario, ...options } = load(name);
  const run = (policy: string, seed: number) => play(scenario, heuristic(policy), seed, options);

  test("validates without a doubt", () => expect(scenarioWarnings(scenario)).toEqual([]));

  test("gives the same bytes twice, and other ones under another seed", () => {
    const [first, second, other] = [7, 7, 8].map((seed) => JSON.stringify(run(sensible, seed)));
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  // Of some hundred workflows or more, that a queue grows without end shows in a tenth of them.
  test("is stable: hardly a workflow is unfinished at the end", () => {
    for (const seed of [1, 2, 3]) {
      const { workflows } = run(sensible, seed);
      const ended = workflows.succeeded + workflows.failed + workflows.denied;
      expect(ended).toBeGreaterThan(0.9 * workflows.submitted);
    }
  });

  // Over these seeds the difference is five standard errors or more: luck does not turn it around.
  test("decisions matter: a poor policy costs a tenth more at least", () => {
    const cost = (policy: string) =>
      [1, 2, 3, 4].reduce((sum, seed) => sum + run(policy, seed).objective, 0) / 4;
    expect(cost(poor)).toBeGreaterThan(1.1 * cost(sensible));
  });
});

test("checkout-bursts: orders come at the mean of the phases' rates, each as long as it lasts", () => {
  const { scenario } = load("checkout-bursts");
  const seconds = scenario.horizon - scenario.warmup;
  const rates = replicate(scenario, "jsq").map(({ workflows }) => workflows.submitted / seconds);
  // Left at 0.02 and at 0.05 a second: calm for 5 of 7, a burst for 2 of 7.
  expectNear("orders a second", rates, (5 * 1.5 + 2 * 6) / 7, { sharpness: 0.1 });
});
