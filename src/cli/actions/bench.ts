import pc from "picocolors";
import type { Contender } from "../../experiment/benchmark.js";
import { CELL_FIGURES } from "../../experiment/cell-figure.js";
import { heuristicsFor } from "../../experiment/heuristic-runs.js";
import { benchmarkSeeds, type LoadedScenario } from "../../experiment/matrix.js";
import {
  type BenchmarkResults,
  type BenchmarkSummary,
  type FrontAxes,
  renderTable,
  type SummarizeOptions,
  summarize,
} from "../../experiment/results.js";
import { resultsText } from "../../experiment/results-text.js";
import { BEST_HEURISTIC } from "../../experiment/summarize.js";
import { tuneHeuristics } from "../../experiment/tune.js";
import { InputError, suggest } from "../../kit/errors.js";
import { validationSeeds } from "../../learn/trainer.js";
import { parseQuantity } from "../../model/parse/quantity.js";
import type { ReportOptions } from "../../report/index.js";
import { writeFileAtomic } from "../files.js";
import { kindOfFile, loadScenario, remark, scenarioText } from "../load-scenario.js";
import { defaultThreads } from "../machine.js";
import { policyArgument } from "../policy-argument.js";
import { progress } from "../progress.js";
import { reportLibraries } from "../report-libraries.js";
import { runPlan } from "../run-plan.js";
import { requireInteger } from "./simulate.js";

export interface BenchOptions extends BenchOutputs {
  readonly paths: readonly string[];
  readonly gate: string | undefined;
  readonly policies: readonly string[] | undefined;
  readonly seeds: number | undefined;
  readonly firstSeed: number | undefined;
  readonly tune: boolean | undefined;
  readonly baseline: string | undefined;
  readonly level: number | undefined;
  readonly indifference: string | undefined;
  readonly axes: string | undefined;
  readonly threads: number | undefined;
  /** A folder; false for none, undefined for the default. */
  readonly cache: string | false | undefined;
  readonly junit: string | undefined;
  readonly markdown: string | undefined;
}

/** Where a benchmark's results go. */
export interface BenchOutputs {
  readonly out: string | undefined;
  readonly report: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Runs that a heuristic's every setting is tried on. */
const TUNING_SEEDS = 5;
const SEEDS = 30;

/** A gate, an experiment, or scenarios with what to compare given as options. */
export async function bench(options: BenchOptions): Promise<void> {
  const { gate, paths, junit, markdown, indifference, axes } = options;
  if (gate !== undefined) {
    requireNone("a gate's file says itself", { ...saidByFiles(options), files: paths.length > 0 });
    requireNone("a gate has no use for", {
      "--indifference": indifference !== undefined,
      "--axes": axes !== undefined,
    });
    const { benchGate } = await import("./bench-gate.js");
    return benchGate(gate, options);
  }
  requireNone("only a gate has", { "--junit": junit !== undefined, "--markdown": markdown !== undefined });
  if (paths.length === 0) {
    throw new InputError("USAGE", {
      what: "there is nothing to bench",
      mend: "give scenario files, an experiment file, or --gate FILE",
    });
  }
  const texts = await Promise.all(paths.map(scenarioText));
  const experiments = paths.filter((_, i) => kindOfFile(texts[i]!) === "experiment");
  if (experiments.length === 0) return benchScenarios(options, texts);
  if (paths.length > 1) {
    throw new InputError("USAGE", {
      what: "an experiment is run by itself",
      where: experiments[0]!,
      mend: "give one experiment file, and nothing else",
    });
  }
  requireNone("an experiment's file says itself", saidByFiles(options));
  const { benchExperiment } = await import("./bench-experiment.js");
  return benchExperiment(paths[0]!, texts[0]!, options);
}

function saidByFiles({ policies, seeds, firstSeed, tune, baseline, level }: BenchOptions) {
  return {
    "--policy": policies !== undefined,
    "--seeds": seeds !== undefined,
    "--first-seed": firstSeed !== undefined,
    "--tune": tune !== undefined,
    "--baseline": baseline !== undefined,
    "--level": level !== undefined,
  };
}

function requireNone(who: string, given: Readonly<Record<string, boolean>>): void {
  const odd = Object.keys(given).filter((name) => given[name]);
  if (odd.length === 0) return;
  throw new InputError("USAGE", {
    what: `${who} what ${odd.join(", ")} would say`,
    where: odd[0]!,
    mend: "leave it out here, and see docs/experiments.md",
  });
}

async function benchScenarios(options: BenchOptions, texts: readonly string[]): Promise<void> {
  const { seeds: count = SEEDS, firstSeed = 1, baseline = BEST_HEURISTIC, level = 0.95, cache } = options;
  requireInteger("seeds", count, 1);
  requireInteger("first-seed", firstSeed, 0);
  if (!(level > 0 && level < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `${level} is not a level`,
      where: "--level",
      mend: "e.g. 0.95",
    });
  }
  const weighed = weighedBy(options);
  const threads = threadsOf(options);
  const seeds = benchmarkSeeds(firstSeed, count);
  const silent = options.quiet || options.json;
  const loaded: LoadedScenario[] = [];
  for (const [i, path] of options.paths.entries()) {
    const { warnings, ...scenario } = await loadScenario(path, texts[i]!);
    remark(warnings, silent);
    loaded.push(scenario);
  }
  requireDistinct(loaded);
  const contenders = await contendersOf(options, loaded, threads, silent);
  const results = await runPlan(
    { scenarios: loaded, contenders, seeds },
    { command: commandLine(), threads, silent, cache: cache || null },
  );
  if (results !== null) await deliver(results, summarize(results, { baseline, level, ...weighed }), options);
}

/** How a summary weighs what it has found. */
export function weighedBy({
  indifference,
  axes,
}: Pick<BenchOptions, "indifference" | "axes">): Pick<SummarizeOptions, "indifference" | "axes"> {
  const share = indifference === undefined ? undefined : parseQuantity(indifference, "share");
  if (indifference !== undefined && !(share !== undefined && share >= 0 && share < 1)) {
    throw new InputError("BAD_ARGUMENT", {
      what: `${indifference} is no share of a cost`,
      where: "--indifference",
      mend: "e.g. 1%, or 0.01",
    });
  }
  return {
    ...(share === undefined ? {} : { indifference: share }),
    ...(axes === undefined ? {} : { axes: axesOf(axes) }),
  };
}

function axesOf(text: string): FrontAxes {
  const names = text.split(",").map((name) => name.trim());
  const [x, y] = names.map((name) => CELL_FIGURES.find((figure) => figure === name));
  if (x !== undefined && y !== undefined && names.length === 2) return [x, y];
  const odd = names.find((name) => !(CELL_FIGURES as readonly string[]).includes(name));
  throw new InputError("BAD_ARGUMENT", {
    what: odd === undefined ? `${text} are not two figures` : `no figure is called "${odd}"`,
    where: "--axes",
    mend: odd === undefined ? "e.g. cost,p99" : suggest("figures", odd, CELL_FIGURES),
  });
}

export function threadsOf({ threads = defaultThreads() }: { readonly threads: number | undefined }): number {
  requireInteger("threads", threads, 1);
  return threads;
}

/** Writes what was asked for, and tells the summary. */
export async function deliver(
  results: BenchmarkResults,
  summary: BenchmarkSummary,
  { out, report, json }: BenchOutputs,
): Promise<void> {
  await writeResults(results, out);
  if (report !== undefined) await writeReport(report, results, summary);
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else {
    process.stdout.write(
      `${renderTable(summary, { bold: pc.bold, dim: pc.dim, good: pc.green, bad: pc.red })}\n`,
    );
    if (report !== undefined) process.stdout.write(`report: ${report}\n`);
  }
}

export async function writeResults(results: BenchmarkResults, out: string | undefined): Promise<void> {
  if (out !== undefined) await writeFileAtomic(out, resultsText(results));
}

export async function writeReport(
  path: string,
  results: BenchmarkResults,
  summary: BenchmarkSummary,
  extras: Omit<ReportOptions, "libraries"> = {},
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
  const scenarios = loaded.map(({ scenario }) => scenario);
  for (const text of policies ?? []) given.push(await policyArgument(text, scenarios));
  if (policies !== undefined && tune !== true) return given;
  if (tune !== true) {
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
