import type { LoadedScenario } from "../../experiment/matrix.js";
import type { FailureError } from "../../kit/errors.js";
import type { Yardstick } from "../../learn/divergence-watch.js";
import type { Progress } from "../../learn/learner.js";
import type { CurvePoint } from "../../learn/train.js";
import type { LearnedPolicy } from "./training-run.js";

/** What every way to learn is given by the command, and tells it. */
export interface TrainingContext<State> {
  readonly loaded: LoadedScenario;
  /** What the heuristics cost on the validation seeds, best first. */
  readonly rivals: readonly Yardstick[];
  /** Where an earlier run was stopped. */
  readonly from: State | null;
  readonly validation: { readonly seeds: number; readonly every: number };
  readonly threads: number;
  /** Aborted when a signal asks to stop. */
  readonly stop: AbortSignal;
  /** Shows and logs an iteration. @returns whether there is to be another one */
  told(progress: Progress, point: CurvePoint | null): boolean;
  /** Writes a checkpoint. */
  store(state: State): void;
  say(line: string): void;
}

/** What came of it. */
export interface LearnedOutcome {
  readonly learned: LearnedPolicy;
  readonly best: CurvePoint;
  readonly curve: readonly CurvePoint[];
  readonly decisions: number;
  readonly finished: boolean;
  readonly diverged: FailureError | null;
}
