import type { GradientBackend } from "../../src/learn/backend/index.js";
import type { DqnTrainer } from "../../src/learn/dqn.js";
import type { Environment } from "../../src/learn/environment.js";
import { cartPole, type SolvedEnvironment } from "../../src/learn/toys/index.js";
import { type TrainedHead, Trainer, type TrainerSettings, trainerDefaults } from "../../src/learn/trainer.js";
import { createRuntime } from "../../src/policy/runtime/network/index.js";
import { Normaliser } from "../../src/policy/runtime/normalisation.js";

export interface Learned {
  /** Share of decisions under greedy play that are not among the best. */
  readonly mistakes: number;
  /** Mean distance between what the value heads say and the value of best play, in units of the rewards. */
  readonly valueError: number;
}

export interface Lesson {
  readonly backend: GradientBackend;
  readonly horizon: number;
  /** What the learner is put in, in place of the game itself: where bugs are planted. */
  readonly disguise?: (game: Environment) => Environment;
  readonly settings?: Partial<TrainerSettings>;
}

/** Trains on a game and examines what was learned, by the game's own solution, on decisions of greedy play. */
export function learn(
  make: () => SolvedEnvironment,
  { backend, horizon, disguise = (game) => game, settings = {} }: Lesson,
): Learned {
  const trainer = new Trainer(() => disguise(make()), { ...toySettings, horizon, ...settings }, backend);
  while (!trainer.done) trainer.iterate();
  const { m2, count } = trainer.save().returns;
  // The learner sees rewards over the deviation of their discounted sums, and so do its values.
  const unit = Math.sqrt(m2[0]! / count);
  const examined = examine(make(), trainer.trained(), horizon, unit);
  trainer.dispose();
  return examined;
}

const toySettings: TrainerSettings = {
  ...trainerDefaults,
  seed: 1,
  decisions: 30_000,
  environments: 8,
  rollout: 64,
  horizon: 10,
  lambda: 0.9,
  learningRate: 3e-3,
  hidden: [16, 16],
  ppo: { ...trainerDefaults.ppo, minibatch: 128, entropyWeight: 0.01 },
};

const EXAMINED = 400;

/** Plays a game greedily and compares with its solution; `unit` is what a value of 1 is worth in rewards. */
export function examine(
  game: SolvedEnvironment,
  heads: readonly TrainedHead[],
  horizon: number,
  unit: number,
): Learned {
  const players = heads.map(player);
  let mistakes = 0;
  let valueError = 0;
  let observation = game.reset(0);
  for (let n = 0, episode = 0; n < EXAMINED; n++) {
    const { best, value } = game.solution(horizon);
    const answer = players[observation.head]!(observation);
    if (!best.includes(answer.action)) mistakes++;
    valueError += Math.abs(unit * answer.value - value) / EXAMINED;
    const step = game.step(answer.action);
    observation = step.terminated || step.truncated ? game.reset(++episode) : step.observation;
  }
  return { mistakes: mistakes / EXAMINED, valueError };
}

/** The greedy action of a head, and what its value head says. */
export function player({ network, parameters, normalisation }: TrainedHead) {
  const runtime = createRuntime(network);
  runtime.setParameters(parameters);
  const context = new Normaliser(normalisation.context, normalisation.clip);
  const candidate = new Normaliser(normalisation.candidate, normalisation.clip);
  return (o: ReturnType<Environment["reset"]>) => {
    const features = o.candidates.slice(0, o.count * network.candidate);
    const situation = o.context.slice(0, network.context);
    context.apply(situation, 0, 1);
    candidate.apply(features, 0, o.count);
    const logits = new Float32Array(o.count);
    const value = runtime.score(situation, features, o.mask, o.count, logits, "value");
    return { action: logits.indexOf(Math.max(...logits)), value };
  };
}

/** Mean undiscounted reward of greedy play over some episodes, on seeds that training never uses. */
export function greedyReturn(game: Environment, heads: readonly TrainedHead[], episodes: number): number {
  const players = heads.map(player);
  let total = 0;
  for (let episode = 0; episode < episodes; episode++) {
    let observation = game.reset(episode);
    for (let over = false; !over; ) {
      const step = game.step(players[observation.head]!(observation).action);
      total += step.reward;
      over = step.terminated || step.truncated;
      observation = step.observation;
    }
  }
  return total / episodes;
}

/** Has Q-learning hold up a pole until greedy play does for 475 steps on average. @returns how many it came to */
export function bestOfPole(trainer: DqnTrainer): number {
  let best = 0;
  while (!trainer.done && best < 475) {
    trainer.advance(1000);
    best = greedyReturn(cartPole(), trainer.trained(), 50);
  }
  trainer.dispose();
  return best;
}
