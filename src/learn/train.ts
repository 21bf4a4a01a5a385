import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import type { DecisionKind, Scenario } from "../model/scenario.js";
import { type Head, neuralPolicy } from "../policy/runtime/neural-policy.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import type { GradientBackend } from "./backend/index.js";
import { OrchestrationEnvironment } from "./orchestration-environment.js";
import { play } from "./play.js";
import {
  type Beginning,
  type Iteration,
  type TrainedHead,
  Trainer,
  type TrainerSettings,
  type TrainerState,
  validationSeeds,
} from "./trainer.js";

export interface TrainPlan {
  readonly scenario: Scenario;
  readonly trace?: ReplayableTrace;
  readonly settings: TrainerSettings;
  /** Virtual seconds of a training episode; the scenario's horizon by default. */
  readonly episode?: number;
  /** Where the heads begin, in place of random weights: as `imitate` gives them. */
  readonly begin?: readonly Beginning[];
  readonly validation: {
    /** Runs on seeds of their own, never trained or benchmarked on. */
    readonly seeds: number;
    /** Iterations between validations. */
    readonly every: number;
  };
}

/** A measured moment of a training run. */
export interface CurvePoint {
  readonly decisions: number;
  /** Mean objective of the greedy policy over the validation seeds. */
  readonly cost: number;
}

/** The whole state of a training run: plain JSON, and enough to go on bit for bit. */
export interface TrainingState {
  readonly format: "switchyard.training/1";
  readonly trainer: TrainerState;
  readonly curve: readonly CurvePoint[];
  readonly best: SavedBest | null;
}

interface SavedBest extends CurvePoint {
  readonly heads: readonly (Omit<TrainedHead, "parameters"> & { readonly parameters: string })[];
}

export interface TrainHooks {
  /** After each iteration; `cost` where the policy was validated. Answer false to stop there. */
  readonly onIteration?: (iteration: Iteration, cost: number | null) => boolean;
  /** Offered after each validation: the state to store. */
  readonly onCheckpoint?: (save: () => TrainingState) => void;
}

export interface TrainedPolicy {
  /** The heads that did best in validation. */
  readonly heads: readonly Head[];
  readonly best: CurvePoint;
  readonly curve: readonly CurvePoint[];
  /** Decisions learned from, and whether that is all that was planned. */
  readonly decisions: number;
  readonly finished: boolean;
  readonly state: () => TrainingState;
}

/**
 * Trains a policy for a scenario and keeps the one that validates best. Everything but its duration is determined by
 * the plan and the backend; stopped and resumed from a checkpoint it gives the same bits as in one go.
 */
export async function trainPolicy(
  plan: TrainPlan,
  backend: GradientBackend,
  hooks: TrainHooks = {},
  from?: TrainingState,
): Promise<TrainedPolicy> {
  const { scenario, trace, settings, validation } = plan;
  const options = {
    ...(trace === undefined ? {} : { trace }),
    ...(plan.episode === undefined ? {} : { episode: plan.episode }),
  };
  const trainer = new Trainer(() => new OrchestrationEnvironment(scenario, options), settings, backend);
  const curve: CurvePoint[] = [...(from?.curve ?? [])];
  let best: SavedBest | null = from?.best ?? null;
  if (from !== undefined) trainer.load(from.trainer);
  else if (plan.begin !== undefined) trainer.begin(plan.begin);
  const state = (): TrainingState => ({
    format: "switchyard.training/1",
    trainer: trainer.save(),
    curve: [...curve],
    best,
  });
  const seeds = validationSeeds(validation.seeds);
  const validate = (): number => {
    const heads = trainer.trained();
    const policy = neuralPolicy("validated", heads.map(toHead));
    let total = 0;
    for (const seed of seeds) {
      total += play(scenario, policy, seed, trace === undefined ? {} : { trace }).objective;
    }
    const cost = total / seeds.length;
    const point = { decisions: trainer.decisions, cost };
    curve.push(point);
    if (best === null || cost < best.cost) best = { ...point, heads: heads.map(saved) };
    return cost;
  };
  try {
    while (!trainer.done) {
      const iteration = trainer.iterate();
      // The first one too: a curve is read from where it begins.
      const { iteration: n } = iteration;
      const due = n === 1 || n % validation.every === 0 || trainer.done;
      const cost = due ? validate() : null;
      const goOn = hooks.onIteration?.(iteration, cost) ?? true;
      if (due || !goOn) {
        // Taken now: it may be stored later, when training has gone on or is over.
        const taken = state();
        hooks.onCheckpoint?.(() => taken);
      }
      if (!goOn) break;
      // Let signals and timers have their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const last = state();
    if (best === null) validate();
    const { heads, decisions, cost } = best!;
    return {
      heads: heads.map((head) => toHead({ ...head, parameters: fromBase64(head.parameters) })),
      best: { decisions, cost },
      curve,
      decisions: trainer.decisions,
      finished: trainer.done,
      state: () => last,
    };
  } finally {
    trainer.dispose();
  }
}

function toHead({ space, network, parameters, normalisation }: TrainedHead): Head {
  return { kind: space.name as DecisionKind, network, parameters, normalisation };
}

function saved(head: TrainedHead): SavedBest["heads"][number] {
  return { ...head, parameters: toBase64(head.parameters) };
}
