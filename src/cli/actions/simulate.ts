import { join } from "node:path";
import { makePolicy } from "../../experiment/policy-source.js";
import { InputError } from "../../kit/errors.js";
import { beginPlay, playOn, playSome } from "../../learn/play.js";
import { scenarioDigest } from "../../model/index.js";
import { Recorder } from "../../sim/recorder.js";
import { telemetryDigest, telemetryFile, telemetryTables } from "../../sim/telemetry.js";
import { writeFileAtomic } from "../files.js";
import { loadScenario, remark } from "../load-scenario.js";
import { policyArgument } from "../policy-argument.js";
import { type Progress, progress } from "../progress.js";
import { renderOutcome } from "../render.js";
import { type CheckpointedRun, resumeRun, writeRunCheckpoint } from "../run-checkpoint.js";
import { stopSignals } from "../stop-signals.js";

export interface SimulateOptions {
  readonly path: string;
  readonly policy: string;
  readonly seed: number;
  readonly out: string | undefined;
  readonly every: number;
  /** Seconds of virtual time between rows of `series`; 0 for none. */
  readonly poolsEvery?: number;
  /** Whether telemetry has what the policy saw at each decision. */
  readonly features?: boolean;
  /** Where the run is kept while it lasts, and how often, seconds of wall time; undefined where it is not. */
  readonly checkpoint?: string | undefined;
  readonly checkpointEvery?: number;
  /** Whether to go on from the checkpoint, if there is one. */
  readonly resume?: boolean;
  readonly antithetic: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function simulate({
  path,
  policy: text,
  seed,
  out,
  every,
  poolsEvery = 0,
  features = false,
  checkpoint,
  checkpointEvery = 30,
  resume = false,
  antithetic,
  json,
  quiet,
}: SimulateOptions): Promise<void> {
  requireInteger("seed", seed, 0);
  requireInteger("every", every, 1);
  const { scenario, trace, warnings } = await loadScenario(path);
  const policy = makePolicy((await policyArgument(text, [scenario])).source);
  remark(warnings, quiet || json);
  const recorder =
    out === undefined ? undefined : new Recorder({ everyWorkflow: every, poolsEvery, features, policy });
  const sim = beginPlay(scenario, policy, seed, {
    antithetic,
    ...(trace === undefined ? {} : { trace }),
    ...(recorder === undefined ? {} : { recorder }),
  });
  const run = { sim, policy, recorder, scenarioDigest: scenarioDigest(scenario) };
  if (resume) await resumeIfThere(checkpoint!, run);
  if (!(await toTheEnd(run, checkpoint, checkpointEvery, quiet || json))) return;
  const outcome = sim.outcome();
  const digest = recorder === undefined ? undefined : telemetryDigest(recorder);
  if (out !== undefined && recorder !== undefined) {
    for (const table of telemetryTables(recorder).keys()) {
      await writeFileAtomic(join(out, `${table}.arrow`), telemetryFile(recorder, table));
    }
    await writeFileAtomic(
      join(out, "outcome.json"),
      `${JSON.stringify({ policy: policy.name, ...outcome }, null, 2)}\n`,
    );
  }
  if (json) {
    const telemetry = digest === undefined ? {} : { telemetryDigest: digest };
    process.stdout.write(`${JSON.stringify({ policy: policy.name, ...outcome, ...telemetry }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${renderOutcome(outcome, policy.name, scenario.objective.expression)}\n`);
  if (out !== undefined) process.stdout.write(`telemetry in ${out}, digest ${digest!.slice(0, 16)}\n`);
}

async function resumeIfThere(path: string, run: CheckpointedRun): Promise<void> {
  try {
    await resumeRun(path, run);
  } catch (error) {
    // Nothing was written before the run was killed: it begins where it began.
    if (!(error instanceof InputError && error.code === "NO_FILE")) throw error;
  }
}

/** Events between two looks at the clock and at who may want to stop. */
const SLICE = 50_000;

/**
 * Runs to the end, with a bar where it lasts, and where it is kept with a checkpoint now and then.
 * @returns false where it was stopped; the checkpoint is then written, and the exit code set
 */
async function toTheEnd(
  run: CheckpointedRun,
  checkpoint: string | undefined,
  every: number,
  quiet: boolean,
): Promise<boolean> {
  const { sim, policy } = run;
  const { horizon } = sim.scenario;
  if (checkpoint === undefined && (quiet || horizon === Number.POSITIVE_INFINITY)) {
    playOn(sim, policy);
    return true;
  }
  const began = performance.now();
  let kept = began;
  const stop = checkpoint === undefined ? null : stopSignals("storing a checkpoint");
  let bar: Progress | null = null;
  try {
    while (!playSome(sim, policy, SLICE)) {
      await new Promise((resolve) => setImmediate(resolve));
      const now = performance.now();
      if (!quiet && bar === null && now - began > PATIENCE) {
        bar = progress({
          label: "simulating",
          total: Math.round(horizon),
          unit: "s",
          silent: quiet,
          start: Math.round(sim.time),
        });
      }
      bar?.update(Math.round(sim.time));
      if (checkpoint === undefined) continue;
      const stopped = stop !== null && stop.signal !== null;
      if (!stopped && now - kept < every * 1000) continue;
      await writeRunCheckpoint(checkpoint, run);
      kept = performance.now();
      if (!stopped) continue;
      stop.setExitCode();
      process.stderr.write(`stopped at ${sim.time} s; go on with the same command and --resume\n`);
      return false;
    }
    return true;
  } finally {
    bar?.stop();
    stop?.release();
  }
}

/** Milliseconds before a bar is drawn: what is over sooner needs none. */
const PATIENCE = 2000;

/** @throws {InputError} BAD_ARGUMENT */
export function requireInteger(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InputError("BAD_ARGUMENT", {
    what: `${value} is not a whole number`,
    where: `--${name}`,
    mend: `give an integer, ${least} or more`,
  });
}
