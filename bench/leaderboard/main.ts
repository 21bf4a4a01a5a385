import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { CellCache } from "../../src/cli/cell-cache.js";
import { engineDigest } from "../../src/cli/engine-digest.js";
import { writeFileAtomic } from "../../src/cli/files.js";
import { inlineMore } from "../../src/cli/inline-more.js";
import { loadScenario } from "../../src/cli/load-scenario.js";
import { policyArgument } from "../../src/cli/policy-argument.js";
import { type Contender, runBenchmark } from "../../src/experiment/benchmark.js";
import { heuristicsFor } from "../../src/experiment/heuristic-runs.js";
import { benchmarkSeeds, type LoadedScenario } from "../../src/experiment/matrix.js";
import { InputError } from "../../src/kit/errors.js";
import { sha256 } from "../../src/kit/sha256.js";
import { notExponential } from "../../src/learn/dynamic-programming/index.js";
import { type Scenario, scenarioDigest } from "../../src/model/index.js";
import { writeResults } from "../support/write-results.js";
import { type ExactProblem, exactProblem } from "./exact-problem.js";
import { type LeaderboardOptions, leaderboardOptions } from "./options.js";
import { type Leaderboard, leaderboardPage } from "./page.js";
import { heuristicContender, type SimulatedProblem, simulatedProblem } from "./simulated-problem.js";

/**
 * Policies beside exact optima, and beside the best that is known: bench/results/leaderboard.json and docs/leaderboard.md. Run in
 * the project's root; runs are kept in out/leaderboard, so that it can be stopped and started again.
 *
 *     npm run leaderboard -- --help
 */

/** Problems with few states, from the files that `verify` holds the simulator to. */
const EXACT = [
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
  "fan-out": ["sed(price=0.872,failure=2.73)", "sed(price=0.5,failure=2)"],
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

inlineMore();
const files = readdirSync("scenarios")
  .filter((file) => file.endsWith(".yaml"))
  .sort();
const library = files.map((file) => file.replace(/\.yaml$/, ""));
const { seeds, threads, only } = asked();
const wanted = (name: string): boolean => only === null || only.includes(name);
const before: Partial<Leaderboard> = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
const cells = new CellCache(KEPT, (what) => console.error(what));
const store = { cells, engine: engineDigest("package.json") };

const { version: release } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

const simulatedOnes: SimulatedProblem[] = [];
const exact: ExactProblem[] = [];
for (const name of EXACT) await include(name, `scenarios/theory/${name}.yaml`);
for (const name of library) await include(name, `scenarios/${name}.yaml`);

const command = `npm run leaderboard -- ${process.argv.slice(2).join(" ")}`.replace(/ -- $/, "");
const checksum =
  simulatedOnes.reduce((sum, { standings }) => sum + standings[0]!.mean, 0) +
  exact.reduce((sum, { optimal }) => sum + optimal, 0);
const figures = [
  { name: "problems", value: simulatedOnes.length + exact.length, unit: "problems", checksum },
];
writeResults("leaderboard", command, figures, { library: simulatedOnes, exact });
writeFileSync(PAGE, leaderboardPage(JSON.parse(readFileSync(RESULTS, "utf8")) as Leaderboard));
console.log(`written: ${RESULTS}, ${PAGE}`);

/** What the arguments ask for; ends here where that is the help, or nonsense. */
function asked(): LeaderboardOptions {
  try {
    const options = leaderboardOptions(process.argv.slice(2), [...EXACT, ...library]);
    if (typeof options !== "string") return options;
    process.stdout.write(options);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** What is left out with --only stays as it was. */
async function include(name: string, file: string): Promise<void> {
  const start = process.cpuUsage();
  const { warnings: _, ...loaded } = await loadScenario(file);
  const { scenario } = loaded;
  const kept = before.exact?.find((problem) => problem.scenario === scenario.name);
  const known = before.library?.find((problem) => problem.scenario === scenario.name);
  if (!wanted(name)) {
    if (kept !== undefined) exact.push(kept);
    if (known !== undefined) simulatedOnes.push(known);
    return;
  }
  if (notExponential(scenario) === null) exact.push(await solved(scenario));
  else simulatedOnes.push(simulatedProblem(await simulated(name, loaded), known));
  const { user, system } = process.cpuUsage(start);
  console.log(`${name}: ${((user + system) / 1e6).toFixed(0)} CPU s`);
}

/** Solved once for each version of the code, and kept beside the runs. */
async function solved(scenario: Scenario): Promise<ExactProblem> {
  const file = `${KEPT}/${sha256(`${store.engine} ${scenarioDigest(scenario)}`)}.exact.json`;
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as ExactProblem;
  const problem = await exactProblem(scenario);
  await writeFileAtomic(file, JSON.stringify(problem));
  return problem;
}

async function simulated(name: string, loaded: LoadedScenario) {
  const count = Math.max(LEAST_SEEDS, Math.ceil(seeds / (FEWER[name] ?? 1)));
  return runBenchmark(
    {
      scenarios: [loaded],
      contenders: await contendersOf(name, loaded),
      seeds: benchmarkSeeds(1, count),
    },
    { version: release },
    { threads, store },
  );
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
