import { describe, expect, test } from "vitest";
import { type BenchmarkPlan, runBenchmark } from "../../src/experiment/benchmark.js";
import { type CellStore, cellDigests } from "../../src/experiment/cell-store.js";
import type { LoadedScenario } from "../../src/experiment/matrix.js";
import type { PolicySource } from "../../src/experiment/policy-source.js";
import type { BenchmarkCell, ExperimentEntry } from "../../src/experiment/results.js";
import { summarize } from "../../src/experiment/results.js";
import { parseScenario } from "../../src/model/index.js";
import { costChart } from "../../src/report/cost-chart.js";
import { TINY } from "../cli/training/tiny-scenario.js";

const tiny = (text = TINY): LoadedScenario => ({ scenario: parseScenario(text, { file: "tiny.yaml" }) });
const spec = (text: string): PolicySource => ({ kind: "heuristic", spec: text });
const CONTEXT = { version: "1.0.0" };

class Memory implements CellStore {
  readonly cells = new Map<string, BenchmarkCell>();
  kept = 0;
  async find(digest: string) {
    return this.cells.get(digest);
  }
  async keep(digest: string, cell: BenchmarkCell) {
    this.kept++;
    this.cells.set(digest, cell);
  }
}

const PLAN: BenchmarkPlan = {
  scenarios: [tiny()],
  contenders: [{ source: spec("jsq") }, { source: spec("random") }],
  seeds: [1, 2, 3],
};

describe("a benchmark with a store", () => {
  test("runs nothing twice, and gives the same results", async () => {
    const cells = new Memory();
    const store = { cells, engine: "e" };
    const fresh = await runBenchmark(PLAN, CONTEXT);
    expect(await runBenchmark(PLAN, CONTEXT, { store })).toEqual(fresh);
    expect(cells.kept).toBe(6);
    expect(await runBenchmark(PLAN, CONTEXT, { store })).toEqual(fresh);
    expect(cells.kept).toBe(6);
  });

  test("runs what is missing, and tells how far it is", async () => {
    const cells = new Memory();
    const store = { cells, engine: "e" };
    await runBenchmark({ ...PLAN, seeds: [1, 2] }, CONTEXT, { store });
    const told: number[][] = [];
    await runBenchmark(PLAN, CONTEXT, { store, onCell: (...progress) => told.push(progress) });
    expect(cells.kept).toBe(6);
    expect(told).toEqual([
      [4, 6, 4],
      [5, 6, 4],
      [6, 6, 4],
    ]);
  });
});

describe("the digest of a cell changes with", () => {
  const base = { scenario: tiny(), policy: spec("sed(failure=4)"), seed: 1, engine: "e" };
  const digestOf = ({ scenario, policy, seed, engine }: typeof base): string =>
    cellDigests([scenario], [policy], engine)(0, 0, seed);
  const trace = (digest: string) => ({ digest }) as NonNullable<LoadedScenario["trace"]>;
  const head = (weight: number) =>
    ({
      kind: "learned",
      name: "ppo",
      heads: [{ kind: "route", parameters: Float32Array.of(1, weight) }],
    }) as unknown as PolicySource;

  test.each<[string, Partial<typeof base>, Partial<typeof base>]>([
    ["the scenario", {}, { scenario: tiny(TINY.replace("servers: 4", "servers: 5")) }],
    ["the objective", {}, { scenario: tiny(TINY.replace("12 * failures", "13 * failures")) }],
    [
      "what is in its trace",
      { scenario: { ...tiny(), trace: trace("a") } },
      { scenario: { ...tiny(), trace: trace("b") } },
    ],
    ["whether it replays one", {}, { scenario: { ...tiny(), trace: trace("a") } }],
    ["the policy", {}, { policy: spec("jsq") }],
    ["a knob", {}, { policy: spec("sed(failure=5)") }],
    ["the last bit of a weight", { policy: head(1) }, { policy: head(1 + 2 ** -23) }],
    ["the seed", {}, { seed: 2 }],
    ["the engine", {}, { engine: "f" }],
  ])("%s", (_, one, other) => {
    expect(digestOf({ ...base, ...one })).not.toBe(digestOf({ ...base, ...other }));
    expect(digestOf({ ...base, ...one })).toBe(digestOf({ ...base, ...one }));
  });

  test("nothing that does not matter: comments, and how numbers are written", () => {
    const other = tiny(`# a comment\n${TINY.replace("poisson: 4 / s", "poisson: 240 / min")}`);
    expect(digestOf({ ...base, scenario: other })).toBe(digestOf(base));
  });
});

describe("a benchmark with a stopping rule", () => {
  test("runs until it is sure which policy is the best", async () => {
    const best = { of: "best", indifference: 0.05, relative: true, atMost: 60 } as const;
    const results = await runBenchmark({ ...plan, experiment: { ...experiment, stop: best } }, CONTEXT);
    expect(results.scenarios[0]).toMatchObject({ reached: true });
    expect(summarize(results).notes.join(" ")).toContain("Kim and Nelson");
    const never = await runBenchmark(
      { ...plan, experiment: { ...experiment, stop: { ...best, indifference: 1e-6 } } },
      CONTEXT,
    );
    const short = never.scenarios.filter(({ reached }) => reached === false);
    expect(short.length).toBeGreaterThan(0);
    expect(summarize(never).notes.join(" ")).toContain(
      `${short[0]!.name}: 60 seeds, and certainty about the best was not reached.`,
    );
  });

  const width = { halfWidth: 0.3, relative: true, of: "means", atMost: 60 } as const;
  const experiment: ExperimentEntry = {
    name: "e",
    digest: "0",
    metric: "objective",
    level: 0.95,
    baseline: "best-heuristic",
    comparisons: [],
    stop: width,
  };
  const noisy = tiny(TINY.replace("scenario: tiny", "scenario: noisy").replace("horizon: 20", "horizon: 4"));
  const plan: BenchmarkPlan = {
    ...PLAN,
    scenarios: [tiny(TINY.replace("horizon: 20", "horizon: 400")), noisy],
    seeds: Array.from({ length: 60 }, (_, i) => i + 1),
    firstLook: 10,
    experiment,
  };

  test("gives each scenario the seeds that it needs, the first ones, and says where that was not enough", async () => {
    const results = await runBenchmark(plan, CONTEXT);
    const [long, short] = results.scenarios;
    // Its intervals are narrow enough after ten; means of fewer than 28 are not trusted to be normal.
    expect(long).toMatchObject({ seeds: 30, reached: true });
    expect(short!.seeds).toBeGreaterThan(30);
    expect(results.seeds).toHaveLength(short!.seeds!);
    expect(results.cells).toHaveLength(2 * (30 + short!.seeds!));
    const summary = summarize(results);
    expect(summary.scenarios.map(({ seeds }) => seeds)).toEqual([30, short!.seeds]);
    for (const { objective } of summary.scenarios[0]!.policies) {
      expect((objective.high! - objective.low!) / 2 / objective.mean).toBeLessThan(0.3);
    }
    const hasty = await runBenchmark(
      { ...plan, experiment: { ...experiment, stop: { ...width, halfWidth: 0.0001 } } },
      CONTEXT,
    );
    expect(hasty.scenarios.map(({ seeds, reached }) => [seeds, reached])).toEqual([
      [60, false],
      [60, false],
    ]);
    expect(summarize(hasty).notes.join("\n")).toContain(
      "60 seeds, and the half-width asked for was not reached",
    );
  });
});

test("comparisons that are asked for are tested together, over all scenarios", async () => {
  const experiment: ExperimentEntry = {
    name: "e",
    digest: "0",
    metric: "p95",
    level: 0.95,
    baseline: "best-heuristic",
    comparisons: [{ policy: "jsq", against: "random" }],
  };
  const other = tiny(TINY.replace("scenario: tiny", "scenario: other").replace("4 / s", "5 / s"));
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  const results = await runBenchmark({ ...PLAN, seeds, scenarios: [tiny(), other], experiment }, CONTEXT);
  const { comparisons, scenarios } = summarize(results);
  expect(scenarios[0]).toMatchObject({ metric: "p95", objective: "p95" });
  const drawn = JSON.stringify(costChart(scenarios[0]!, results.cells));
  expect(drawn).toContain(`"cost":${results.cells[0]!.flowTime.p95}`);
  expect(comparisons!.map(({ scenario, policy, against }) => [scenario, policy, against])).toEqual([
    ["tiny", "jsq", "random"],
    ["other", "jsq", "random"],
  ]);
  const [one, two] = comparisons!.map(({ comparison }) => comparison);
  // Holm over two: the smaller p-value is doubled, the other is at least that.
  const [least, most] = [one!, two!].sort((a, b) => a.pValue! - b.pValue!);
  expect(least!.adjustedPValue).toBeCloseTo(Math.min(1, 2 * least!.pValue!), 12);
  expect(most!.adjustedPValue).toBeCloseTo(Math.max(least!.adjustedPValue!, most!.pValue!), 12);
});
