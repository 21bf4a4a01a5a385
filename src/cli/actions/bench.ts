import pc from "picocolors";
import { type Contender, runBenchmark } from "../../experiment/benchmark.js";
import { heuristicsFor } from "../../experiment/heuristic-runs.js";
import { benchmarkSeeds, type LoadedScenario } from "../../experiment/matrix.js";
import {
  type BenchmarkResults,
  type BenchmarkSummary,
  type LearningPoint,
  renderTable,
  summarize,
} from "../../experiment/results.js";
import { resultsText } from "../../experiment/results-text.js";
import { tuneHeuristics } from "../../experiment/tune.js";
import { InputError } from "../../kit/errors.js";
import { validationSeeds } from "../../learn/trainer.js";
import { writeFileAtomic } from "../files.js";
import { loadScenario, remark } from "../load-scenario.js";
import { defaultThreads, thisMachine } from "../machine.js";
import { policyArgument } from "../policy-argument.js";
import { progress } from "../progress.js";
import { reportLibraries } from "../report-libraries.js";
import { version } from "../version.js";
import { requireInteger } from "./simulate.js";

export interface BenchOptions {
  readonly paths: readonly string[];
  readonly policies: readonly string[] | undefined;
  readonly seeds: number;
  readonly firstSeed: number;
  readonly tune: boolean;
  readonly baseline: string;
  readonly level: number;
  readonly threads: number | undefined;
  readonly out: string | undefined;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Runs that a heuristic's every setting is tried on. */
const TUNING_SEEDS = 5;

export async function bench(options: BenchOptions): Promise<void> {
  const { seeds: count, firstSeed, json, quiet } = options;
  requireInteger("seeds", count, 1);
  requireInteger("first-seed", firstSeed, 0);
  if (!(options.level > 0 && options.level < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `${options.level} is not a level`,
      where: "--level",
      mend: "e.g. 0.95",
    });
  }
  const threads = options.threads ?? defaultThreads();
  requireInteger("threads", threads, 1);
  const seeds = benchmarkSeeds(firstSeed, count);
  const loaded: LoadedScenario[] = [];
  for (const path of options.paths) {
    const { warnings, ...scenario } = await loadScenario(path);
    remark(warnings, quiet || json);
    loaded.push(scenario);
  }
  requireDistinct(loaded);
  const silent = quiet || json;
  const contenders = await contendersOf(options, loaded, threads, silent);
  const bar = progress({
    label: "bench",
    total: loaded.length * contenders.length * count,
    unit: "runs",
    silent,
  });
  let results: BenchmarkResults;
  try {
    results = await runBenchmark(
      { scenarios: loaded, contenders, seeds },
      { version: version(), command: commandLine(), machine: thisMachine() },
      { threads, onCell: (done) => bar.update(done) },
    );
  } finally {
    bar.stop();
  }
  const summary = summarize(results, { baseline: options.baseline, level: options.level });
  if (options.out !== undefined) await writeFileAtomic(options.out, resultsText(results));
  if (options.report !== undefined) await writeReport(options.report, results, summary);
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else {
    process.stdout.write(
      `${renderTable(summary, { bold: pc.bold, dim: pc.dim, good: pc.green, bad: pc.red })}\n`,
    );
    if (options.report !== undefined) process.stdout.write(`report: ${options.report}\n`);
  }
}

export async function writeReport(
  path: string,
  results: BenchmarkResults,
  summary: BenchmarkSummary,
  extras: {
    learningCurve?: readonly LearningPoint[];
    provenance?: Record<string, string>;
  } = {},
): Promise<void> {
  const { benchmarkReport } = await import("../../report/index.js");
  const libraries = await reportLibraries();
  await writeFileAtomic(path, benchmarkReport(results, summary, { libraries, ...extras }));
}

async function contendersOf(
  { policies, tune }: BenchOptions,
  loaded: readonly LoadedScenario[],
  threads: number,
  silent: boolean,
): Promise<Contender[]> {
  const given: Contender[] = [];
  for (const text of policies ?? []) given.push(await policyArgument(text));
  if (policies !== undefined && !tune) return given;
  if (!tune) {
    const kinds = loaded.flatMap(({ scenario }) => scenario.decide);
    return heuristicsFor(kinds).map(({ name }) => ({
      source: { kind: "heuristic", spec: name },
    }));
  }
  if (loaded.length > 1) {
    throw new InputError("BAD_ARGUMENT", {
      what: "knobs are tuned for one scenario, and there are several",
      where: "--tune",
      mend: "bench them one by one",
    });
  }
  return [...(await tunedContenders(loaded[0]!, threads, silent)), ...given];
}

/** Every heuristic that applies, at its best setting. */
export async function tunedContenders(
  loaded: LoadedScenario,
  threads: number,
  silent: boolean,
): Promise<Contender[]> {
  const bar = progress({ label: "tune", total: 1, unit: "runs", silent });
  try {
    const tuned = await tuneHeuristics(loaded, validationSeeds(TUNING_SEEDS), {
      threads,
      onCell: (done, total) => bar.update(done, { total }),
    });
    return tuned.map(({ spec, tried }) => ({
      source: { kind: "heuristic", spec },
      ...(tried > 1 ? { tunedFrom: `best of ${tried} settings on ${TUNING_SEEDS} seeds of their own` } : {}),
    }));
  } finally {
    bar.stop();
  }
}

function requireDistinct(loaded: readonly LoadedScenario[]): void {
  const names = loaded.map(({ scenario }) => scenario.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new InputError("BAD_ARGUMENT", {
    what: `two scenarios are called "${twice}", so their results could not be told apart`,
    mend: "give one another name",
  });
}

/** The command as a user would repeat it. */
export function commandLine(): string {
  const quoted = (text: string) =>
    /^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  return ["switchyard", ...process.argv.slice(2).map(quoted)].join(" ");
}
