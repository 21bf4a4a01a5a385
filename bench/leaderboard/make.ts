import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { engineDigest } from "../../src/cli/engine-digest.js";
import { writeFileAtomic } from "../../src/cli/files.js";
import { loadScenario } from "../../src/cli/load-scenario.js";
import { policyArgument } from "../../src/cli/policy-argument.js";
import { CELLS, ResultCache } from "../../src/cli/result-cache.js";
import { type Contender, runBenchmark } from "../../src/experiment/benchmark.js";
import type { CellStore } from "../../src/experiment/cell-store.js";
import { heuristicsFor } from "../../src/experiment/heuristic-runs.js";
import { benchmarkSeeds, type LoadedScenario } from "../../src/experiment/matrix.js";
import { sha256 } from "../../src/kit/sha256.js";
import { notExponential } from "../../src/learn/dynamic-programming/index.js";
import { type Scenario, scenarioDigest } from "../../src/model/index.js";
import { writeResults } from "../support/write-results.js";
import { type ExactProblem, exactProblem } from "./exact-problem.js";
import { type Leaderboard, leaderboardPage } from "./page.js";
import { heuristicContender, type SimulatedProblem, simulatedProblem } from "./simulated-problem.js";

/** Problems with few states, from the files that `verify` holds the simulator to. */
export const EXACT = [
  "B1-slow-2b",
  "B2-route-2a",
  "B3-abandon",
  "B6-setup-c1",
  "B7-failroute-a",
  "B8-naor-a",
  "B8-route-a",
  "B9-hedge-exp-a",
] as const;

/** Settings that were learned for a scenario: `npm run bench:scenarios`. */
const LEARNED_SETTINGS: Readonly<Record<string, readonly string[]>> = {
  "checkout-bursts": ["sed(price=0,failure=0.5)"],
  "ci-pipeline": ["edf+cache-aware(saving=0.452)", "edf+cache-aware(saving=1)"],
  "fan-out": ["sed(price=6.32,failure=1.35)", "sed(price=2,failure=1.5)"],
  "llm-gateway": ["threshold(api=1.25,gpu-1=0.405,gpu-2=0.281,gpu-3=0.439)"],
  "payment-routing": ["sed(failure=4)"],
  "spot-analytics": ["cheapest-feasible(limit=2)", "cheapest-feasible(limit=2.26)"],
};

/** Scenarios that take a hundred times as long as others have fewer seeds. */
const FEWER: Readonly<Record<string, number>> = { "hedged-requests": 4 };
const LEAST_SEEDS = 3;

const RESULTS = "bench/results/leaderboard.json";
const KEPT = "out/leaderboard";
const PAGE = "docs/leaderboard.md";

export interface LeaderboardJob {
  /** Runs of each policy in each scenario. */
  readonly seeds: number;
  readonly threads: number;
  /** Problems to measure anew; all of them where null. */
  readonly only: readonly string[] | null;
  /** As it is told in the results. */
  readonly command: string;
  /** Folder that results and page are written below, and runs are kept; those of before are read from it. */
  readonly root: string;
  readonly say: (line: string) => void;
}

/** Scenarios of the library, by name. */
export const library = (): string[] =>
  readdirSync("scenarios")
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();

/** Measures the problems that are asked for and writes bench/results/leaderboard.json and docs/leaderboard.md. Run in the project's root. */
export async function makeLeaderboard(job: LeaderboardJob): Promise<void> {
  const { root, only, say } = job;
  const results = join(root, RESULTS);
  const before: Partial<Leaderboard> = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : {};
  const runs = new Runs(job);
  const simulatedOnes: SimulatedProblem[] = [];
  const exact: ExactProblem[] = [];
  const problems = [
    ...EXACT.map((name) => [name, `scenarios/theory/${name}.yaml`] as const),
    ...library().map((name) => [name, `scenarios/${name}.yaml`] as const),
  ];
  for (const [name, file] of problems) {
    const start = process.cpuUsage();
    const { warnings: _, ...loaded } = await loadScenario(file);
    const { scenario } = loaded;
    const kept = before.exact?.find((problem) => problem.scenario === scenario.name);
    const known = before.library?.find((problem) => problem.scenario === scenario.name);
    if (only !== null && !only.includes(name)) {
      // What is left out stays as it was.
      if (kept !== undefined) exact.push(kept);
      if (known !== undefined) simulatedOnes.push(known);
      continue;
    }
    if (notExponential(scenario) === null) exact.push(await runs.solved(scenario));
    else simulatedOnes.push(simulatedProblem(await runs.simulated(name, loaded), known));
    const { user, system } = process.cpuUsage(start);
    say(`${name}: ${((user + system) / 1e6).toFixed(0)} CPU s`);
  }
  const checksum =
    simulatedOnes.reduce((sum, { standings }) => sum + standings[0]!.mean, 0) +
    exact.reduce((sum, { optimal }) => sum + optimal, 0);
  const figures = [
    { name: "problems", value: simulatedOnes.length + exact.length, unit: "problems", checksum },
  ];
  writeResults("leaderboard", job.command, figures, { library: simulatedOnes, exact }, root);
  await writeFileAtomic(
    join(root, PAGE),
    leaderboardPage(JSON.parse(readFileSync(results, "utf8")) as Leaderboard),
  );
  say(`written: ${RESULTS}, ${PAGE}`);
}

/** Runs and solutions, kept from one time to the next. */
class Runs {
  private readonly engine = engineDigest("package.json");
  private readonly release = (JSON.parse(readFileSync("package.json", "utf8")) as { version: string })
    .version;
  private readonly cells: CellStore;

  constructor(private readonly job: LeaderboardJob) {
    this.cells = new ResultCache(CELLS, join(job.root, KEPT), job.say);
  }

  /** Solved once for each version of the code. */
  async solved(scenario: Scenario): Promise<ExactProblem> {
    const name = `${sha256(`${this.engine} ${scenarioDigest(scenario)}`)}.exact.json`;
    const file = join(this.job.root, KEPT, name);
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as ExactProblem;
    const problem = await exactProblem(scenario);
    await writeFileAtomic(file, JSON.stringify(problem));
    return problem;
  }

  async simulated(name: string, loaded: LoadedScenario) {
    const { seeds, threads } = this.job;
    const count = Math.max(LEAST_SEEDS, Math.ceil(seeds / (FEWER[name] ?? 1)));
    return runBenchmark(
      {
        scenarios: [loaded],
        contenders: await contendersOf(name, loaded),
        seeds: benchmarkSeeds(1, count),
      },
      { version: this.release },
      { threads, store: { cells: this.cells, engine: this.engine } },
    );
  }
}

async function contendersOf(name: string, { scenario }: LoadedScenario): Promise<Contender[]> {
  const specs = [
    ...heuristicsFor(scenario.decide).map((rule) => rule.name),
    ...(LEARNED_SETTINGS[name] ?? []),
  ];
  const folder = `policies/${name}`;
  const versions = existsSync(folder) ? readdirSync(folder).sort() : [];
  const packages: Contender[] = [];
  for (const version of versions) packages.push(await policyArgument(`${folder}/${version}`));
  return [...specs.map(heuristicContender), ...packages];
}
