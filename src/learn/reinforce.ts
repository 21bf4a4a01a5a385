import { assert } from "../kit/assert.js";
import { type SequentialState, SequentialStream } from "../kit/sequential-stream.js";
import type { Activation } from "../policy/runtime/network/index.js";
import { a2cUpdate } from "./a2c.js";
import type { GradientBackend } from "./backend/index.js";
import { pick, softmax } from "./categorical.js";
import { DecisionStore } from "./decision-store.js";
import { diverged } from "./divergence.js";
import type { Environment, Observation } from "./environment.js";
import type { Lesson } from "./imitation.js";
import { LearningHead } from "./learning-head.js";
import { type HeadState, loadHeads, type TrainedHead } from "./network-head.js";
import { requireReinforceSettings } from "./require-settings.js";
import { variance } from "./running-moments.js";
import { trainingSeed } from "./trainer.js";

export interface ReinforceSettings {
  /** Determines weights, exploration and episodes. */
  readonly seed: number;
  /** Decisions to learn from in all, up to the last update's. */
  readonly decisions: number;
  /** Seconds after which a reward weighs 1 / e of what it weighs now. */
  readonly horizon: number;
  /** Episodes of different seeds in an update: arrival sequences, where the environment is a scenario. */
  readonly sequences: number;
  /** Episodes on each of these seeds: they differ by what was decided alone. At least 2, but for the baseline of a heuristic. */
  readonly rollouts: number;
  /**
   * `input-driven` holds a return against those of the same sequence; `mean` against those of all sequences; `heuristic` against
   * what a heuristic comes to on the same sequence from the same moment on, and what the learner is better than that elsewhere.
   */
  readonly baseline: "input-driven" | "mean" | "heuristic";
  /** Which one; for the baseline of a heuristic alone. */
  readonly heuristic?: string;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly entropyWeight: number;
  readonly maxGradientNorm: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly clip: number;
}

export const reinforceDefaults = {
  sequences: 4,
  rollouts: 8,
  baseline: "input-driven",
  learningRate: 3e-3,
  finalLearningRate: 1e-4,
  entropyWeight: 0.003,
  maxGradientNorm: 0.5,
  hidden: [64, 64],
  activation: "tanh",
  clip: 10,
} as const satisfies Partial<ReinforceSettings>;

export interface ReinforceProgress {
  readonly decisions: number;
  /** Mean reward a second. */
  readonly rewardRate: number;
  /** Deviation of the returns, and of what the baseline leaves of them. */
  readonly returnDeviation: number;
  readonly advantageDeviation: number;
  readonly entropy: number;
}

/** All of a trainer's state as plain JSON. */
export interface ReinforceState {
  readonly format: "switchyard.reinforce/1";
  readonly backend: string;
  readonly settings: ReinforceSettings;
  readonly decisions: number;
  readonly iterations: number;
  readonly exploration: SequentialState;
  readonly shuffle: SequentialState;
  readonly heads: readonly HeadState[];
}

/** An episode that was played: columns by decision. */
export interface Played {
  /** Seconds since the episode began at which each decision was made, never falling. */
  readonly times: readonly number[];
  /** What the future was worth from each decision on, discounted to it. */
  readonly returns: readonly number[];
}

/**
 * REINFORCE (Williams 1992) with input-driven baselines: Mao, Venkatakrishnan, Schwarzkopf and Alizadeh 2019, "Variance
 * reduction for reinforcement learning in input-driven environments", section 5, as Decima (Mao et al. 2019, section 5.3)
 * has it. Much of a return is the arrivals' doing, whatever is decided. So several episodes are played on each sequence
 * of arrivals, and a decision is judged by how much better its episode went on than the others on the same sequence did
 * from the same moment.
 */
export class ReinforceTrainer {
  private readonly environment: Environment;
  private readonly heads: readonly LearningHead[];
  private readonly stores: readonly DecisionStore[];
  private readonly steps: readonly DecisionStore[];
  private readonly explore: SequentialStream;
  private readonly shuffle: SequentialStream;
  private iterations = 0;
  private learned = 0;

  /** @param rule who plays the baseline where it is a heuristic's; its environment is then the one that is played */
  constructor(
    make: () => Environment,
    readonly settings: ReinforceSettings,
    private readonly backend: GradientBackend,
    private readonly rule: Lesson | null = null,
  ) {
    const { seed, sequences, baseline } = settings;
    requireReinforceSettings(settings);
    assert(
      (baseline === "heuristic") === (rule !== null),
      "the baseline of a heuristic needs one to play it",
    );
    assert(sequences >= 1 && sequences <= 250, `1 to 250 sequences an update, got ${sequences}`);
    this.environment = rule?.environment ?? make();
    const { spaces } = this.environment;
    this.heads = spaces.map((space) => new LearningHead(space, settings, backend));
    this.stores = spaces.map((space) => new DecisionStore(space));
    this.steps = spaces.map((space) => new DecisionStore(space));
    this.explore = new SequentialStream(`explore/${seed}`);
    this.shuffle = new SequentialStream(`shuffle/${seed}`);
  }

  get done(): boolean {
    return this.learned >= this.settings.decisions;
  }

  get decisions(): number {
    return this.learned;
  }

  /** Updates made so far. */
  get iteration(): number {
    return this.iterations;
  }

  /**
   * Plays every sequence so many times, and makes one step. The first of all only looks: it sets the scales.
   * @throws {FailureError} DIVERGED when gradients are no longer numbers
   */
  iterate(): ReinforceProgress {
    try {
      return this.playAndLearn();
    } catch (error) {
      throw diverged(error, `iteration ${this.iterations + 1}, after ${this.learned} decisions`);
    }
  }

  private playAndLearn(): ReinforceProgress {
    if (this.iterations === 0) this.playAll();
    const { groups, rules, reward, seconds } = this.playAll();
    const { settings, heads, stores } = this;
    const { decisions, learningRate, finalLearningRate, entropyWeight, maxGradientNorm } = settings;

    const everyone = groups.flat();
    const advantages = groups.flatMap((group, sequence) =>
      group.map((episode) => {
        const others = this.heldAgainst(episode, group, everyone, rules[sequence]);
        return episode.returns.map((value, i) => value - baselineAt(others, episode.times[i]!));
      }),
    );
    if (settings.baseline === "heuristic") shiftByOthers(advantages);
    const flat = Float64Array.from(advantages.flat());
    const scale = Math.sqrt(variance(flat)) + 1e-8;
    const normalised = flat.map((advantage) => advantage / scale);

    const rate = learningRate + (finalLearningRate - learningRate) * Math.min(1, this.learned / decisions);
    const update = { ...a2cUpdate, valueWeight: 0, entropyWeight, maxGradientNorm };
    const unused = new Float64Array(flat.length);
    const statistics = heads.map((head, h) =>
      head.update(stores[h]!, normalised, unused, rate, update, this.shuffle),
    );
    this.learned += flat.length;
    this.iterations++;
    return {
      decisions: this.learned,
      rewardRate: seconds > 0 ? reward / seconds : Number.NaN,
      returnDeviation: Math.sqrt(variance(Float64Array.from(everyone.flatMap(({ returns }) => returns)))),
      advantageDeviation: scale,
      entropy: statistics.reduce((sum, { entropy }) => sum + entropy / statistics.length, 0),
    };
  }

  private heldAgainst(
    episode: Played,
    group: readonly Played[],
    everyone: readonly Played[],
    rule: Played | undefined,
  ): readonly Played[] {
    switch (this.settings.baseline) {
      case "heuristic":
        return [rule!];
      case "input-driven":
        return group.filter((other) => other !== episode);
      case "mean":
        return everyone.filter((other) => other !== episode);
    }
  }

  trained(): TrainedHead[] {
    return this.heads.map((head) => head.trained());
  }

  /** All that `load` needs to go on bit for bit: between iterations no episode is under way. */
  save(): ReinforceState {
    return {
      format: "switchyard.reinforce/1",
      backend: this.backend.name,
      settings: this.settings,
      decisions: this.learned,
      iterations: this.iterations,
      exploration: this.explore.state(),
      shuffle: this.shuffle.state(),
      heads: this.heads.map((head) => head.save()),
    };
  }

  load(state: ReinforceState): void {
    loadHeads(this.heads, state.heads);
    this.learned = state.decisions;
    this.iterations = state.iterations;
    this.explore.restore(state.exploration);
    this.shuffle.restore(state.shuffle);
  }

  dispose(): void {
    for (const head of this.heads) head.dispose();
  }

  /** Episodes by sequence; their decisions are in the stores, in the same order. */
  private playAll() {
    const { settings, stores, heads } = this;
    for (const store of stores) store.clear();
    for (const head of heads) head.fix();
    const actors = heads.map((head) => head.actor());
    const totals = { reward: 0, seconds: 0, place: 0 };
    const rules: Played[] = [];
    const groups = Array.from({ length: settings.sequences }, (_, sequence) => {
      const seed = trainingSeed(settings.seed, sequence, this.iterations);
      if (this.rule !== null) rules.push(this.playRule(seed, this.rule));
      return Array.from({ length: settings.rollouts }, () => this.playOne(seed, actors, totals));
    });
    return { groups, rules, ...totals };
  }

  private playOne(
    seed: number,
    actors: readonly ReturnType<LearningHead["actor"]>[],
    totals: { reward: number; seconds: number; place: number },
  ): Played {
    const { environment, stores, steps, explore } = this;
    const first = environment.reset(seed);
    return this.episode(first, totals, (observation) => {
      const { head } = observation;
      const one = steps[head]!;
      one.clear();
      one.add(observation);
      const actor = actors[head]!;
      actor.seenContext.add(one.contexts, 0, 1);
      actor.seenCandidate.add(one.candidates, 0, one.rows);
      actor.context.apply(one.contexts, 0, 1);
      actor.candidate.apply(one.candidates, 0, one.rows);
      const logits = new Float32Array(one.rows);
      actor.runtime.forward(one, { logits, values: UNREAD });
      const p = new Float64Array(one.rows);
      const logSum = softmax(logits, 0, one.rows, p);
      const action = pick(p, 0, one.rows, explore.next());
      one.actions[0] = action;
      one.logProbs[0] = logits[action]! - logSum;
      one.places[0] = totals.place++;
      stores[head]!.append(one);
      return action;
    });
  }

  /** The baseline's episode: nothing is learned from its decisions. */
  private playRule(seed: number, rule: Lesson): Played {
    const first = rule.environment.reset(seed);
    rule.begin(seed);
    return this.episode(first, { reward: 0, seconds: 0 }, () => rule.answer());
  }

  /** Plays an episode that has begun to its end. */
  private episode(
    first: Observation,
    totals: { reward: number; seconds: number },
    decide: (observation: Observation) => number,
  ): Played {
    const { environment, settings } = this;
    const times: number[] = [];
    const rewards: number[] = [];
    const discounts: number[] = [];
    let observation = first;
    let now = 0;
    for (let over = false; !over; ) {
      const step = environment.step(decide(observation));
      times.push(now);
      rewards.push(step.reward);
      discounts.push(Math.exp(-step.elapsed / settings.horizon));
      now += step.elapsed;
      totals.reward += step.reward;
      totals.seconds += step.elapsed;
      over = step.terminated || step.truncated;
      observation = step.observation;
    }
    const returns = new Array<number>(times.length);
    // What is cut is cut for all of a sequence at the same time: there is no value head to say what is left.
    for (let i = times.length - 1, future = 0; i >= 0; i--) {
      future = rewards[i]! + discounts[i]! * future;
      returns[i] = future;
    }
    return { times, returns };
  }
}

/** Takes off each episode's advantages the mean of the other episodes': it says nothing of this one's decisions. */
function shiftByOthers(advantages: readonly number[][]): void {
  const means = advantages.map((own) => own.reduce((sum, a) => sum + a, 0) / own.length);
  const total = means.reduce((sum, mean) => sum + mean, 0);
  for (const [e, own] of advantages.entries()) {
    const others = advantages.length > 1 ? (total - means[e]!) / (advantages.length - 1) : 0;
    for (let i = 0; i < own.length; i++) own[i]! -= others;
  }
}

const UNREAD = new Float32Array(1);

/**
 * What a moment was worth on average to other episodes: their returns between decisions by straight lines, the first
 * decision's before it, nothing after the last.
 */
export function baselineAt(others: readonly Played[], time: number): number {
  let sum = 0;
  for (const { times, returns } of others) {
    let [low, high] = [0, times.length];
    // The first decision after the moment.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! > time) high = middle;
      else low = middle + 1;
    }
    if (low === 0) sum += returns[0]!;
    else if (times[low - 1] === time) {
      // Of several decisions at one time the first.
      let first = low - 1;
      while (first > 0 && times[first - 1] === time) first--;
      sum += returns[first]!;
    } else if (low < times.length) {
      const [t0, t1] = [times[low - 1]!, times[low]!];
      const share = (time - t0) / (t1 - t0);
      sum += (1 - share) * returns[low - 1]! + share * returns[low]!;
    }
  }
  return others.length > 0 ? sum / others.length : 0;
}
