import { dirname, join } from "node:path";
import pc from "picocolors";
import {
  type Dimension,
  importances,
  type Job,
  type Method,
  measureTrial,
  parseDimension,
  parseSweepFile,
  rankedTrials,
  type SweepSubject,
  sweep,
  type Trial,
  verifyDimensions,
} from "../../experiment/sweep/index.js";
import { openThreads, type Threads } from "../../experiment/threads.js";
import { InputError } from "../../kit/errors.js";
import { formatNumber, formatPercent } from "../../kit/format-number.js";
import { chooseBackend } from "../../learn/backend/index.js";
import type { Learning } from "../../learn/learner.js";
import { scenarioDigest } from "../../model/index.js";
import { readBounded, writeFileAtomic } from "../files.js";
import { loadScenario, remark, scenarioText } from "../load-scenario.js";
import { defaultThreads } from "../machine.js";
import { progress } from "../progress.js";
import { reportLibraries } from "../report-libraries.js";
import { stopSignals } from "../stop-signals.js";
import { SweepTrials } from "../sweep-trials.js";
import { sweptFile, writeSwept } from "../swept-settings.js";
import { requireInteger } from "./simulate.js";

export interface SweepOptions {
  readonly path: string;
  readonly set: readonly string[];
  readonly spec?: string | undefined;
  readonly policy?: string | undefined;
  readonly algorithm?: Learning["algorithm"] | undefined;
  readonly method: Method;
  readonly trials: number;
  readonly runs: number;
  readonly decisions: number;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly backend: string;
  readonly out?: string | undefined;
  readonly resume: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

const SPEC_BYTES = 4 * 1024 * 1024;

/** Sweeps, with every cost on disk as soon as it is known, and writes `report.html` and `best.json` at the end. */
export async function runSweep(options: SweepOptions): Promise<void> {
  const { path, method, json, quiet, seed } = options;
  for (const name of ["trials", "runs", "decisions"] as const) requireInteger(name, options[name], 1);
  requireInteger("seed", seed, 0);
  const threads = options.threads ?? defaultThreads();
  requireInteger("threads", threads, 1);
  const silent = json || quiet;
  const text = await scenarioText(path);
  const { scenario, trace, warnings } = await loadScenario(path, text);
  remark(warnings, silent);
  const dimensions = await dimensionsOf(options);
  const subject: SweepSubject = {
    text,
    file: path,
    folder: dirname(path),
    ...(trace === undefined ? {} : { trace }),
    seeds: options.runs,
    by: await measuredBy(options, dimensions),
  };
  verifyDimensions(subject, dimensions);
  const plan = { dimensions, method, trials: options.trials, seed };
  const out = options.out ?? join("out", "sweep", scenario.name);
  const { trace: _, ...identity } = subject;
  const trials = await SweepTrials.open(out, options.resume, {
    plan,
    subject: { ...identity, file: undefined, folder: undefined, trace: trace?.digest ?? null },
    scenario: scenarioDigest(scenario),
  });
  const stop = stopSignals("what is measured is on disk");
  const bar = progress({ label: "sweep", total: options.trials, unit: "trials", silent });
  const measurer = openMeasurer(subject, trials, threads, stop.aborted, bar.update);
  let outcome: Trial[] | null = null;
  try {
    outcome = await sweep(plan, measurer.measure);
  } catch (error) {
    if (stop.signal === null) throw error;
  } finally {
    bar.stop();
    stop.release();
    await Promise.all([measurer.close(), trials.flush()]);
  }
  if (outcome === null) {
    if (!silent) process.stderr.write("stopped; go on with the same command and --resume\n");
    stop.setExitCode();
    return;
  }
  const matter = importances(dimensions, outcome);
  const ranked = rankedTrials(outcome);
  const report = join(out, "report.html");
  const { sweepReport } = await import("../../report/index.js");
  const swept = {
    name: scenario.name,
    objective: scenario.objective.expression,
    subject: subjectWords(subject),
    method,
    dimensions,
    trials: outcome,
    importances: matter,
  };
  await writeFileAtomic(report, sweepReport(swept, await reportLibraries()));
  await writeSwept(out, swept);
  if (json) process.stdout.write(`${JSON.stringify({ ...sweptFile(swept), out }, null, 2)}\n`);
  else process.stdout.write(`${told(ranked, matter, dimensions)}\nreport: ${report}\n`);
}

/** Measures jobs on threads, or here where there is one; what is known already is not measured again. */
function openMeasurer(
  subject: SweepSubject,
  trials: SweepTrials,
  threads: number,
  stop: AbortSignal,
  show: (done: number, fields: Record<string, string | number>) => void,
) {
  let done = 0;
  let total = 0;
  let best = Number.POSITIVE_INFINITY;
  let pool: Threads<Job, number> | null = null;
  let before: Promise<unknown> = Promise.resolve();
  const fresh = async (job: Job): Promise<number> => {
    stop.throwIfAborted();
    if (threads === 1) return measureTrial(subject, job);
    pool ??= openThreads("sweep/sweep-worker.js", threads, subject);
    return pool.run(job, stop);
  };
  const one = async (job: Job): Promise<number> => {
    let cost = trials.cost(job);
    if (cost === undefined) trials.add(job, (cost = await fresh(job)));
    // Trials that had little effort are not to be compared.
    if (job.share === 1 && cost < best) best = cost;
    show(++done, { total, best: Number.isFinite(best) ? formatNumber(best) : "-" });
    return cost;
  };
  return {
    async measure(jobs: readonly Job[]): Promise<number[]> {
      total += jobs.length;
      if (threads > 1) return Promise.all(jobs.map(one));
      // One after another, also those of several calls.
      const mine = before.then(async () => {
        const costs: number[] = [];
        for (const job of jobs) {
          costs.push(await one(job));
          // Let a signal have its turn.
          await new Promise((resolve) => setImmediate(resolve));
        }
        return costs;
      });
      before = mine.catch(() => {});
      return mine;
    },
    close: async (): Promise<void> => pool?.close(),
  };
}

async function dimensionsOf({ set, spec }: SweepOptions): Promise<Dimension[]> {
  const dimensions = set.map(parseDimension);
  if (spec !== undefined) {
    const text = new TextDecoder().decode(await readBounded(spec, SPEC_BYTES));
    dimensions.push(...parseSweepFile(text, spec));
  }
  const twice = dimensions.find(({ path }, i) => dimensions.findIndex((other) => other.path === path) < i);
  if (dimensions.length === 0 || twice !== undefined) {
    throw new InputError("BAD_SWEEP", {
      what: twice === undefined ? "there is nothing to sweep" : `${twice.path} is set twice`,
      where: "--set",
      mend: 'give --set "path=domain", e.g. --set "policy.failure=uniform(0,20)"',
    });
  }
  return dimensions;
}

async function measuredBy(
  options: SweepOptions,
  dimensions: readonly Dimension[],
): Promise<SweepSubject["by"]> {
  const { algorithm, policy, decisions, seed } = options;
  const chosen = dimensions.find(({ path }) => path === "policy")?.domain;
  if (algorithm !== undefined && policy === undefined && chosen === undefined) {
    return {
      kind: "agent",
      algorithm,
      decisions,
      seed,
      backend: (await chooseBackend(options.backend as never)).name,
    };
  }
  const spec = policy ?? (chosen?.kind === "choice" ? String(chosen.values[0]) : undefined);
  if (spec === undefined || algorithm !== undefined) {
    throw new InputError("BAD_SWEEP", {
      what:
        algorithm === undefined
          ? "nothing is named that is to be measured"
          : "a policy and an agent are named",
      where: "--policy, --algorithm",
      mend: "name a heuristic with --policy, or a way to learn with --algorithm; one of them",
    });
  }
  return { kind: "policy", spec };
}

function subjectWords({ by, seeds }: SweepSubject): string {
  const runs = seeds === 1 ? "one run" : `${seeds} runs`;
  if (by.kind === "policy") return `${by.spec} over ${runs}`;
  return `${by.algorithm} after ${by.decisions.toLocaleString("en")} decisions, over ${runs}`;
}

function told(
  ranked: readonly Trial[],
  matter: ReturnType<typeof importances>,
  dimensions: readonly Dimension[],
): string {
  const settings = ({ settings }: Trial) =>
    dimensions.map(({ path }) => `${path}=${settings[path]}`).join("  ");
  // A cost that is lower further down is of a trial that was given up early, and says less.
  const effort = ({ share }: Trial) =>
    share === 1 ? "" : pc.dim(`  (with ${formatPercent(share)} % of the effort)`);
  const lines = ranked
    .slice(0, 5)
    .map(
      (trial, i) =>
        `${i === 0 ? pc.green("best") : "    "}  ${pc.bold(formatNumber(trial.cost))}  ${settings(trial)}${effort(trial)}`,
    );
  const shares = matter.map(({ path, share }) => `${path} ${formatPercent(share)} %`);
  return [...lines, ...(shares.length > 0 ? [`what matters: ${shares.join(", ")}`] : [])].join("\n");
}
