import { fromBase64, toBase64 } from "../kit/base64-floats.js";
import { type Complaint, FailureError, InputErrors } from "../kit/errors.js";
import type { DecisionKind, Scenario } from "../model/scenario.js";
import { type Head, neuralPolicy } from "../policy/runtime/neural-policy.js";
import type { Outcome } from "../sim/outcome.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import type { GradientBackend } from "./backend/index.js";
import { DivergenceWatch, type Validated, type Yardstick } from "./divergence-watch.js";
import { type LearnerState, type Learning, learnerOf, type Progress } from "./learner.js";
import { OrchestrationEnvironment } from "./orchestration-environment.js";
import { play } from "./play.js";
import { orchestrationSource } from "./threads/environment-source.js";
import { type Beginning, type TrainedHead, validationSeeds } from "./trainer.js";

export type TrainPlan = Learning & {
  readonly scenario: Scenario;
  readonly trace?: ReplayableTrace;
  /**
   * Further scenarios to learn in, for a policy that is to hold in all of them: other loads, pools or weather, the same
   * kinds of decision. Environment e plays the e-th of all, in turn, and a validation is the mean over all. For PPO and A2C,
   * without a trace, with an environment for each at least.
   */
  readonly variants?: readonly Scenario[];
  /** Virtual seconds of a training episode; the scenario's horizon by default. */
  readonly episode?: number;
  /** Where the heads begin, in place of random weights: as `imitate` gives them. For PPO and A2C. */
  readonly begin?: readonly Beginning[];
  readonly validation: {
    /** Runs on seeds of their own, never trained or benchmarked on. */
    readonly seeds: number;
    /** Decisions between validations. */
    readonly every: number;
  };
  /** Threads that train, 1 by default: what comes of it does not depend on it. For PPO and A2C, the others use one. */
  readonly threads?: number;
  /** The best heuristic on the validation seeds: what tells a bad beginning from a divergence. */
  readonly yardstick?: Yardstick;
};

/** A measured moment of a training run: the greedy policy's mean over the validation seeds. */
export interface CurvePoint extends Validated {
  readonly decisions: number;
}

/** The whole state of a training run: plain JSON, and enough to go on bit for bit. */
export interface TrainingState {
  readonly format: "switchyard.training/2";
  readonly algorithm: Learning["algorithm"];
  readonly learner: LearnerState;
  readonly curve: readonly CurvePoint[];
  readonly best: SavedBest | null;
}

interface SavedBest extends CurvePoint {
  readonly heads: readonly (Omit<TrainedHead, "parameters"> & { readonly parameters: string })[];
}

export interface TrainHooks {
  /** After each iteration; `point` where the policy was validated. Answer false to stop there. */
  readonly onIteration?: (progress: Progress, point: CurvePoint | null) => boolean;
  /** Offered after each validation that gives no cause for doubt, and where training is stopped: the state to store. */
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
  /** Why training was called off; the heads are then the best before. */
  readonly diverged: FailureError | null;
  readonly state: () => TrainingState;
}

/**
 * Trains a policy for a scenario and keeps the one that validates best. Everything but its duration is determined by
 * the plan and the backend; stopped and resumed from a checkpoint it gives the same bits as in one go.
 * @throws {FailureError} DIVERGED where that happens before the first validation; after it, it is in the result
 */
export async function trainPolicy(
  plan: TrainPlan,
  backend: GradientBackend,
  hooks: TrainHooks = {},
  from?: TrainingState,
): Promise<TrainedPolicy> {
  const { scenario, trace, validation } = plan;
  const options = {
    ...(trace === undefined ? {} : { trace }),
    ...(plan.episode === undefined ? {} : { episode: plan.episode }),
    ...(plan.algorithm === "ppo" || plan.algorithm === "a2c"
      ? {
          innovations: plan.settings.controlVariates === true,
          regenerations: plan.settings.regenerative === true,
          workflowCosts: plan.settings.workflowCosts === true,
        }
      : {}),
  };
  const worlds = [scenario, ...(plan.variants ?? [])];
  requireVariety(plan, worlds);
  const learner = learnerOf(
    plan,
    (environment) => new OrchestrationEnvironment(worlds[environment % worlds.length]!, options),
    backend,
    from === undefined ? plan.begin : undefined,
    worlds.length,
    { count: plan.threads ?? 1, environments: orchestrationSource(worlds, options) },
  );
  const watch = new DivergenceWatch(plan.yardstick ?? null);
  const curve: CurvePoint[] = [];
  const where = () => `after ${learner.decisions} decisions`;
  for (const point of from?.curve ?? []) {
    curve.push(point);
    watch.see(point, where());
  }
  let best: SavedBest | null = from?.best ?? null;
  const state = (): TrainingState => ({
    format: "switchyard.training/2",
    algorithm: plan.algorithm,
    learner: learner.save(),
    curve: [...curve],
    best,
  });
  const seeds = validationSeeds(validation.seeds);
  const validate = (): CurvePoint => {
    const heads = learner.trained();
    const policy = neuralPolicy("validated", heads.map(toHead), backend.own?.runtime);
    const outcomes = worlds.flatMap((world) =>
      seeds.map((seed) => play(world, policy, seed, trace === undefined ? {} : { trace })),
    );
    const point = { decisions: learner.decisions, ...validated(outcomes) };
    curve.push(point);
    if (best === null || point.cost < best.cost) best = { ...point, heads: heads.map(saved) };
    return point;
  };
  try {
    if (from !== undefined) learner.load(from.learner);
    let diverged: FailureError | null = null;
    while (!learner.done && diverged === null) {
      const before = learner.decisions;
      let progress: Progress;
      try {
        progress = learner.iterate();
      } catch (error) {
        if (best === null || !(error instanceof FailureError) || error.code !== "DIVERGED") throw error;
        diverged = error;
        break;
      }
      // The first one too: a curve is read from where it begins.
      const crossed =
        Math.floor(learner.decisions / validation.every) > Math.floor(before / validation.every);
      const due = progress.iteration === 1 || crossed || learner.done;
      const point = due ? validate() : null;
      if (point !== null) diverged = watch.see(point, where());
      const goOn = hooks.onIteration?.(progress, point) ?? true;
      // A checkpoint that was good is not overwritten by one that may not be.
      if (diverged === null && ((due && !watch.doubtful) || !goOn)) {
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
    const { heads, ...point } = best!;
    return {
      heads: heads.map((head) => toHead({ ...head, parameters: fromBase64(head.parameters) })),
      best: point,
      curve,
      decisions: learner.decisions,
      finished: learner.done,
      diverged,
      state: () => last,
    };
  } finally {
    learner.dispose();
  }
}

/** @throws {InputErrors} BAD_SETTING where not every one of several scenarios would be learned from */
function requireVariety(plan: TrainPlan, worlds: readonly Scenario[]): void {
  if (worlds.length === 1) return;
  const { algorithm, settings, trace, scenario } = plan;
  const complaints: Complaint[] = [];
  const complain = (what: string, mend: string) => complaints.push({ what, where: "variants", mend });
  if (algorithm === "dqn" || algorithm === "reinforce") {
    complain(`${algorithm} plays one environment`, "learn in several by ppo or a2c");
  } else if (settings.environments < worlds.length) {
    complain(
      `${worlds.length} scenarios for ${settings.environments} environments: some would never be played`,
      `settings.environments: ${worlds.length} or more, best a multiple of it`,
    );
  }
  if (trace !== undefined)
    complain("a trace is replayed in one scenario", "leave the trace or the variants out");
  for (const world of worlds) {
    if (world.decide.join() === scenario.decide.join()) continue;
    complain(
      `${world.name} decides ${world.decide.join(", ")}, and ${scenario.name} ${scenario.decide.join(", ")}`,
      "let all of them decide the same, in the same order",
    );
  }
  if (complaints.length > 0) throw new InputErrors("BAD_SETTING", complaints);
}

/** What runs on the validation seeds say of a policy. */
export function validated(outcomes: readonly Outcome[]): Validated {
  let cost = 0;
  let [submitted, ended] = [0, 0];
  for (const { objective, workflows } of outcomes) {
    cost += objective;
    submitted += workflows.submitted;
    ended += workflows.succeeded + workflows.failed + workflows.denied;
  }
  return {
    cost: cost / outcomes.length,
    unfinished: submitted > 0 ? Math.max(0, 1 - ended / submitted) : 0,
  };
}

function toHead({ space, network, parameters, normalisation }: TrainedHead): Head {
  return { kind: space.name as DecisionKind, network, parameters, normalisation };
}

function saved(head: TrainedHead): SavedBest["heads"][number] {
  return { ...head, parameters: toBase64(head.parameters) };
}
