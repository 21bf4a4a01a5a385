import { describe, expect, test } from "vitest";
import { type BenchmarkResults, renderTable, summarize } from "../../src/experiment/results.js";
import { resultsText } from "../../src/experiment/results-text.js";
import {
  interquartileMean,
  meanInterval,
  relativePairedDifference,
  standardizedDifference,
} from "../../src/experiment/statistics/index.js";
import { InputError } from "../../src/kit/errors.js";
import { madeUpResults } from "../support/made-up-results.js";

const costs = (results: BenchmarkResults, policy: string): number[] =>
  results.cells.filter((cell) => cell.policy === policy).map((cell) => cell.objective);

describe("a benchmark's summary", () => {
  const results = madeUpResults({ scenarios: 1 });
  const summary = summarize(results);
  const scenario = summary.scenarios[0]!;

  test("ranks the policies by mean objective, each with its t interval", () => {
    const means = scenario.policies.map((policy) => policy.objective.mean);
    expect(means).toEqual([...means].sort((x, y) => x - y));
    expect(scenario.policies.map((policy) => policy.rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const { mean, low, high } = meanInterval(costs(results, "random"));
    expect(scenario.policies.at(-1)).toMatchObject({ policy: "random", objective: { mean, low, high } });
  });

  test("compares with the best heuristic by default, seed by seed, and says that this favours it", () => {
    expect(scenario).toMatchObject({
      baseline: "shortest-expected-delay",
      baselineChosen: "best heuristic",
      seeds: 30,
    });
    const { change, low, high } = relativePairedDifference(
      costs(results, "ppo"),
      costs(results, "shortest-expected-delay"),
    )!;
    expect(scenario.policies[0]!.comparison!.relative).toEqual({ mean: change, low, high });
    expect(summary.notes.join(" ")).toContain("favours the heuristic");
  });

  test("pairs by seed, in whatever order the cells come", () => {
    const shuffled = { ...results, cells: [...results.cells].reverse() };
    expect(summarize(shuffled)).toEqual(summary);
  });

  test("gives its verdict with the interval, for the learned policy", () => {
    expect(scenario.verdicts).toHaveLength(1);
    expect(scenario.verdicts[0]).toMatchObject({ policy: "ppo", outcome: "better" });
    expect(scenario.verdicts[0]!.sentence).toMatch(
      /^ppo beats the best heuristic \(shortest-expected-delay\) by 1\d\.\d % \[1\d\.\d, 1\d\.\d\], 30 paired seeds\.$/,
    );
  });

  test.each([
    [1.1, "worse", /^ppo loses to the best heuristic \(.*\): it costs \d+\.\d % more \[\d+\.\d, \d+\.\d\]/],
    [1, "unclear", /^ppo cannot be told from .* \[-\d\.\d+, \d\.\d+\], an interval that holds zero/],
  ])("admits it when the learned policy costs %f times as much", (learned, outcome, sentence) => {
    const [verdict] = summarize(madeUpResults({ scenarios: 1, learned })).scenarios[0]!.verdicts;
    expect(verdict!.outcome).toBe(outcome);
    expect(verdict!.sentence).toMatch(sentence);
  });

  test("takes a baseline by name, and then claims nothing about the best heuristic", () => {
    const named = summarize(results, { baseline: "random" });
    expect(named.scenarios[0]!.verdicts[0]!.sentence).toMatch(/^ppo beats random by 5\d\.\d %/);
    expect(named.notes.join(" ")).not.toContain("favours");
    expect(() => summarize(results, { baseline: "randm" })).toThrow(/did you mean "random"/);
  });

  test("of one seed has no interval and no verdict", () => {
    const one = summarize(madeUpResults({ scenarios: 1, seeds: 1 })).scenarios[0]!;
    expect(one.policies[0]!.objective).toMatchObject({ low: null, high: null });
    expect(one.policies[0]!.comparison).toMatchObject({ pValue: null, adjustedPValue: null });
    expect(one.verdicts[0]).toMatchObject({ outcome: "unclear" });
    expect(one.verdicts[0]!.sentence).toContain("one seed gives no interval");
  });

  test("of policies that do the same says so", () => {
    const same = {
      ...results,
      cells: results.cells.map((cell) => ({ ...cell, objective: cell.seed })),
    };
    const [verdict] = summarize(same).scenarios[0]!.verdicts;
    expect(verdict!.sentence).toContain("costs exactly what");
    expect(summarize(same).scenarios[0]!.policies.map((policy) => policy.rank)).toEqual(Array(8).fill(1));
  });

  test("tells effects by d with its interval and by seeds, and p-values corrected both ways", () => {
    const { comparison } = scenario.policies.find(({ policy }) => policy === "random")!;
    const { effect, pValue, adjustedPValue, falseDiscoveryPValue } = comparison!;
    const against = costs(results, "shortest-expected-delay");
    const { d, g, low, high } = standardizedDifference(costs(results, "random"), against);
    expect(effect).toEqual({
      d: { mean: d, low, high },
      g,
      size: "large",
      cheaperSeeds: 0,
      equalSeeds: 0,
      cheaper: { mean: 0, low: 0, high: expect.closeTo(0.1135, 4) },
    });
    expect(pValue).toBeLessThanOrEqual(falseDiscoveryPValue!);
    expect(falseDiscoveryPValue).toBeLessThanOrEqual(adjustedPValue!);
  });

  test("says how sure it is that the best is the best, who else may be, and when seeds do not tell", () => {
    expect(scenario.best).toMatchObject({ policy: "ppo", candidates: ["ppo"], seedsNeeded: 30 });
    expect(scenario.best.certainty).toBeGreaterThan(0.9999);
    expect(scenario.best.indifference).toBeCloseTo(0.01 * scenario.policies[0]!.objective.mean, 12);
    expect(scenario.best.sentence).toBe(
      "Best: ppo; over 99.99 % sure that it is the best or within 1 % of it; every other is ruled out.",
    );
    const near = summarize(madeUpResults({ scenarios: 1, learned: 0.999 }), { indifference: 0 })
      .scenarios[0]!;
    expect(near.best.certainty).toBeLessThan(0.95);
    expect(near.best.candidates).toHaveLength(2);
    expect(near.best.seedsNeeded).toBeGreaterThan(30);
    expect(near.best.sentence).toMatch(
      /^Best so far: .*, but only \d+\.\d % sure that it is the best; it may also be .*\. About [\d,]+ seeds should tell\.$/,
    );
    expect(() => summarize(results, { indifference: 1 })).toThrow(/indifference/);
  });

  test("gives the p99 of flow time with its interval, and the front of money against it", () => {
    const p99 = results.cells.filter(({ policy }) => policy === "ppo").map(({ flowTime }) => flowTime.p99);
    const { mean, low, high } = meanInterval(p99);
    expect(scenario.policies[0]!.p99).toEqual({ mean, low, high });
    expect(scenario.front!.axes).toEqual(["cost", "p99"]);
    const front = scenario.front!.points.filter(({ onFront }) => onFront).map(({ policy }) => policy);
    expect(front).toEqual(["ppo"]);
    expect(scenario.front!.sentence).toMatch(
      /^cost against p99 flow time: not beaten in both is ppo \(100 %\)\.$/,
    );
    const asked = summarize(results, { axes: ["objective", "waiting"] }).scenarios[0]!.front!;
    expect(asked.axes).toEqual(["objective", "waiting"]);
  });

  test("does not know the p99 of runs in which nothing succeeded, and takes no such policy for unbeaten", () => {
    const empty = { mean: Number.NaN, p50: Number.NaN, p90: Number.NaN, p95: Number.NaN, p99: Number.NaN };
    const cells = results.cells.map((cell, i) => (i === 7 ? { ...cell, flowTime: empty } : cell));
    const blind = summarize({ ...results, cells }).scenarios[0]!;
    expect(blind.policies[0]).toMatchObject({ policy: "ppo", p99: null, comparison: { relativeP99: null } });
    expect(blind.front!.points[0]).toMatchObject({ policy: "ppo", onFront: false, confidence: 0 });
    // As read from a file, where NaN is null.
    expect(
      summarize(JSON.parse(JSON.stringify({ ...results, cells }))).scenarios[0]!.policies[0]!.p99,
    ).toBeNull();
  });

  test("over several scenarios scores each run by the baseline's cost on its seed", () => {
    expect(summary.aggregate).toBeNull();
    const two = madeUpResults();
    const { aggregate } = summarize(two);
    expect(aggregate!.policies.map(({ policy }) => policy).slice(0, 2)).toEqual([
      "ppo",
      "shortest-expected-delay",
    ]);
    const [ppo, baseline] = aggregate!.policies;
    const ratios = costs(two, "shortest-expected-delay").map((cost, i) => cost / costs(two, "ppo")[i]!);
    expect(ppo!.interquartileMean.mean).toBeCloseTo(interquartileMean(ratios), 12);
    expect(ppo!.probabilityOfImprovement.mean).toBe(ratios.filter((ratio) => ratio > 1).length / 60);
    expect(baseline).toMatchObject({
      interquartileMean: { mean: 1, low: 1, high: 1 },
      optimalityGap: { mean: 0 },
      probabilityOfImprovement: { mean: 0.5 },
    });
    for (const { profile } of aggregate!.policies) {
      const shares = profile.map(({ mean }) => mean);
      expect(shares).toEqual(shares.toSorted((x, y) => y - x));
    }
    const { scenarios, notes, ...rest } = summarize({
      ...two,
      cells: two.cells.map((cell) => ({ ...cell, objective: cell.objective - 20 })),
    });
    expect(rest.aggregate).toBeNull();
    expect(notes.join(" ")).toContain("not taken together");
  });

  test("survives a trip through JSON", () => {
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  });
});

describe("results that are not whole", () => {
  const results = madeUpResults({ scenarios: 1, seeds: 3 });
  const first = results.cells[0]!;

  test.each<[string, Partial<BenchmarkResults>, RegExp]>([
    ["a missing run", { cells: results.cells.slice(1) }, /demo-checkout, random: no result for seeds 1001/],
    [
      "a double run",
      { cells: [...results.cells, first] },
      /second result for demo-checkout, random, seed 1001/,
    ],
    ["a stranger", { cells: [...results.cells, { ...first, policy: "rando" }] }, /did you mean "random"/],
    [
      "an infinite cost",
      { cells: [{ ...first, objective: Infinity }, ...results.cells.slice(1)] },
      /is Infinity/,
    ],
    ["no seeds", { seeds: [], cells: [] }, /at least one/],
    ["another format", { format: "switchyard.benchmark/2" as never }, /expected switchyard.benchmark\/1/],
  ])("are refused: %s", (_, change, message) => {
    const broken = () => summarize({ ...results, ...change });
    expect(broken).toThrow(InputError);
    expect(broken).toThrow(message);
  });
});

describe("the terminal table", () => {
  const summary = summarize(madeUpResults());

  test("is aligned plain text with the verdicts, one line a policy", () => {
    const text = renderTable(summary);
    expect(text).not.toContain("\u001b");
    expect(text).toContain(summary.scenarios[0]!.verdicts[0]!.sentence);
    const rows = text.split("\n").filter((line) => /^ +\d {2}/.test(line));
    expect(rows).toHaveLength(16);
    expect(text).toContain("All scenarios\n  Over 2 scenarios ppo scores highest: ");
    // The last column, success, is right-aligned: all lines of a scenario end at one place.
    expect(new Set(rows.slice(0, 8).map((row) => row.length)).size).toBe(1);
  });

  test("marks up through the style that it is given, and lets no control character through", () => {
    const mark = (tag: string) => (text: string) => `<${tag}>${text}</${tag}>`;
    const style = { bold: mark("b"), dim: mark("d"), good: mark("g"), bad: mark("x") };
    expect(renderTable(summary, style)).toContain("<g>ppo beats");
    const hostile = { ...summary, notes: ["\u001b]0;owned\u0007"] };
    expect(renderTable(hostile)).toContain("?]0;owned?");
  });
});

test("the file of results is JSON with a line a run", () => {
  const results = madeUpResults({ scenarios: 1, seeds: 2 });
  const text = resultsText(results);
  expect(JSON.parse(text)).toEqual(results);
  expect(text.split("\n").filter((line) => line.startsWith('{"scenario"'))).toHaveLength(
    results.cells.length,
  );
});
