import { assert } from "../kit/assert.js";
import { InputError } from "../kit/errors.js";
import { SequentialStream } from "../kit/sequential-stream.js";
import type { Policy } from "../policy/policy.js";
import type { Activation } from "../policy/runtime/network/index.js";
import type { GradientBackend } from "./backend/index.js";
import { softmax } from "./categorical.js";
import { bestAllowed } from "./contextual-bandit.js";
import { DecisionStore } from "./decision-store.js";
import type { Environment, Observation, Space } from "./environment.js";
import type { Beginning } from "./learning-head.js";
import { NetworkHead, type TrainedHead } from "./network-head.js";
import type { OrchestrationEnvironment } from "./orchestration-environment.js";
import { shuffled } from "./ppo.js";
import { trainingSeed } from "./trainer.js";

/** An environment with one who knows what to do in it. */
export interface Lesson {
  readonly environment: Environment;
  /** An episode begins, with the environment's reset to `seed`. */
  begin(seed: number): void;
  /** What the teacher would do in the situation last observed: an allowed candidate. */
  answer(): number;
}

export interface ImitationSettings {
  /** Determines weights, shuffles and episodes. */
  readonly seed: number;
  /** Rounds: in the first the teacher acts (behaviour cloning), in those that follow the pupil. 1 is cloning alone. */
  readonly rounds: number;
  /** Decisions of a round that are labelled. */
  readonly decisions: number;
  /** Passes over all labelled decisions after each round. */
  readonly epochs: number;
  readonly minibatch: number;
  /**
   * Share of a label that is spread evenly over the allowed candidates (Szegedy et al. 2016, section 7). The greedy answer is
   * the same; but a pupil who is certain of all explores nothing, and what learns on from it stays where it is.
   */
  readonly smoothing: number;
  readonly learningRate: number;
  readonly maxGradientNorm: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Normalised features are kept within [-clip, clip]. */
  readonly clip: number;
}

export const imitationDefaults: Omit<ImitationSettings, "seed"> = {
  rounds: 5,
  decisions: 2000,
  epochs: 8,
  minibatch: 128,
  smoothing: 0.3,
  learningRate: 2e-3,
  maxGradientNorm: 1,
  hidden: [64, 64],
  activation: "tanh",
  clip: 10,
};

export interface ImitationRound {
  /** Share of the round's decisions, before it was learned from, in which the pupil's answer was the teacher's. */
  readonly agreement: number;
  /** Mean of -log p(label) in the last pass, nats. */
  readonly loss: number;
}

export interface Imitated {
  /** By head: for `neuralPolicy` as a `TrainedHead`, and for `Trainer.begin` as a `Beginning`. */
  readonly heads: readonly (TrainedHead & Beginning)[];
  readonly rounds: readonly ImitationRound[];
}

/**
 * Learns to decide as a teacher does: dataset aggregation (Ross, Gordon and Bagnell 2011, "A reduction of imitation
 * learning and structured prediction to no-regret online learning", algorithm 3.1, with beta_1 = 1 and 0 after). The
 * first round is behaviour cloning on the teacher's own runs; from then on the pupil acts and the teacher says what it
 * would have done, so that the pupil learns in the situations that its own mistakes lead to. Masked candidates have
 * probability 0 and no gradient. The value heads stay as they were drawn: `TrainerSettings.valueIterations` sees to them.
 */
export function imitate(make: () => Lesson, settings: ImitationSettings, backend: GradientBackend): Imitated {
  const lesson = make();
  const { environment } = lesson;
  const pupils = environment.spaces.map((space) => new Pupil(space, settings, backend));
  const shuffle = new SequentialStream(`imitate/${settings.seed}`);
  const rounds: ImitationRound[] = [];
  try {
    for (let round = 0, episode = 0; round < settings.rounds; round++) {
      const begin = (): Observation => {
        const seed = trainingSeed(settings.seed, IMITATION, episode++);
        const first = environment.reset(seed);
        lesson.begin(seed);
        return first;
      };
      let agreed = 0;
      let observation = begin();
      for (let n = 0; n < settings.decisions; n++) {
        const label = lesson.answer();
        assert(observation.mask[label] === 1, `the teacher answered ${label}, which is masked`);
        const pupil = pupils[observation.head]!;
        const own = pupil.decide(observation);
        if (own === label) agreed++;
        pupil.take(observation, label);
        const step = environment.step(round === 0 ? label : own);
        observation = step.terminated || step.truncated ? begin() : step.observation;
      }
      const losses = pupils.map((pupil) => pupil.learn(shuffle));
      const labelled = losses.reduce((sum, { size }) => sum + size, 0);
      rounds.push({
        agreement: agreed / settings.decisions,
        loss: losses.reduce((sum, { loss, size }) => sum + loss * size, 0) / labelled,
      });
    }
    return { heads: pupils.map((pupil) => pupil.learned()), rounds };
  } finally {
    for (const pupil of pupils) pupil.dispose();
  }
}

/** The environment number under which training seeds are drawn: one that no trainer has. */
const IMITATION = 255;

/**
 * A scenario with a policy as its teacher: a heuristic, or one improved by rollouts.
 * @throws {InputError} BAD_TEACHER where it does not make all kinds of decision that the scenario asks for
 */
export function lessonOf(environment: OrchestrationEnvironment, teacher: Policy): Lesson {
  const missing = environment.spaces.find(({ name }) => !teacher.kinds.some((kind) => kind === name));
  if (missing !== undefined) {
    throw new InputError("BAD_TEACHER", {
      what: `the teacher ${teacher.name} does not make ${missing.name} decisions`,
      where: "imitation",
      mend: `add a policy that does, e.g. ${teacher.name}+random, or leave ${missing.name} out of \`decide\``,
    });
  }
  return {
    environment,
    begin(seed) {
      teacher.reset(seed);
      environment.letAttend(teacher);
    },
    answer: () => teacher.decide(environment.point),
  };
}

/** One head that learns: its network, and all decisions that were labelled so far, as they were observed. */
class Pupil extends NetworkHead {
  private readonly store: DecisionStore;

  constructor(
    space: Space,
    private readonly settings: ImitationSettings,
    backend: GradientBackend,
  ) {
    super(space, settings, backend);
    this.store = new DecisionStore(space);
  }

  /** The greedy answer; of equals the first. */
  decide(observation: Observation): number {
    const { scratch, runtime, scales } = this;
    const batch = scratch.begin();
    batch.add(observation);
    scratch.reserve();
    scales.apply(batch);
    runtime.forward(batch, scratch);
    return bestAllowed(observation, (i) => scratch.logits[i]!);
  }

  take(observation: Observation, label: number): void {
    const { store, scales } = this;
    const index = store.add(observation);
    store.actions[index] = label;
    scales.look(observation);
  }

  /** Passes over all that was labelled, under the scales of all that was seen. @returns mean loss of the last one */
  learn(shuffle: SequentialStream): { readonly loss: number; readonly size: number } {
    const { store, scratch, trainable, settings, scales } = this;
    const { epochs, minibatch, smoothing, learningRate, maxGradientNorm } = settings;
    scales.fix();
    const order = Int32Array.from({ length: store.size }, (_, i) => i);
    let loss = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      loss = 0;
      shuffled(order, shuffle);
      for (let from = 0; from < order.length; from += minibatch) {
        const to = Math.min(from + minibatch, order.length);
        const batch = scratch.gather(store, order, from, to);
        scales.apply(batch);
        const { logits, values, dLogits, dValues, p } = scratch;
        trainable.forward(batch, { logits, values });
        for (let b = 0; b < batch.size; b++) {
          const first = batch.offsets[b]!;
          const end = batch.offsets[b + 1]!;
          const taught = first + batch.actions[b]!;
          loss += softmax(logits, first, end, p) - logits[taught]!;
          let allowed = 0;
          for (let i = first; i < end; i++) allowed += batch.mask[i]!;
          // The derivative of the cross-entropy with labels q is p - q.
          for (let i = first; i < end; i++) {
            const q = (i === taught ? 1 - smoothing : 0) + smoothing / allowed;
            dLogits[i] = batch.mask[i] === 1 ? (p[i]! - q) / batch.size : 0;
          }
          dValues[b] = 0;
        }
        trainable.backward(dLogits, dValues);
        trainable.adamStep(learningRate, maxGradientNorm);
      }
    }
    this.runtime.setParameters(trainable.parameters());
    return { loss: store.size > 0 ? loss / store.size : 0, size: store.size };
  }

  learned(): TrainedHead & Beginning {
    return { ...this.trained(), ...this.scales.save() };
  }
}
