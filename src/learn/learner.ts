import { heuristic } from "../policy/catalogue.js";
import type { GradientBackend } from "./backend/index.js";
import { type DqnSettings, type DqnState, DqnTrainer } from "./dqn.js";
import type { Space } from "./environment.js";
import { lessonOf } from "./imitation.js";
import type { TrainedHead } from "./network-head.js";
import type { OrchestrationEnvironment } from "./orchestration-environment.js";
import { type ReinforceSettings, type ReinforceState, ReinforceTrainer } from "./reinforce.js";
import { type Beginning, type Threads, Trainer, type TrainerSettings, type TrainerState } from "./trainer.js";

/** A way to train networks, with its settings. A2C is `Trainer` with other settings, under its own name. */
export type Learning =
  | { readonly algorithm: "ppo" | "a2c"; readonly settings: TrainerSettings }
  | { readonly algorithm: "dqn"; readonly settings: DqnSettings }
  | { readonly algorithm: "reinforce"; readonly settings: ReinforceSettings };

export type LearnerState = TrainerState | DqnState | ReinforceState;

/** What an iteration told. */
export interface Progress {
  /** From 1. */
  readonly iteration: number;
  /** Decisions learned from so far. */
  readonly decisions: number;
  /** By name: `rewardRate`, `entropy`, `kl`, `explainedVariance`, and so on; NaN where there is nothing to tell. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What learns networks, an iteration at a time, whichever way. No clock, no I/O: whoever drives it reports and stores. */
export interface Learner {
  readonly done: boolean;
  readonly decisions: number;
  iterate(): Progress;
  /** The policy as it stands: copies. */
  trained(): TrainedHead[];
  save(): LearnerState;
  /** @param state of a learner of the same kind, settings and spaces */
  load(state: LearnerState): void;
  dispose(): void;
}

/** Decisions of an iteration of DQN, which has no iterations of its own. */
const DQN_ITERATION = 1024;

/**
 * @param make the e-th environment: PPO and A2C play several, the others the first alone
 * @param worlds so many different environments, in turn
 * @param begin where the heads begin in place of random weights; for PPO and A2C
 * @param threads who trains; for PPO and A2C, the others do on this thread alone
 */
export function learnerOf(
  learning: Learning,
  make: (environment: number) => OrchestrationEnvironment,
  backend: GradientBackend,
  begin?: readonly Beginning[],
  worlds = 1,
  threads?: Threads,
): Learner {
  switch (learning.algorithm) {
    case "ppo":
    case "a2c": {
      const trainer = new Trainer(make, learning.settings, backend, worlds, threads);
      if (begin !== undefined) trainer.begin(begin);
      return adapted(trainer, () => {
        const { iteration, decisions, heads, ...figures } = trainer.iterate();
        return { iteration, decisions, figures: { ...figures, ...ofHeads(trainer.spaces, heads) } };
      });
    }
    case "dqn": {
      const trainer = new DqnTrainer(() => make(0), learning.settings, backend);
      return adapted(trainer, () => {
        const { decisions, ...figures } = trainer.advance(DQN_ITERATION);
        return { iteration: Math.ceil(decisions / DQN_ITERATION), decisions, figures };
      });
    }
    case "reinforce": {
      const { baseline, heuristic: rule = "random" } = learning.settings;
      const lesson = baseline === "heuristic" ? lessonOf(make(0), heuristic(rule)) : null;
      const trainer = new ReinforceTrainer(() => make(0), learning.settings, backend, lesson);
      return adapted(trainer, () => {
        const { decisions, ...figures } = trainer.iterate();
        return { iteration: trainer.iteration, decisions, figures };
      });
    }
  }
}

interface Savable<State> extends Omit<Learner, "iterate" | "save" | "load"> {
  save(): State;
  load(state: State): void;
}

function adapted<State extends LearnerState>(trainer: Savable<State>, iterate: () => Progress): Learner {
  return {
    get done() {
      return trainer.done;
    },
    get decisions() {
      return trainer.decisions;
    },
    iterate,
    trained: () => trainer.trained(),
    save: () => trainer.save(),
    load: (state) => trainer.load(state as State),
    dispose: () => trainer.dispose(),
  };
}

/** Means over the heads, and, where there are several, each head's own as `entropy/route`. */
function ofHeads<Statistics extends object>(
  spaces: readonly Space[],
  heads: readonly Statistics[],
): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const name of Object.keys(heads[0]!)) {
    const values = heads.map((head) => (head as Record<string, number>)[name]!);
    figures[name] = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (heads.length > 1) {
      values.forEach((value, h) => {
        figures[`${name}/${spaces[h]!.name}`] = value;
      });
    }
  }
  return figures;
}
