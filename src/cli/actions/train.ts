import { existsSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import pc from "picocolors";
import { type LoadedScenario, runMatrix } from "../../experiment/matrix.js";
import { mean } from "../../experiment/statistics/index.js";
import { tuneHeuristics } from "../../experiment/tune.js";
import { toBase64 } from "../../kit/base64-floats.js";
import { InputError } from "../../kit/errors.js";
import { formatDuration, formatNumber, formatPercent } from "../../kit/format-number.js";
import { adviseHorizon } from "../../learn/advise-horizon.js";
import { chooseBackend } from "../../learn/backend/index.js";
import { type TrainedPolicy, type TrainingState, trainPolicy } from "../../learn/train.js";
import { type TrainerSettings, trainerDefaults, validationSeeds } from "../../learn/trainer.js";
import { scenarioDigest } from "../../model/index.js";
import { HEURISTICS } from "../../policy/catalogue.js";
import { readBounded, writeFileAtomic } from "../files.js";
import { loadScenario, remark } from "../load-scenario.js";
import { defaultThreads } from "../machine.js";
import { progress } from "../progress.js";
import { stopSignals } from "../stop-signals.js";
import { RUN_FILE, type TrainingRun } from "../training-run.js";
import { version } from "../version.js";
import { commandLine } from "./bench.js";
import { requireInteger } from "./simulate.js";

export interface TrainOptions {
  readonly path: string;
  readonly out: string | undefined;
  readonly seed: number;
  readonly decisions: number;
  readonly backend: string;
  readonly horizon: number | undefined;
  readonly episode: number | undefined;
  readonly environments: number;
  readonly rollout: number;
  readonly epochs: number;
  readonly minibatch: number;
  readonly learningRate: number;
  readonly entropy: number;
  readonly hidden: string;
  readonly validationSeeds: number;
  readonly validateEvery: number;
  readonly maxMinutes: number | undefined;
  readonly resume: boolean;
  readonly tune: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

const CHECKPOINT = "checkpoint.json";
const CHECKPOINT_BYTES = 512 * 1024 * 1024;
/** Episodes longer than this teach nothing that a fresh one does not. */
const EPISODE_SECONDS = 600;

/** Trains, with a checkpoint at each validation; SIGINT and SIGTERM store one too and end with 130 and 143. */
export async function train(options: TrainOptions): Promise<TrainingRun> {
  const { path, json, quiet, resume } = options;
  const silent = quiet || json;
  const { warnings, ...loaded } = await loadScenario(path);
  const { scenario, trace } = loaded;
  remark(warnings, silent);
  const out = options.out ?? join("out", "train", scenario.name);
  const settings = settingsOf(options, loaded);
  const digest = scenarioDigest(scenario);
  const backend = await chooseBackend(options.backend as never);
  const from = await startingPoint(out, resume, settings, backend.name, digest);
  const say = (line: string) => {
    if (!silent) process.stderr.write(`${line}\n`);
  };
  say(
    `training for ${pc.bold(scenario.name)}: ${settings.decisions} decisions, ${settings.environments} environments, ` +
      `horizon ${formatDuration(settings.horizon)}, backend ${pc.bold(backend.name)}`,
  );
  const heuristics = await heuristicCosts(loaded, options, silent);
  const best = heuristics[0];
  if (best !== undefined)
    say(`best heuristic: ${pc.bold(best.policy)} at ${formatNumber(best.cost)} in validation`);

  await mkdir(out, { recursive: true });
  const stop = stopSignals("finishing the iteration and storing a checkpoint");
  const started = performance.now();
  const before = from?.trainer.decisions ?? 0;
  const seconds = () => (performance.now() - started) / 1000;
  const bar = progress({
    label: "train",
    total: settings.decisions,
    unit: "decisions",
    silent,
    start: before,
  });
  let cost: number | null = null;
  const curve: { decisions: number; cost: number; seconds: number }[] = [];
  let result: TrainedPolicy;
  try {
    result = await trainPolicy(
      {
        scenario,
        ...(trace === undefined ? {} : { trace }),
        settings,
        episode: options.episode ?? Math.min(EPISODE_SECONDS, scenario.horizon),
        validation: { seeds: options.validationSeeds, every: options.validateEvery },
      },
      backend,
      {
        onIteration: (iteration, validated) => {
          const head = iteration.heads[0]!;
          if (validated !== null) {
            cost = validated;
            curve.push({ decisions: iteration.decisions, cost: validated, seconds: seconds() });
          }
          bar.update(iteration.decisions, {
            loss: formatNumber(head.policyLoss + settings.ppo.valueWeight * head.valueLoss, 3),
            cost: cost === null ? "-" : formatNumber(cost),
            best: best === undefined ? "-" : formatNumber(best.cost),
            entropy: formatNumber(head.entropy, 2),
            kl: formatNumber(head.kl, 2),
          });
          log(out, { ...iteration, cost: validated, seconds: seconds() });
          const timeUp = options.maxMinutes !== undefined && seconds() >= options.maxMinutes * 60;
          return stop.signal === null && !timeUp;
        },
        onCheckpoint: (save) => {
          // Written in order: each waits for the one before it.
          writing = writing.then(() =>
            writeFileAtomic(join(out, CHECKPOINT), JSON.stringify({ scenarioDigest: digest, ...save() })),
          );
        },
      },
      from,
    );
  } finally {
    bar.stop();
    stop.release();
    await writing;
  }
  const run: TrainingRun = {
    format: "switchyard.run/1",
    scenario: { name: scenario.name, digest, path, objective: scenario.objective.expression },
    ...(trace === undefined ? {} : { trace: { digest: trace.digest } }),
    settings,
    backend: backend.name,
    switchyard: version(),
    command: commandLine(),
    decisions: result.decisions,
    finished: result.finished,
    best: result.best,
    curve: result.curve,
    heuristics,
    heads: result.heads.map((head) => ({ ...head, parameters: toBase64(head.parameters) })),
  };
  await writeFileAtomic(join(out, RUN_FILE), `${JSON.stringify(run, null, 1)}\n`);
  if (json) {
    const { heads: _, ...rest } = run;
    process.stdout.write(`${JSON.stringify({ ...rest, out, seconds: seconds() }, null, 2)}\n`);
  } else verdict(run, out, say);
  if (stop.signal !== null) process.exitCode = stop.signal === "SIGINT" ? 130 : 143;
  return run;
}

let writing: Promise<void> = Promise.resolve();

function settingsOf(options: TrainOptions, { scenario, trace }: LoadedScenario): TrainerSettings {
  requireInteger("seed", options.seed, 0);
  for (const name of ["decisions", "environments", "rollout", "epochs", "minibatch"] as const) {
    requireInteger(name, options[name], 1);
  }
  requireInteger("validation-seeds", options.validationSeeds, 1);
  requireInteger("validate-every", options.validateEvery, 1);
  const hidden = options.hidden.split(",").map(Number);
  for (const width of hidden) requireInteger("hidden", width, 1);
  for (const [name, value] of [
    ["learning-rate", options.learningRate],
    ["horizon", options.horizon ?? 1],
    ["episode", options.episode ?? 1],
  ] as const) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new InputError("BAD_ARGUMENT", { what: `${value} is not positive`, where: `--${name}` });
    }
  }
  if (!(options.entropy >= 0)) {
    throw new InputError("BAD_ARGUMENT", { what: `${options.entropy} is negative`, where: "--entropy" });
  }
  return {
    ...trainerDefaults,
    seed: options.seed,
    decisions: options.decisions,
    environments: options.environments,
    rollout: options.rollout,
    horizon: options.horizon ?? adviseHorizon(scenario, trace),
    learningRate: options.learningRate,
    finalLearningRate: options.learningRate / 100,
    hidden,
    ppo: {
      ...trainerDefaults.ppo,
      epochs: options.epochs,
      minibatch: options.minibatch,
      entropyWeight: options.entropy,
    },
  };
}

async function startingPoint(
  out: string,
  resume: boolean,
  settings: TrainerSettings,
  backend: string,
  digest: string,
): Promise<TrainingState | undefined> {
  const path = join(out, CHECKPOINT);
  if (!resume) {
    if (existsSync(path)) {
      throw new InputError("RUN_EXISTS", {
        what: "a training run is here already",
        where: out,
        mend: "go on with --resume, or give another folder with --out",
      });
    }
    return undefined;
  }
  const text = new TextDecoder().decode(await readBounded(path, CHECKPOINT_BYTES));
  let state: TrainingState & { scenarioDigest: string };
  try {
    state = JSON.parse(text) as typeof state;
    if (state.format !== "switchyard.training/1") throw new Error(`its format is ${String(state.format)}`);
  } catch (cause) {
    throw new InputError(
      "BAD_CHECKPOINT",
      { what: `the checkpoint cannot be read: ${(cause as Error).message}`, where: path, mend: "start anew" },
      { cause },
    );
  }
  const differs = (what: string) =>
    new InputError("OTHER_RUN", {
      what: `the checkpoint was made with another ${what}`,
      where: path,
      mend: "resume with the same scenario and settings, or start anew in another folder",
    });
  if (state.scenarioDigest !== digest) throw differs("scenario");
  if (state.trainer.backend !== backend) throw differs(`backend (${state.trainer.backend})`);
  const same = JSON.stringify(state.trainer.settings) === JSON.stringify(settings);
  if (!same) throw differs("setting");
  return state;
}

interface HeuristicCost {
  readonly policy: string;
  readonly cost: number;
}

/** What the heuristics cost on the validation seeds, best first: what the learner has to beat. */
async function heuristicCosts(
  loaded: LoadedScenario,
  { tune, validationSeeds: count }: TrainOptions,
  silent: boolean,
): Promise<HeuristicCost[]> {
  const seeds = validationSeeds(count);
  const threads = defaultThreads();
  const bar = progress({ label: "heuristics", total: 1, unit: "runs", silent });
  const options = {
    threads,
    onCell: (done: number, total: number) => bar.update(done, { total }),
  };
  try {
    if (tune) {
      const tuned = await tuneHeuristics(loaded, seeds, options);
      return tuned
        .map(({ spec, objective }) => ({ policy: spec, cost: objective }))
        .sort((a, b) => a.cost - b.cost);
    }
    const relevant = HEURISTICS.filter((h) => h.kinds.some((kind) => loaded.scenario.decide.includes(kind)));
    const outcomes = await runMatrix(
      {
        scenarios: [loaded],
        policies: relevant.map(({ name }) => ({ kind: "heuristic", spec: name })),
        seeds,
      },
      options,
    );
    return relevant
      .map(({ name }, p) => ({
        policy: name,
        cost: mean(outcomes.slice(p * count, (p + 1) * count).map((outcome) => outcome.objective)),
      }))
      .sort((a, b) => a.cost - b.cost);
  } finally {
    bar.stop();
  }
}

function log(out: string, entry: object): void {
  writing = writing.then(() => appendFile(join(out, "log.ndjson"), `${JSON.stringify(entry)}\n`));
}

function verdict(run: TrainingRun, out: string, say: (line: string) => void): void {
  const { best, heuristics, finished, decisions } = run;
  if (!finished)
    say(
      `stopped after ${decisions} decisions; go on with: switchyard train ${run.scenario.path} --out ${out} --resume`,
    );
  const rival = heuristics[0];
  const against =
    rival === undefined
      ? ""
      : best.cost < rival.cost
        ? `, ${pc.green(`${formatPercent(1 - best.cost / rival.cost)} % below`)} the best heuristic (${rival.policy}, ${formatNumber(rival.cost)})`
        : `, ${pc.yellow(`${formatPercent(best.cost / rival.cost - 1)} % above`)} the best heuristic (${rival.policy}, ${formatNumber(rival.cost)}): use that one`;
  say(`best in validation: ${pc.bold(formatNumber(best.cost))} at ${best.decisions} decisions${against}`);
  say(`run folder: ${out}`);
  say(`make a package of it: switchyard policy export ${out} --version 1.0.0`);
}
