import { describe, expect, test } from "vitest";
import { readCases, type TheoryCase } from "../../../src/experiment/theory/case-file.js";
import { theoryModel } from "../../../src/experiment/theory/families/index.js";
import { notExponential, optimum } from "../../../src/learn/dynamic-programming/index.js";
import { parseScenario } from "../../../src/model/index.js";
import { heuristic } from "../../../src/policy/catalogue.js";
import { tabularPolicy } from "../../../src/policy/runtime/table/index.js";
import { sharedJson } from "../../support/shared.js";

const problem = (family: string, parameters: TheoryCase["parameters"]) =>
  theoryModel({ id: "p", family, parameters, extra: {}, expected: {}, ci95: {} })!.experiments;

const mm1 = (rho: number): number => rho / (1 - rho);

describe("the optimum of a scenario's own Markov chain is the one that is known", () => {
  test("of admission to a queue: the best threshold (Naor 1969), and what admitting all costs", () => {
    const gain = (most: number) => {
      const weights = Array.from({ length: most + 1 }, (_, n) => 0.6 ** n);
      const total = weights.reduce((a, b) => a + b);
      const mean = weights.reduce((sum, w, n) => sum + (w * n) / total, 0);
      return 4 * 0.6 * (1 - weights[most]! / total) - mean;
    };
    const [{ scenario }] = problem("B8", { variant: "naor", lambda: 0.6, mu: 1, R: 4, C: 1 }) as never as [
      ReturnType<typeof problem>[number],
    ];
    const { costRate, costRates } = optimum(scenario, {
      policies: [heuristic("admit-all")],
      tolerance: 1e-7,
    });
    expect(-costRate).toBeCloseTo(Math.max(...[1, 2, 3, 4, 5, 6].map(gain)), 8);
    expect(-costRates[0]!).toBeCloseTo(4 * 0.6 - mm1(0.6), 5);
  });

  test("under heavy load too, with a cut that is not moved out further than the tail needs", () => {
    const [{ scenario }] = problem("B8", { variant: "naor", lambda: 0.9, mu: 1, R: 4, C: 1 }) as never as [
      ReturnType<typeof problem>[number],
    ];
    const { costRates, most } = optimum(scenario, { policies: [heuristic("admit-all")], tolerance: 1e-3 });
    expect(costRates[0]! / (mm1(0.9) - 4 * 0.9)).toBeCloseTo(1, 4);
    expect(most).toBeLessThan(200);
  });

  test("of two classes that one server serves, preemptively: c mu (Cox and Smith 1961)", () => {
    // Equal rates of service, so that the first class sees itself alone, and both together are one queue.
    const parameters = { variant: "linear", lambda: [0.2, 0.2], mu: [1, 1], hold: [3, 1] };
    const { scenario } = problem("B3", parameters)[0]!;
    const first = mm1(0.2);
    expect(optimum(scenario).costRate).toBeCloseTo(3 * first + (mm1(0.4) - first), 5);
  });

  test("where states look the same they count as often as they are met", () => {
    // What server an idle time left set up cannot be seen. A table learned from samples costs 14.04 on the chain, and 14.06 with a
    // standard error of 0.02 in simulations of 6,000,000 s; weighed all alike, those states led to 14.26, and
    // to 14.10 on the chain as it is cut here.
    const parameters = {
      variant: "setup",
      lambda: [0.4, 0.35],
      mu: [1, 1.2],
      hold: [5, 1],
      setup_rate: [0.5, 1],
    };
    const { scenario } = problem("B3", parameters)[0]!;
    const { costRate } = optimum(scenario, { tolerance: 0.08 });
    // Where it is cut so early, it costs a little less than without a cut.
    expect(costRate).toBeGreaterThan(13.8);
    expect(costRate).toBeLessThan(14.04);
  });

  test("of two queues that are alike: to join the shorter one (Winston 1977), whose table has that cost", () => {
    const { scenario } = problem("B2", { lambda: 1, mu: [1, 1] })[0]!;
    const jsq = problem("B2", { lambda: 1, mu: [1, 1] }).find(({ name }) => name === "jsq")!;
    const { costRate, costRates, table } = optimum(scenario, { policies: [(jsq.policy as () => never)()] });
    expect(costRates[0]).toBeCloseTo(costRate, 6);
    const again = optimum(scenario, { policies: [tabularPolicy("best", table, heuristic("jsq"))] });
    expect(again.costRates[0]).toBeCloseTo(costRate, 4);
  });

  test("of a server that is set up anew: a whole cycle of waiting, set-up and work (Heyman 1968)", () => {
    const parameters = { mu: 1, hold: 1, lambda: 0.3, c: 1, gamma: 0.5, e_on: 3, e_su: 3, kappa: 5 };
    // Off when empty, set up again once n wait: work and set-up as in an M/M/1 with vacations, by decomposition.
    const cost = (n: number) => {
      const [wait, setup] = [n / 0.3, 2];
      const cycle = (wait + setup) / (1 - 0.3);
      // Jobs present while it is off or being set up, as seen by those that come then.
      const idle = ((n - 1) / 2) * wait + (n + 0.3 * 2) * setup;
      const jobs = mm1(0.3) + idle / (wait + setup);
      return jobs + (3 * setup + 5 + 3 * (cycle - wait - setup)) / cycle;
    };
    const costs = [1, 2, 3, 4, 5].map(cost);
    const { scenario } = problem("B6", parameters)[0]!;
    expect(optimum(scenario, { tolerance: 1e-7 }).costRate).toBeCloseTo(Math.min(...costs), 6);
  });

  const shared = sharedJson("reference/open.json") as { control: { id: string; optimal: number }[] } | null;
  const QUICK = [
    "B1-slow-2b",
    "B2-route-2a",
    "B7-failroute-env-a",
    "B8-trunk-a",
    "B8-two-a",
    "B9-hedge-exp-a",
  ];
  test.skipIf(shared === null).each(QUICK)("of %s, found by another program", (id) => {
    const cases = readCases(new TextEncoder().encode(JSON.stringify(shared)), "open.json");
    const { scenario } = theoryModel(cases.find((one) => one.id === id)!)!.experiments[0]!;
    const optimal = shared!.control.find((one) => one.id === id)!.optimal;
    const { costRate } = optimum(scenario, { tolerance: 1e-5 });
    expect(Math.abs(costRate)).toBeGreaterThan(optimal * (1 - 2e-5));
    expect(Math.abs(costRate)).toBeLessThan(optimal * (1 + 2e-5));
  });
});

describe("a scenario that is no Markov chain of counts is refused, with the reason", () => {
  const scenario = (pool: string, workflow: string, more = "") =>
    parseScenario(
      `scenario: t
horizon: 100
sizes: expected
pools: { a: { servers: 1${pool} }, b: { servers: 2 } }
workflows:
  x: { arrivals: { poisson: 1 / s }, tasks: { t: { work: ${workflow} } } }
objective: { minimize: flowTime }
decide: [route]
${more}`,
      { file: "t.yaml" },
    );

  test.each([
    ["", "exponential(1 s)", null],
    ["", "lognormal(mean = 1 s, cv = 1)", "work of task t is lognormal, not exponential"],
    ["", "exponential(1 s), timeout: 3 s", "task t has a timeout"],
    [", discipline: ps", "exponential(1 s)", "pool a serves by ps"],
    [
      ", breakdown: { every: exponential(9 s), lasts: exponential(1 s) }",
      "exponential(1 s)",
      "pool a breaks down",
    ],
  ])("pool a%s, work %s", (pool, workflow, reason) => {
    expect(notExponential(scenario(pool, workflow))).toBe(reason);
    if (reason === null) return;
    expect(() => optimum(scenario(pool, workflow))).toThrow(reason);
  });

  test("and so is one with too many states", () => {
    expect(() => optimum(scenario("", "exponential(1 s)"), { mostStates: 100 })).toThrow(
      "more than 100 states",
    );
  });
});
