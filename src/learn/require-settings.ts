import { type Complaint, InputErrors } from "../kit/errors.js";
import type { DqnSettings } from "./dqn.js";
import type { Learning } from "./learner.js";
import type { ReinforceSettings } from "./reinforce.js";
import type { TrainerSettings } from "./trainer.js";

/** What a setting may be, and how that is said. */
interface Kind {
  readonly holds: (value: never) => boolean;
  readonly words: string;
  /** A number, if it is not said. */
  readonly type?: "boolean";
}

const flag: Kind = { holds: () => true, words: "true or false", type: "boolean" };
const whole = (least: number): Kind => ({
  holds: (value: number) => Number.isSafeInteger(value) && value >= least,
  words: `a whole number, ${least} or more`,
});
const positive: Kind = {
  holds: (value: number) => value > 0 && value < Number.POSITIVE_INFINITY,
  words: "a number above 0",
};
const notNegative: Kind = {
  holds: (value: number) => value >= 0 && value < Number.POSITIVE_INFINITY,
  words: "a number, 0 or more",
};
const share: Kind = { holds: (value: number) => value >= 0 && value <= 1, words: "a number from 0 to 1" };

const COMMON = {
  seed: whole(0),
  decisions: whole(1),
  horizon: positive,
  learningRate: positive,
  finalLearningRate: notNegative,
  clip: positive,
};

const TRAINER = {
  ...COMMON,
  environments: whole(1),
  rollout: whole(1),
  lambda: share,
  valueIterations: whole(0),
  controlVariates: flag,
  regenerative: flag,
  workflowCosts: flag,
  "ppo.epochs": whole(1),
  "ppo.minibatch": whole(1),
  "ppo.clip": positive,
  "ppo.valueClip": positive,
  "ppo.valueWeight": notNegative,
  "ppo.entropyWeight": notNegative,
  "ppo.maxGradientNorm": positive,
  // Infinity never stops an update.
  "ppo.targetKl": { holds: (value: number) => value > 0, words: "a number above 0" },
};

const DQN = {
  ...COMMON,
  double: flag,
  dueling: flag,
  steps: whole(1),
  memory: whole(1),
  lookAround: whole(1),
  every: whole(1),
  minibatch: whole(1),
  targetEvery: whole(1),
  maxGradientNorm: positive,
  "exploration.first": share,
  "exploration.last": share,
  "exploration.share": share,
  "quantiles.count": whole(1),
  "quantiles.kappa": notNegative,
  "prioritised.alpha": notNegative,
  "prioritised.beta": share,
};

const REINFORCE = {
  ...COMMON,
  sequences: whole(1),
  rollouts: whole(1),
  entropyWeight: notNegative,
  maxGradientNorm: positive,
};

/** @throws {InputErrors} BAD_SETTING with all that is wrong, and the mend of each */
export function requireTrainerSettings(settings: TrainerSettings): void {
  refuse(complaints(settings, TRAINER));
}

/** @throws {InputErrors} BAD_SETTING */
export function requireDqnSettings(settings: DqnSettings): void {
  const { memory, minibatch } = settings;
  refuse([
    ...complaints(settings, DQN),
    ...(memory < minibatch
      ? [
          {
            what: `a minibatch of ${minibatch} is more than is remembered: ${memory} decisions`,
            where: "memory",
            mend: `at least ${minibatch}`,
          },
        ]
      : []),
  ]);
}

/** @throws {InputErrors} BAD_SETTING */
export function requireReinforceSettings(settings: ReinforceSettings): void {
  const { baseline, rollouts } = settings;
  refuse([
    ...complaints(settings, REINFORCE),
    ...(baseline !== "heuristic" && rollouts < 2
      ? [
          {
            what: `one episode on each sequence has no others to be held against: the baseline is ${baseline}`,
            where: "rollouts",
            mend: "2 or more, or the baseline of a heuristic",
          },
        ]
      : []),
  ]);
}

/** The settings of any algorithm. @throws {InputErrors} BAD_SETTING */
export function requireSettings(learning: Learning): void {
  if (learning.algorithm === "dqn") requireDqnSettings(learning.settings);
  else if (learning.algorithm === "reinforce") requireReinforceSettings(learning.settings);
  else requireTrainerSettings(learning.settings);
}

/** What is not there has a default, or is not asked for. */
function complaints(settings: object, kinds: Readonly<Record<string, Kind>>): Complaint[] {
  return Object.entries(kinds).flatMap(([path, { holds, words, type = "number" }]) => {
    const value = path
      .split(".")
      .reduce<unknown>((at, step) => (at as Record<string, unknown> | null | undefined)?.[step], settings);
    if (value === undefined || (typeof value === type && holds(value as never))) return [];
    const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
    return [{ what: `${shown} is not ${words}`, where: path, mend: `give ${words}` }];
  });
}

function refuse(found: readonly Complaint[]): void {
  if (found.length > 0) throw new InputErrors("BAD_SETTING", found);
}
