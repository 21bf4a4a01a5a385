import { summarize } from "../../experiment/results.js";
import { InputError } from "../../kit/errors.js";
import type { BenchmarkStatement } from "../../policy/runtime/index.js";
import { describePackage, readPackage, writePackage } from "../../registry/index.js";
import { readResults } from "../read-results.js";
import { learnedSource, readTrainingRun, type TrainingRun } from "../training/training-run.js";
import { simulate } from "./simulate.js";

export interface ExportOptions {
  /** Folder of a training run. */
  readonly run: string;
  readonly version: string;
  readonly name: string | undefined;
  readonly out: string;
  /** Results of a benchmark to state. */
  readonly bench: string | undefined;
  readonly owner: string;
  readonly commit: string | undefined;
  /** Package what was learned although a heuristic is better. */
  readonly learned?: boolean | undefined;
  readonly json: boolean;
  readonly quiet?: boolean | undefined;
}

/** @returns the package's folder */
export async function exportPolicy(options: ExportOptions): Promise<string> {
  const run = await readTrainingRun(options.run);
  const learned = toPackage(run, options);
  const name = options.name ?? packageName(run.scenario.name);
  const { folder, manifest } = await writePackage(options.out, {
    name,
    version: options.version,
    owner: options.owner,
    purpose: `Decides ${learned.kinds.join(" and ")} for workloads like the scenario ${run.scenario.name}.`,
    ...learned.content,
    lineage: {
      scenario: { name: run.scenario.name, digest: run.scenario.digest, objective: run.scenario.objective },
      trace: run.trace?.digest ?? null,
      algorithm: run.algorithm,
      seed: run.seed,
      decisions: run.best.decisions,
      settings: { ...run.settings },
      backend: run.backend,
      switchyard: run.switchyard,
      command: run.command,
      commit: options.commit ?? null,
    },
    benchmark: options.bench === undefined ? null : await statement(options.bench, run.scenario.name),
  });
  if (options.json) process.stdout.write(`${JSON.stringify({ folder, digest: manifest.digest }, null, 2)}\n`);
  else if (options.quiet !== true)
    process.stdout.write(`${folder}  digest ${manifest.digest.slice(0, 16)}\n`);
  return folder;
}

/** @throws {InputError} HEURISTIC_WON, NO_NETWORK */
function toPackage(run: TrainingRun, { learned, run: folder }: ExportOptions) {
  const [rival] = run.heuristics;
  const source = learnedSource(run);
  if (source.kind === "heuristic") {
    throw new InputError("NO_NETWORK", {
      what: `this run learned the knobs of a heuristic: ${source.spec}`,
      where: folder,
      mend: `it needs no package: give --policy "${source.spec}"`,
    });
  }
  if (run.returns === "heuristic" && learned !== true && rival !== undefined) {
    throw new InputError("HEURISTIC_WON", {
      what: `the heuristic ${rival.policy} is better than what this run learned`,
      where: folder,
      mend: `use it by its name, --policy "${rival.policy}"; or package what was learned all the same with --learned`,
    });
  }
  if (source.kind === "learned")
    return { kinds: source.heads.map(({ kind }) => kind), content: { heads: source.heads } };
  const { table, otherwise } = source;
  return { kinds: table.kinds, content: { heads: [], table: { table, otherwise } } };
}

export async function showPolicy(folder: string, json: boolean): Promise<void> {
  const { manifest } = await readPackage(folder);
  process.stdout.write(json ? `${JSON.stringify(manifest, null, 2)}\n` : `${describePackage(manifest)}\n`);
}

export async function runPolicy(
  folder: string,
  path: string,
  seed: number,
  json: boolean,
  quiet: boolean,
): Promise<void> {
  // Written as a path, whatever it looks like: here it can be nothing else.
  const policy = /[\\/]/.test(folder) ? folder : `./${folder}`;
  await simulate({ path, policy, seed, out: undefined, every: 1, antithetic: false, json, quiet });
}

/** Scenarios may be named more freely than packages. */
function packageName(scenario: string): string {
  return scenario
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
}

/** What a benchmark's results say of the one learned policy in them. */
async function statement(path: string, scenario: string): Promise<BenchmarkStatement> {
  const results = await readResults(path);
  const entry = results.scenarios.find(({ name }) => name === scenario);
  // Whatever an experiment compared them by, a package states the scenario's objective.
  const { experiment: _, ...runs } = results;
  const summary = summarize(runs).scenarios.find((s) => s.scenario === scenario);
  if (entry === undefined || summary === undefined) {
    throw new InputError("BAD_RESULTS", {
      what: `it has no results for scenario ${scenario}`,
      where: path,
      mend: "give a file that `switchyard bench --out` wrote of this scenario",
    });
  }
  const learned = summary.policies.find(({ kind }) => kind === "learned");
  const relative = learned?.comparison?.relative;
  return {
    scenario,
    digest: entry.digest,
    seeds: summary.seeds,
    level: 0.95,
    policies: summary.policies.map(({ policy, objective }) => ({ policy, ...objective })),
    against:
      relative === null || relative === undefined
        ? null
        : { policy: summary.baseline, change: relative.mean, low: relative.low, high: relative.high },
  };
}
