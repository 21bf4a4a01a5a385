import { describe, expect, test } from "vitest";
import { compareAtLast } from "../../src/experiment/final-comparison.js";
import { bestTogether, measureRivals } from "../../src/experiment/rivals.js";
import { play } from "../../src/learn/play.js";
import { finalSeeds, validationSeeds } from "../../src/learn/trainer.js";
import { HEURISTICS, heuristic } from "../../src/policy/catalogue.js";
import { twoPools } from "../learn/two-pools.js";

const short = { ...twoPools, horizon: 40, warmup: 0 };
const seeds = validationSeeds(2);
const costOf = (spec: string, on = seeds, scenario = short): number =>
  on.reduce((sum, seed) => sum + play(scenario, heuristic(spec), seed).objective / on.length, 0);

describe("rivals", () => {
  test("are all heuristics that decide something in the scenario, best first, at what they cost", async () => {
    const rivals = await measureRivals({ scenario: short }, seeds, { tuned: false });
    const routing = HEURISTICS.filter(({ kinds }) => kinds.includes("route")).map(({ name }) => name);
    expect(rivals.map(({ policy }) => policy).sort()).toEqual(routing.sort());
    const costs = rivals.map(({ cost }) => cost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    for (const { policy, cost } of rivals.slice(0, 3)) expect(cost).toBeCloseTo(costOf(policy), 12);
  });

  test("where there are decisions of two kinds, the best for each are joined to one", async () => {
    const both = { ...short, decide: ["route", "dispatch"] as const };
    const rivals = await measureRivals({ scenario: both }, seeds, { tuned: false });
    const joined = rivals.find(({ policy }) => policy.includes("+"))!;
    expect(heuristic(joined.policy).kinds).toEqual(expect.arrayContaining(["route", "dispatch"]));
    expect(joined.cost).toBeCloseTo(costOf(joined.policy, seeds, both), 12);
  });

  test.each<[string, readonly string[], "route"[] | ("route" | "dispatch")[], string | null]>([
    ["of one kind, the best", ["sed", "jsq"], ["route"], "sed"],
    ["of two, the best of each", ["fifo", "sed", "jsq", "sjf"], ["route", "dispatch"], "fifo+sed"],
    ["a kind that nobody makes", ["sed"], ["route", "dispatch"], null],
  ])("%s", (_, specs, decide, joined) =>
    expect(
      bestTogether(
        specs.map((policy, cost) => ({ policy, cost, unfinished: 0 })),
        decide,
      ),
    ).toBe(joined),
  );
});

describe("the last comparison", () => {
  test("is on seeds that neither trained, validated nor will benchmark, and pairs the two by seed", async () => {
    const fresh = finalSeeds(4);
    expect(fresh.every((seed) => seed > validationSeeds(1_000_000).at(-1)! && seed < 2 ** 40)).toBe(true);
    const learned = { kind: "heuristic", spec: "sed(failure=4)" } as const;
    const told = await compareAtLast({ scenario: short }, learned, "random", fresh);
    expect(told.learned).toBeCloseTo(costOf("sed(failure=4)", fresh), 12);
    expect(told.heuristic).toEqual({ policy: "random", cost: expect.closeTo(costOf("random", fresh), 12) });
    expect(told.difference.mean).toBeCloseTo(told.learned - told.heuristic.cost, 12);
    expect(told.winner).toBe(told.learned < told.heuristic.cost ? "learned" : "heuristic");
  });

  test("of equals, the heuristic wins", async () => {
    const learned = { kind: "heuristic", spec: "jsq" } as const;
    expect(await compareAtLast({ scenario: short }, learned, "jsq", finalSeeds(2))).toMatchObject({
      winner: "heuristic",
      difference: { mean: 0 },
    });
  });
});
