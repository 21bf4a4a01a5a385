import { deserialize, serialize } from "node:v8";
import { InputError } from "../kit/errors.js";
import { type PlainState, plainState, restorePlainState } from "../kit/plain-state.js";
import type { Policy } from "../policy/policy.js";
import type { Recorder } from "../sim/recorder.js";
import type { Simulation, Snapshot } from "../sim/simulation.js";
import { readBounded, writeFileAtomic } from "./files.js";

/** A run that was interrupted, whole: what `switchyard simulate --checkpoint` writes and `--resume` reads. */
interface RunCheckpoint {
  readonly format: string;
  readonly scenarioDigest: string;
  readonly policy: string;
  readonly run: Snapshot;
  readonly policyState: unknown;
  readonly telemetry: PlainState | null;
}

const FORMAT = "switchyard run checkpoint 1";
const MOST_BYTES = 8 * 2 ** 30;

/** What is being run, for a checkpoint to be held to. */
export interface CheckpointedRun {
  readonly sim: Simulation;
  readonly policy: Policy;
  readonly recorder: Recorder | undefined;
  readonly scenarioDigest: string;
}

/** Writes all of a run to a file, whole or not at all. */
export async function writeRunCheckpoint(path: string, run: CheckpointedRun): Promise<void> {
  const { sim, policy, recorder, scenarioDigest } = run;
  const checkpoint: RunCheckpoint = {
    format: FORMAT,
    scenarioDigest,
    policy: policy.name,
    run: sim.snapshot(),
    policyState: policy.save?.() ?? null,
    telemetry:
      recorder === undefined ? null : plainState(recorder, ["engine", "scenario", "policy", "judge"]),
  };
  await writeFileAtomic(path, serialize(checkpoint));
}

/**
 * Puts a run that is at its start to where its checkpoint left it.
 * @throws {InputError} BAD_CHECKPOINT where the file is none, or of another run
 */
export async function resumeRun(path: string, run: CheckpointedRun): Promise<void> {
  const { sim, policy, recorder, scenarioDigest } = run;
  const refuse = (what: string): never => {
    throw new InputError("BAD_CHECKPOINT", {
      what,
      where: path,
      mend: "resume with the scenario, policy, seed and options that it was written with, or start anew without --resume",
    });
  };
  let saved: RunCheckpoint;
  try {
    saved = deserialize(await readBounded(path, MOST_BYTES)) as RunCheckpoint;
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse("this is no checkpoint, or it is damaged");
  }
  if (saved?.format !== FORMAT) refuse("this is no checkpoint of a run");
  if (saved.scenarioDigest !== scenarioDigest) refuse("the checkpoint is of another scenario");
  if (saved.policy !== policy.name) refuse(`the checkpoint is of policy ${saved.policy}`);
  if ((saved.telemetry === null) !== (recorder === undefined)) {
    refuse(`the checkpoint is of a run ${saved.telemetry === null ? "without" : "with"} telemetry`);
  }
  try {
    sim.restore(saved.run);
    policy.load?.(saved.policyState);
    if (recorder !== undefined) restorePlainState(recorder, saved.telemetry);
  } catch (error) {
    if (error instanceof InputError) throw error;
    refuse("the checkpoint is damaged");
  }
}
