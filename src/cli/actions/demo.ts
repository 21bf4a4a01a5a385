import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { type Contender, runBenchmark } from "../../experiment/benchmark.js";
import { benchmarkSeeds, type LoadedScenario, runMatrix } from "../../experiment/matrix.js";
import { makePolicy } from "../../experiment/policy-source.js";
import { type BenchmarkSummary, renderTable, summarize } from "../../experiment/results.js";
import { resultsText } from "../../experiment/results-text.js";
import { FailureError } from "../../kit/errors.js";
import { clockTime, formatDuration, formatNumber } from "../../kit/format-number.js";
import { play } from "../../learn/play.js";
import { readPackage } from "../../registry/index.js";
import { writeFileAtomic } from "../files.js";
import { loadScenario } from "../load-scenario.js";
import { defaultThreads, thisMachine } from "../machine.js";
import { policyArgument } from "../policy-argument.js";
import { progress } from "../progress.js";
import { table } from "../render.js";
import { learnedSource, type TrainingRun } from "../training/training-run.js";
import { version } from "../version.js";
import { commandLine, tunedContenders, writeReport } from "./bench.js";
import { exportPolicy } from "./policy.js";
import { requireInteger } from "./simulate.js";
import { importFiles } from "./trace-import.js";
import { train } from "./train.js";

export interface DemoOptions {
  readonly seed: number;
  readonly out: string;
  readonly short: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DECISIONS = { full: 1_000_000, short: 100_000 };
const SEEDS = { full: 30, short: 10 };
/** Between the workflows of the imported sample, seconds. */
const SPACING = "20";

/** The main job, storey by storey. Everything it says was just measured. */
export async function demo({ seed, out, short, json, quiet }: DemoOptions): Promise<void> {
  requireInteger("seed", seed, 0);
  const started = performance.now();
  const silent = quiet || json;
  const size = short ? "short" : "full";
  const say = (text: string) => {
    if (!silent) process.stdout.write(`${text}\n`);
  };
  const step = (n: number, title: string) => say(`\n${pc.bold(pc.cyan(`${n} / 7`))} ${pc.bold(title)}`);
  const scenarioPath = join(ROOT, "scenarios/payment-routing.yaml");
  const runFolder = join(out, "train");
  // The demo always starts anew; what an earlier one trained is in the way.
  await rm(runFolder, { recursive: true, force: true });
  await rm(join(out, "policies"), { recursive: true, force: true });

  step(1, "Import recorded workflows (WfCommons WfFormat) into an Arrow trace");
  const samples = join(ROOT, "scenarios/traces");
  const files = (await readdir(samples)).filter((name) => name.endsWith(".wfformat.json")).sort();
  const trace = join(out, "imported.arrow");
  await importFiles({
    files: files.map((name) => join(samples, name)),
    out: trace,
    format: "auto",
    submit: SPACING,
    strict: false,
    json: false,
    quiet: silent,
  });

  step(2, "Replay a trace against the engine under three heuristics");
  const replay = await loadScenario(join(ROOT, "scenarios/wfcommons-replay.yaml"));
  const three = ["random", "jsq", "upward-rank"] as const;
  say(
    table(
      ["policy", "workflows", "mean flow time", "p95", "objective"],
      (
        await runMatrix({
          scenarios: [replay],
          policies: three.map((spec) => ({ kind: "heuristic", spec })),
          seeds: [seed],
        })
      ).map((outcome, p) => [
        three[p]!,
        String(outcome.workflows.succeeded),
        formatDuration(outcome.flowTime.mean),
        formatDuration(outcome.flowTime.p95),
        formatNumber(outcome.objective),
      ]),
    ),
  );

  step(3, "Train a routing policy by reinforcement learning (PPO)");
  const run = await train({
    ...trainDefaults,
    path: scenarioPath,
    out: runFolder,
    seed,
    decisions: DECISIONS[size],
    json: false,
    quiet: silent,
  });
  if (!run.finished) return;

  step(4, "Benchmark it against every heuristic, each tuned where it has a knob, on fresh seeds");
  const { warnings: _, ...loaded } = await loadScenario(scenarioPath);
  const { results, summary, learned } = await benchmark(loaded, run, seed, SEEDS[size], silent);
  say(renderTable(summary, { bold: pc.bold, dim: pc.dim, good: pc.green, bad: pc.red }));
  await writeFileAtomic(join(out, "benchmark.json"), resultsText(results));

  step(5, "Export it as a versioned package");
  const folder = await exportPolicy({
    run: runFolder,
    version: "1.0.0",
    name: undefined,
    out: join(out, "policies"),
    bench: join(out, "benchmark.json"),
    owner: "the demo",
    commit: undefined,
    learned: true,
    json: false,
    quiet: silent,
  });

  step(6, "Run the package: it decides as it did in training");
  await verifyPackage(loaded, run, folder, seed, say);

  step(7, "Write the report");
  const seconds = (performance.now() - started) / 1000;
  const reportPath = join(out, "report.html");
  await writeReport(reportPath, results, summary, {
    learningCurve: run.curve.map(({ decisions, cost }) => ({ step: decisions, cost })),
    provenance: { backend: run.backend, "training seed": String(seed), package: folder },
  });
  const account = summaryOf(summary, learned, results.seeds, run, seconds, reportPath, folder);
  await writeFileAtomic(join(out, "summary.json"), `${JSON.stringify(account, null, 2)}\n`);
  if (json) process.stdout.write(`${JSON.stringify(account, null, 2)}\n`);
  say(`report   ${pc.bold(reportPath)}`);
  say(`summary  ${join(out, "summary.json")}`);
  say(pc.dim(`${clockTime(seconds)} in all, backend ${run.backend}`));
}

const trainDefaults = {
  algorithm: "ppo",
  backend: "auto",
  validationSeeds: 8,
  finalSeeds: 10,
  resume: false,
  tune: false,
} as const;

async function benchmark(
  loaded: LoadedScenario,
  run: TrainingRun,
  seed: number,
  count: number,
  silent: boolean,
) {
  const threads = defaultThreads();
  const tuned = await tunedContenders(loaded, threads, silent);
  const learned = `${run.scenario.name}-ppo`;
  const contenders: Contender[] = [...tuned, { source: learnedSource(run) }];
  // A block of seeds for each demo seed, so that demos do not share any.
  const seeds = benchmarkSeeds(1 + seed * 1000, count);
  const bar = progress({ label: "bench", total: contenders.length * count, unit: "runs", silent });
  try {
    const results = await runBenchmark(
      { scenarios: [loaded], contenders, seeds },
      { version: version(), command: commandLine(), machine: thisMachine() },
      { threads, onCell: (done) => bar.update(done) },
    );
    return { results, summary: summarize(results, { baseline: "best-heuristic", level: 0.95 }), learned };
  } finally {
    bar.stop();
  }
}

/** The package's outcome must be that of the policy in memory, to the last bit. */
async function verifyPackage(
  loaded: LoadedScenario,
  run: TrainingRun,
  folder: string,
  seed: number,
  say: (text: string) => void,
): Promise<void> {
  const { source } = await policyArgument(folder);
  const { manifest } = await readPackage(folder);
  const options = loaded.trace === undefined ? {} : { trace: loaded.trace };
  const packaged = play(loaded.scenario, makePolicy(source), seed, options);
  const memory = makePolicy(learnedSource(run));
  const trained = play(loaded.scenario, memory, seed, options);
  if (JSON.stringify(packaged) !== JSON.stringify(trained)) {
    throw new FailureError("PACKAGE_DIFFERS", {
      what: "the packaged policy gave another outcome than the one in memory",
      where: folder,
    });
  }
  say(
    `${manifest.name} ${manifest.version}: objective ${formatNumber(packaged.objective)} over ${packaged.decisions} decisions, the same to the bit as in memory`,
  );
}

function summaryOf(
  summary: BenchmarkSummary,
  learned: string,
  seeds: readonly number[],
  run: TrainingRun,
  seconds: number,
  report: string,
  folder: string,
) {
  const scenario = summary.scenarios[0]!;
  const best = scenario.policies.find(({ policy }) => policy === scenario.baseline)!;
  const own = scenario.policies.find(({ policy }) => policy === learned)!;
  return {
    format: "switchyard.demo/1",
    scenario: scenario.scenario,
    policies: scenario.policies.map(({ policy, kind, objective }) => ({ policy, kind, objective })),
    comparison: {
      learned,
      bestHeuristic: best.policy,
      ...own.comparison,
    },
    verdicts: scenario.verdicts,
    seeds,
    training: { decisions: run.decisions, seed: run.seed },
    backend: run.backend,
    seconds,
    report,
    package: folder,
  };
}
