import { join } from "node:path";
import pc from "picocolors";
import { compareAtLast, type FinalComparison } from "../../experiment/final-comparison.js";
import type { KnobSearchState } from "../../experiment/learn-knobs.js";
import type { LoadedScenario } from "../../experiment/matrix.js";
import { measureRivals } from "../../experiment/rivals.js";
import { InputError } from "../../kit/errors.js";
import { formatDuration, formatNumber, formatPercent } from "../../kit/format-number.js";
import { chooseBackend, type GradientBackend } from "../../learn/backend/index.js";
import type { Yardstick } from "../../learn/divergence-watch.js";
import type { TableState } from "../../learn/tabular/index.js";
import type { TrainingState } from "../../learn/train.js";
import { finalSeeds, validationSeeds } from "../../learn/trainer.js";
import { scenarioDigest } from "../../model/index.js";
import { writeFileAtomic } from "../files.js";
import { loadScenario, remark } from "../load-scenario.js";
import { defaultThreads } from "../machine.js";
import { progress } from "../progress.js";
import { stopSignals } from "../stop-signals.js";
import { type LearningOptions, type LearningPlan, learningPlan } from "../training/learning-plan.js";
import { trainKnobs } from "../training/train-knobs.js";
import { trainNetworks } from "../training/train-networks.js";
import { trainTable } from "../training/train-table.js";
import { type Identity, TrainingCheckpoint } from "../training/training-checkpoint.js";
import type { LearnedOutcome, TrainingContext } from "../training/training-context.js";
import { trainingDisplay } from "../training/training-display.js";
import { TrainingLog } from "../training/training-log.js";
import { learnedSource, RUN_FILE, type TrainingRun } from "../training/training-run.js";
import { version } from "../version.js";
import { commandLine } from "./bench.js";
import { requireInteger } from "./simulate.js";

export interface TrainOptions extends LearningOptions {
  readonly path: string;
  readonly out?: string | undefined;
  readonly backend: string;
  readonly validationSeeds: number;
  readonly validateEvery?: number | undefined;
  readonly finalSeeds: number;
  readonly maxMinutes?: number | undefined;
  readonly threads?: number | undefined;
  readonly resume: boolean;
  readonly tune: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Validations of a run, where `--validate-every` does not say otherwise. */
const VALIDATIONS = 20;

/**
 * Learns a policy in the way that is asked for. The heuristics are measured first, and the better of the two is what the run
 * returns. Checkpoints at each validation; SIGINT and SIGTERM store one too and end with 130 and 143.
 * @throws {FailureError} when learning has diverged, after what was best before is written
 */
export async function train(options: TrainOptions): Promise<TrainingRun> {
  const { path, json, quiet, resume, algorithm } = options;
  requireInteger("validation-seeds", options.validationSeeds, 1);
  requireInteger("final-seeds", options.finalSeeds, 2);
  if (options.validateEvery !== undefined) requireInteger("validate-every", options.validateEvery, 1);
  const threads = options.threads ?? defaultThreads();
  requireInteger("threads", threads, 1);
  if (options.maxMinutes !== undefined && !(options.maxMinutes >= 0)) {
    throw new InputError("BAD_SETTING", {
      what: `${options.maxMinutes} minutes are no time to learn in`,
      where: "--max-minutes",
      mend: "give a number, 0 or more, or leave it out",
    });
  }
  const silent = quiet || json;
  const say = (line: string) => {
    if (!silent) process.stderr.write(`${line}\n`);
  };
  const { warnings, ...loaded } = await loadScenario(path);
  const { scenario, trace } = loaded;
  remark(warnings, silent);
  const plan = learningPlan(options, loaded);
  const backend = plan.kind === "networks" ? await chooseBackend(options.backend as never) : null;
  const total = totalOf(plan);
  const validation = {
    seeds: options.validationSeeds,
    every: options.validateEvery ?? Math.max(1, Math.floor(total / VALIDATIONS)),
  };
  const out = options.out ?? join("out", "train", scenario.name);
  const digest = scenarioDigest(scenario);
  const identity: Identity = {
    algorithm,
    scenario: digest,
    trace: trace?.digest ?? null,
    backend: backend?.name ?? null,
    setting: { plan, validation, tune: options.tune },
  };
  const checkpoint = await TrainingCheckpoint.open<Saved>(out, resume, identity);
  say(opening(plan, algorithm, scenario.name, backend?.name));

  const rivals = await heuristicCosts(loaded, options, threads, silent);
  const [rival] = rivals;
  if (rival !== undefined) {
    say(`best heuristic: ${pc.bold(rival.policy)} at ${formatNumber(rival.cost)} in validation`);
    if (rival.unfinished > OVERLOADED) {
      say(
        pc.yellow(
          `even so ${formatPercent(rival.unfinished)} % of workflows are unfinished at the end: the scenario may be overloaded`,
        ),
      );
    }
  }
  const { from } = checkpoint;
  const log = await TrainingLog.open(out, from?.iteration ?? null, Date.now() / 1000);
  const stop = stopSignals("finishing the iteration and storing a checkpoint");
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const display = trainingDisplay({ start: from?.done ?? 0, silent });
  const costs = from?.costs.slice() ?? [];
  let at = { iteration: from?.iteration ?? 0, done: from?.done ?? 0 };
  const context: TrainingContext<unknown> = {
    loaded,
    rivals,
    from: from?.learner ?? null,
    validation,
    threads,
    stop: stop.aborted,
    say,
    told(progress, point) {
      at = {
        iteration: progress.iteration,
        done: plan.kind === "knobs" ? progress.iteration : progress.decisions,
      };
      if (point !== null) {
        costs.push(point.cost);
        if (rival !== undefined) log.level("best_heuristic", rival.cost, point.decisions, Date.now() / 1000);
      }
      log.add({ progress, point, seconds: seconds() }, Date.now() / 1000);
      display.update({
        title: algorithm,
        done: at.done,
        total,
        unit: plan.kind === "knobs" ? "rounds" : "decisions",
        costs,
        level: rival ?? null,
        figures: progress.figures,
      });
      const timeUp = options.maxMinutes !== undefined && seconds() >= options.maxMinutes * 60;
      return stop.signal === null && !timeUp;
    },
    store: (learner) => checkpoint.store({ learner, ...at, costs: [...costs] }),
  };
  let outcome: LearnedOutcome;
  try {
    outcome = await learned(plan, context, backend);
  } catch (error) {
    stop.release();
    stop.setExitCode();
    throw error;
  } finally {
    display.stop();
    await Promise.all([checkpoint.flush(), log.flush()]);
  }
  const begun: TrainingRun = {
    format: "switchyard.run/2",
    scenario: { name: scenario.name, digest, path, objective: scenario.objective.expression },
    ...(trace === undefined ? {} : { trace: { digest: trace.digest } }),
    algorithm,
    seed: options.seed,
    settings: { ...settingsOf(plan) },
    backend: backend?.name ?? "none",
    switchyard: version(),
    command: commandLine(),
    heuristics: rivals,
    ...outcome,
    diverged: outcome.diverged === null ? null : { code: outcome.diverged.code, what: outcome.diverged.what },
    comparison: null,
    returns: rival !== undefined && !(outcome.best.cost < rival.cost) ? "heuristic" : "learned",
  };
  // Who asked to stop is not kept waiting.
  const comparison =
    stop.signal === null ? await lastComparison(loaded, begun, options, threads, silent) : null;
  const run: TrainingRun = { ...begun, comparison, returns: comparison?.winner ?? begun.returns };
  stop.release();
  await writeFileAtomic(join(out, RUN_FILE), `${JSON.stringify(run, null, 1)}\n`);
  if (outcome.diverged !== null) {
    verdict(run, out, say);
    throw outcome.diverged;
  }
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...summaryOf(run), out, seconds: seconds() }, null, 2)}\n`);
  } else verdict(run, out, say);
  stop.setExitCode();
  return run;
}

function learned(
  plan: LearningPlan,
  context: TrainingContext<unknown>,
  backend: GradientBackend | null,
): Promise<LearnedOutcome> {
  switch (plan.kind) {
    case "networks":
      return trainNetworks(plan, context as TrainingContext<TrainingState>, backend!);
    case "knobs":
      return trainKnobs(plan, context as TrainingContext<KnobSearchState>);
    case "table":
      return trainTable(plan, context as TrainingContext<TableState | null>);
  }
}

function totalOf(plan: LearningPlan): number {
  if (plan.kind === "networks") return plan.learning.settings.decisions;
  return plan.kind === "knobs" ? plan.settings.rounds : plan.decisions;
}

function settingsOf(plan: LearningPlan): object {
  if (plan.kind === "networks") return plan.learning.settings;
  return plan.kind === "knobs" ? plan.settings : { seed: plan.seed, decisions: plan.decisions };
}

/** What a checkpoint holds beside the learner's own state. */
interface Saved {
  readonly learner: unknown;
  readonly iteration: number;
  readonly done: number;
  readonly costs: readonly number[];
}

/** Share of unfinished workflows under the best heuristic from which on a user is told. */
const OVERLOADED = 0.2;

function opening(
  plan: LearningPlan,
  algorithm: string,
  scenario: string,
  backend: string | undefined,
): string {
  const beginning = `training for ${pc.bold(scenario)} by ${pc.bold(algorithm)}`;
  if (plan.kind === "knobs") {
    const { rounds, population, runs } = plan.settings;
    return `${beginning}: at most ${rounds} rounds of ${population} points, ${runs} runs each`;
  }
  if (plan.kind === "table") return `${beginning}: at most ${plan.decisions} decisions`;
  const { settings } = plan.learning;
  const { decisions, horizon } = settings;
  const paid = "workflowCosts" in settings && settings.workflowCosts ? ", costs by workflow" : "";
  return `${beginning}: ${decisions} decisions, horizon ${formatDuration(horizon)}${paid}, backend ${pc.bold(backend ?? "")}`;
}

/** What the heuristics cost on the validation seeds, best first: what the learner has to beat. */
async function heuristicCosts(
  loaded: LoadedScenario,
  { tune, validationSeeds: count }: TrainOptions,
  threads: number,
  silent: boolean,
): Promise<Yardstick[]> {
  const bar = progress({ label: "heuristics", total: 1, unit: "runs", silent });
  try {
    return await measureRivals(loaded, validationSeeds(count), {
      tuned: tune,
      threads,
      onCell: (done, total) => bar.update(done, { total }),
    });
  } finally {
    bar.stop();
  }
}

async function lastComparison(
  loaded: LoadedScenario,
  run: TrainingRun,
  { finalSeeds: count }: TrainOptions,
  threads: number,
  silent: boolean,
): Promise<FinalComparison | null> {
  const [rival] = run.heuristics;
  if (rival === undefined) return null;
  const bar = progress({ label: "on fresh seeds", total: 2 * count, unit: "runs", silent });
  try {
    return await compareAtLast(loaded, learnedSource(run), rival.policy, finalSeeds(count), {
      threads,
      onCell: (done) => bar.update(done),
    });
  } finally {
    bar.stop();
  }
}

/** A run without what only machines read. */
function summaryOf({ learned, ...run }: TrainingRun) {
  return { ...run, learned: learned.kind === "heuristic" ? learned : { kind: learned.kind } };
}

function verdict(run: TrainingRun, out: string, say: (line: string) => void): void {
  const { best, heuristics, finished, decisions, comparison, learned, returns } = run;
  if (!finished && run.diverged === null) {
    say(
      `stopped after ${decisions} decisions; go on with the same command and --resume: switchyard train ${run.scenario.path} --out ${out} … --resume`,
    );
  }
  const [rival] = heuristics;
  const name = learned.kind === "heuristic" ? learned.spec : "the learned policy";
  say(`best in validation: ${pc.bold(formatNumber(best.cost))} (${name})`);
  if (comparison !== null && rival !== undefined) {
    const { difference, seeds, heuristic } = comparison;
    const better = difference.mean < 0;
    const clear = difference.high < 0 || difference.low > 0;
    const share = formatPercent(Math.abs(difference.mean / heuristic.cost));
    const words = `${share} % ${better ? "below" : "above"} ${heuristic.policy} (${formatNumber(heuristic.cost)})`;
    say(
      `on ${seeds} fresh seeds: ${pc.bold(formatNumber(comparison.learned))}, ${better ? pc.green(words) : pc.yellow(words)}` +
        `${clear ? "" : pc.yellow("; the difference may be luck: its 95 % interval holds 0")}`,
    );
  }
  say(`run folder: ${out}  (log.csv, log.ndjson; tensorboard --logdir ${out})`);
  if (returns === "heuristic" && rival !== undefined) {
    say(
      `${pc.yellow("the heuristic is better")}: this run returns ${pc.bold(rival.policy)}. ` +
        "More decisions, or another --algorithm, may change that.",
    );
  } else if (learned.kind === "heuristic") {
    say(`use it by its name: switchyard simulate ${run.scenario.path} --policy "${learned.spec}"`);
  } else if (learned.kind === "table") {
    say(`use it by its folder: switchyard simulate ${run.scenario.path} --policy ${out}`);
  } else say(`make a package of it: switchyard policy export ${out} --version 1.0.0`);
}
