import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exactProblem } from "../../bench/leaderboard/exact-problem.js";
import { makeLeaderboard } from "../../bench/leaderboard/make.js";
import { type Leaderboard, leaderboardPage } from "../../bench/leaderboard/page.js";
import { heuristicContender, simulatedProblem } from "../../bench/leaderboard/simulated-problem.js";
import { runBenchmark } from "../../src/experiment/benchmark.js";
import { parseScenario } from "../../src/model/index.js";
import { TINY } from "../cli/training/tiny-scenario.js";

describe("a problem that is simulated", () => {
  const scenario = parseScenario(TINY, { file: "tiny.yaml" });
  const measured = () =>
    runBenchmark(
      {
        scenarios: [{ scenario }],
        // Nothing is dispatched here, so that a rule for it changes nothing.
        contenders: ["random", "sed", "sed+fifo"].map(heuristicContender),
        seeds: [1, 2, 3],
      },
      { version: "test" },
    );

  test("ranks policies by their mean; those that decide alike share a place", async () => {
    const { standings, bestKnown, seeds } = simulatedProblem(await measured(), undefined);
    expect(seeds).toBe(3);
    expect(standings).toHaveLength(2);
    expect(standings[0]!.mean).toBeLessThan(standings[1]!.mean);
    expect(standings.find(({ policies }) => policies.includes("sed"))!.policies).toContain("sed+fifo");
    expect(standings[0]!.changePercent).toBeNull();
    expect(standings[1]!.changePercent!.mean).toBeGreaterThan(0);
    expect(bestKnown).toEqual({ policy: standings[0]!.policies[0], cost: standings[0]!.mean, seeds: 3 });
  });

  test("remembers a better cost of the same scenario, if it was measured on as many seeds", async () => {
    const results = await measured();
    const now = simulatedProblem(results, undefined);
    const better = (seeds: number) => ({ ...now, bestKnown: { policy: "oracle", cost: 1e-6, seeds } });
    expect(simulatedProblem(results, better(3)).bestKnown.policy).toBe("oracle");
    expect(simulatedProblem(results, better(2)).bestKnown).toEqual(now.bestKnown);
    expect(simulatedProblem(results, { ...better(3), digest: "other" }).bestKnown).toEqual(now.bestKnown);
  });
});

test("a problem that is solved has the optimum of the closed form: M/M/1 at load 0.5 holds one workflow on average", async () => {
  const mm1 = parseScenario(
    "{ scenario: one-way, horizon: 1 h, decide: [route], pools: { p: {} }, " +
      "workflows: { w: { arrivals: { poisson: 1 / s }, tasks: { a: { work: exponential(500 ms) } } } }, objective: { minimize: flowTime } }",
    { file: "one-way" },
  );
  const { optimal, standings } = await exactProblem(mm1);
  expect(optimal).toBeCloseTo(1, 2);
  expect(standings.length).toBeGreaterThan(0);
  for (const { gapPercent } of standings) expect(Math.abs(gapPercent!)).toBeLessThan(0.01);
});

test("a tiny run measures the problems asked for, leaves the others as they were, and writes results and their page", async () => {
  const root = mkdtempSync(join(tmpdir(), "switchyard-leaderboard-"));
  const said: string[] = [];
  const boardIn = (folder: string) =>
    JSON.parse(readFileSync(join(folder, "bench/results/leaderboard.json"), "utf8")) as Leaderboard;
  try {
    const before = boardIn(".");
    mkdirSync(join(root, "bench/results"), { recursive: true });
    writeFileSync(join(root, "bench/results/leaderboard.json"), JSON.stringify(before));
    await makeLeaderboard({
      seeds: 3,
      threads: 1,
      only: ["wfcommons-replay", "B8-naor-a"],
      command: "npm run leaderboard -- --seeds 3",
      root,
      say: (line) => said.push(line),
    });
    const after = boardIn(root);
    expect(said.map((line) => line.split(":")[0])).toEqual(["B8-naor-a", "wfcommons-replay", "written"]);
    const named = <T extends { readonly scenario: string }>(problems: readonly T[], name: string) =>
      problems.find(({ scenario }) => scenario === name)!;
    const anew = named(after.library, "wfcommons-replay");
    expect(anew.seeds).toBe(3);
    expect(anew.standings.length).toBeGreaterThan(5);
    expect(anew.bestKnown.cost).toBeLessThanOrEqual(anew.standings[0]!.mean);
    // The exact optimum is what it was, to the solver's tolerance.
    const naor = named(before.exact, "B8-naor-a");
    expect(named(after.exact, "B8-naor-a").optimal).toBeCloseTo(naor.optimal, 6);
    const others = ({ library, exact }: Leaderboard) =>
      [...library, ...exact].filter(({ scenario }) => !/^wfcommons-replay$|^B8-naor-a$/.test(scenario));
    expect(others(after)).toEqual(others(before));
    expect(readFileSync(join(root, "docs/leaderboard.md"), "utf8")).toBe(leaderboardPage(after));
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("the page in the docs is that of the committed results", () => {
  const results = JSON.parse(readFileSync("bench/results/leaderboard.json", "utf8")) as Leaderboard;
  expect(readFileSync("docs/leaderboard.md", "utf8")).toBe(leaderboardPage(results));
});
