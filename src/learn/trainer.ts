import { assert } from "../kit/assert.js";
import { InputError } from "../kit/errors.js";
import { mapped } from "../kit/mapped.js";
import { type SequentialState, SequentialStream } from "../kit/sequential-stream.js";
import { type Activation, sharedGround } from "../policy/runtime/network/index.js";
import type { GradientBackend } from "./backend/index.js";
import { ControlVariates, type SavedControl } from "./control-variates.js";
import { ownBytes, sharedBytes } from "./decision-store.js";
import { diverged } from "./divergence.js";
import { type Environment, requireSameSpaces, type Space } from "./environment.js";
import { advantages, type Trajectory } from "./gae.js";
import { type Beginning, LearningHead } from "./learning-head.js";
import { type HeadState, loadHeads, type TrainedHead } from "./network-head.js";
import type { PpoSettings, PpoStatistics } from "./ppo.js";
import { RegenerativeRate, type SavedRegenerativeRate } from "./regenerative-rate.js";
import { requireTrainerSettings } from "./require-settings.js";
import { type EpisodeState, Rollout, type RolloutColumns, rolloutColumns } from "./rollout.js";
import { RunningMoments, variance } from "./running-moments.js";
import type { EnvironmentSource } from "./threads/environment-source.js";
import { type EnvironmentTraits, traitsOf } from "./threads/messages.js";
import { Team } from "./threads/team.js";
import { partOf, TeamRollout } from "./threads/team-rollout.js";

export interface TrainerSettings {
  /** Determines weights, exploration, shuffles and episodes. */
  readonly seed: number;
  /** Decisions to learn from in all; the learning rate falls to `finalLearningRate` on the way. */
  readonly decisions: number;
  readonly environments: number;
  /** Steps of each environment between updates. */
  readonly rollout: number;
  /**
   * The horizon: seconds after which a cost weighs 1 / e of what it weighs now. Continuous discounting, so that it does
   * not depend on how often decisions come.
   */
  readonly horizon: number;
  readonly lambda: number;
  readonly learningRate: number;
  readonly finalLearningRate: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** A flat network for decisions of so many candidates, in place of a scorer of each; of environments with one head. */
  readonly flat?: number;
  /** Normalised features and rewards are kept within [-clip, clip]. */
  readonly clip: number;
  /**
   * Iterations at the start in which the value heads alone learn: after `begin`, so that values that know nothing do not
   * spoil what the policy was taught. 0 by default.
   */
  readonly valueIterations?: number;
  /**
   * Takes off advantages what was luck, as far as environments tell it (`Environment.innovations`): the same mean with less noise.
   * False by default.
   */
  readonly controlVariates?: boolean;
  /**
   * Estimates by cycles between regenerations (`Environment.regeneration`): a decision is answered for until the system begins
   * anew, and values are relative to that. False by default.
   */
  readonly regenerative?: boolean;
  /**
   * A decision earns what the workflow that it is about costs (`Environment.charges`), in place of what falls due until the next
   * decision: the same total. False by default.
   */
  readonly workflowCosts?: boolean;
  readonly ppo: PpoSettings;
}

export const trainerDefaults = {
  environments: 16,
  rollout: 256,
  lambda: 0.95,
  learningRate: 1e-3,
  finalLearningRate: 1e-5,
  hidden: [64, 64],
  activation: "tanh",
  clip: 10,
  valueIterations: 0,
  controlVariates: false,
  regenerative: false,
  workflowCosts: false,
  ppo: {
    epochs: 4,
    minibatch: 512,
    clip: 0.2,
    valueWeight: 0.5,
    entropyWeight: 0.003,
    maxGradientNorm: 0.5,
    targetKl: 0.03,
  },
} as const satisfies Partial<TrainerSettings>;

/** What one iteration (a rollout and its updates) saw. */
export interface Iteration {
  readonly iteration: number;
  /** Decisions learned from so far. */
  readonly decisions: number;
  /** Mean reward per second in the rollout: minus the cost rate. */
  readonly rewardRate: number;
  /** Share of the returns' variance that the value heads explain. */
  readonly explainedVariance: number;
  /** Share of the advantages' variance that control variates took off; not there without them. */
  readonly luckRemoved?: number;
  /** Regenerations in the rollout; not there without regenerative estimates. */
  readonly cycles?: number;
  readonly learningRate: number;
  /** By head. */
  readonly heads: readonly PpoStatistics[];
}

/** All of a trainer's state as plain JSON: `load` continues bit for bit. */
export interface TrainerState {
  readonly format: "switchyard.trainer/2";
  readonly backend: string;
  readonly settings: TrainerSettings;
  readonly decisions: number;
  readonly iterations: number;
  /** By world; empty before the first rollout. */
  readonly rewardRates: readonly number[];
  readonly returns: { readonly count: number; readonly mean: number[]; readonly m2: number[] };
  readonly running: readonly number[];
  readonly shuffle: SequentialState;
  readonly episodes: readonly EpisodeState[];
  readonly heads: readonly HeadState[];
  readonly control?: SavedControl;
  /** By world. */
  readonly regenerative?: readonly SavedRegenerativeRate[];
}

/** Who trains. What comes of it does not depend on it. */
export interface Threads {
  /** This thread, and workers beside it. */
  readonly count: number;
  /** The same environments for workers; where there is none, this thread plays all of them, and the others only update. */
  readonly environments?: EnvironmentSource;
}

export type { Beginning } from "./learning-head.js";
export type { TrainedHead } from "./network-head.js";

/**
 * Trains a policy by PPO on environments in step. Call `iterate` until `done`; `heads` gives the policy as it stands,
 * `save` and `load` its whole state. No clock, no I/O: whoever drives it reports and stores.
 */
export class Trainer {
  readonly spaces: readonly Space[];
  private readonly heads: readonly LearningHead[];
  private readonly rollout: Rollout | TeamRollout;
  private readonly team: Team | null;
  private readonly shuffle: SequentialStream;
  private readonly returnMoments = new RunningMoments(1);
  private readonly running: Float64Array;
  private readonly continuing: boolean;
  /** By world; empty before the first rollout. */
  private rewardRates = new Float64Array(0);
  /** What is reckoned of the rollout's steps, [steps] each; reused. */
  private readonly discounts: Float64Array;
  private readonly estimated: Float64Array;
  private readonly returns: Float64Array;
  private readonly normalised: Float64Array;
  private readonly control: ControlVariates | null;
  /** By world; null without regenerative estimates. */
  private readonly cycles: readonly RegenerativeRate[] | null;
  private iterations = 0;
  private learned = 0;

  /**
   * @param make the e-th environment: they may be different worlds, but of the same spaces
   * @param worlds so many different ones, in turn: environments e and e + worlds play the same. Each has an average of its own,
   * or whoever plays the busiest would seem to decide badly whatever it does
   * @param threads a network of the caller's own (`backend.own`) is trained on this thread alone, whatever they are
   * @throws {InputError} BAD_SETTING where a setting is out of its range, or control variates, regenerative estimates or costs by workflow are asked for, and there are none to be had
   */
  constructor(
    make: (environment: number) => Environment,
    readonly settings: TrainerSettings,
    private readonly backend: GradientBackend,
    private readonly worlds = 1,
    threads: Threads = { count: 1 },
  ) {
    requireTrainerSettings(settings);
    const { seed, environments, rollout: length } = settings;
    const team = teamFor(threads, backend);
    this.team = team;
    try {
      const source = team === null ? undefined : threads.environments;
      const here = source === undefined ? environments : partOf(0, team!.size, environments).count;
      const played = Array.from({ length: here }, (_, e) => make(e));
      const [first] = played.map(traitsOf);
      const { spaces, innovations } = first!;
      this.spaces = spaces;
      this.heads = spaces.map((space) => {
        const together = team !== null && backend.createShared !== undefined;
        const shared = together ? { crew: team.crew, ground: sharedGround() } : null;
        return new LearningHead(space, settings, backend, shared);
      });
      this.shuffle = new SequentialStream(`shuffle/${seed}`);
      this.running = new Float64Array(environments);
      const steps = environments * length;
      this.discounts = new Float64Array(steps);
      this.estimated = new Float64Array(steps);
      // Those that updates are made by are posted to who helps with them.
      const bytes = team === null ? ownBytes : sharedBytes;
      this.returns = new Float64Array(bytes(steps * Float64Array.BYTES_PER_ELEMENT));
      this.normalised = new Float64Array(bytes(steps * Float64Array.BYTES_PER_ELEMENT));
      const part =
        team === null ? null : { first: 0, columns: rolloutColumns(steps, innovations, sharedBytes) };
      const seedOf = (environment: number, episode: number) => trainingSeed(seed, environment, episode);
      const mine = new Rollout(played, length, seed, seedOf, part);
      const elsewhere = team === null ? [] : this.openTeam(team, source, mine.columns);
      const all = [...played.map(traitsOf), ...elsewhere];
      requireSameSpaces(all);
      this.continuing = all.every(({ continuing }) => continuing);
      this.rollout =
        elsewhere.length === 0
          ? mine
          : new TeamRollout(team!, mine, environments, spaces, () => this.trained());
      this.control = settings.controlVariates === true ? controlOf(all) : null;
      if (settings.workflowCosts === true) {
        requireTold(
          all.every(({ charges }) => charges),
          "workflowCosts",
          "workflowCosts",
        );
      }
      this.cycles = null;
      if (settings.regenerative === true) {
        requireTold(
          all.every(({ regenerates, continuing }) => regenerates && continuing),
          "regenerative",
          "regenerations",
        );
        this.cycles = Array.from({ length: worlds }, () => new RegenerativeRate(environments));
      }
    } catch (error) {
      team?.close();
      throw error;
    }
  }

  get done(): boolean {
    return this.learned >= this.settings.decisions;
  }

  /** Decisions learned from so far. */
  get decisions(): number {
    return this.learned;
  }

  /**
   * One rollout and its updates. The first rollout of all only looks: it sets the scales of features and rewards.
   * @throws {FailureError} DIVERGED when gradients are no longer numbers; the weights are then those before the update
   */
  iterate(): Iteration {
    try {
      return this.playAndLearn();
    } catch (error) {
      throw diverged(error, `iteration ${this.iterations + 1}, after ${this.learned} decisions`);
    }
  }

  private playAndLearn(): Iteration {
    const { rollout, heads, settings } = this;
    if (this.iterations === 0) this.collect();
    const rewardRate = this.collect();
    const estimated = this.estimate();
    const progress = Math.min(1, this.learned / settings.decisions);
    const learningRate =
      settings.learningRate + (settings.finalLearningRate - settings.learningRate) * progress;
    const valuesAlone = this.iterations < (settings.valueIterations ?? 0);
    if (valuesAlone) this.normalised.fill(0);
    const ppo = valuesAlone ? { ...settings.ppo, entropyWeight: 0 } : settings.ppo;
    const before = heads.map((head) => head.weights());
    let statistics: readonly PpoStatistics[];
    try {
      statistics = this.update(learningRate, ppo);
    } catch (error) {
      heads.forEach((head, h) => {
        head.setWeights(before[h]!);
      });
      throw error;
    }
    this.learned += rollout.columns.rewards.length;
    this.iterations++;
    return {
      iteration: this.iterations,
      decisions: this.learned,
      rewardRate,
      ...estimated,
      learningRate,
      heads: statistics,
    };
  }

  /** Begins from what was taught, before the first iteration; networks and spaces must be the same. */
  begin(heads: readonly Beginning[]): void {
    assert(this.iterations === 0, "a trainer begins once, before it has learned anything");
    assert(heads.length === this.heads.length, "a beginning for every head");
    heads.forEach((beginning, h) => {
      this.heads[h]!.begin(beginning);
    });
  }

  /** The policy as it stands: copies. */
  trained(): TrainedHead[] {
    return this.heads.map((head) => head.trained());
  }

  save(): TrainerState {
    return {
      format: "switchyard.trainer/2",
      backend: this.backend.name,
      settings: this.settings,
      decisions: this.learned,
      iterations: this.iterations,
      rewardRates: [...this.rewardRates],
      returns: this.returnMoments.save(),
      running: [...this.running],
      shuffle: this.shuffle.state(),
      episodes: this.rollout.save(),
      heads: this.heads.map((head) => head.save()),
      ...(this.control === null ? {} : { control: this.control.save() }),
      ...(this.cycles === null ? {} : { regenerative: this.cycles.map((rate) => rate.save()) }),
    };
  }

  load(state: TrainerState): void {
    loadHeads(this.heads, state.heads);
    assert(state.episodes.length === this.settings.environments, "a checkpoint with other environments");
    this.learned = state.decisions;
    this.iterations = state.iterations;
    this.rewardRates = Float64Array.from(state.rewardRates);
    this.returnMoments.load(state.returns);
    this.running.set(state.running);
    this.shuffle.restore(state.shuffle);
    this.rollout.load(state.episodes);
    if (state.control !== undefined) this.control?.load(state.control);
    state.regenerative?.forEach((saved, world) => {
      this.cycles?.[world]?.load(saved);
    });
  }

  /** Ends the threads that helped, if there were any. Not to be used after. */
  dispose(): void {
    this.team?.close();
    for (const head of this.heads) head.dispose();
  }

  /** @returns what workers play */
  private openTeam(
    team: Team,
    source: EnvironmentSource | undefined,
    columns: RolloutColumns,
  ): EnvironmentTraits[] {
    const { environments, rollout: length, seed } = this.settings;
    const heads = this.heads.map(({ space, network, together }) => ({
      space,
      network,
      ground: together?.ground ?? null,
    }));
    return team.open((member) => {
      const part = partOf(member, team.size, environments);
      const plays = source !== undefined && part.count > 0;
      return {
        backend: this.backend.name,
        heads,
        part: plays ? { source, ...part, columns, length, seed } : null,
      };
    });
  }

  private update(learningRate: number, settings: PpoSettings): PpoStatistics[] {
    const { team, rollout, shuffle, normalised, returns } = this;
    const before = rollout.columns.values;
    return this.heads.map((head, h) => {
      const store = rollout.stores[h]!;
      const update = () => head.update(store, normalised, returns, learningRate, settings, shuffle, before);
      if (team === null || head.together === null) return update();
      // All of them are shared: none is copied.
      const columns = { store: store.columns(), advantages: normalised, returns, before };
      const state = shuffle.state();
      return team.inStep(
        { do: "update", head: h, ...columns, learningRate, settings, shuffle: state },
        update,
      );
    });
  }

  /** @returns mean reward a second, over the worlds */
  private collect(): number {
    for (const head of this.heads) head.fix();
    this.rollout.collect(mapped(this.heads, (head) => head.actor()));
    const { discounts, rollout, settings } = this;
    const { elapsed } = rollout.columns;
    for (let i = 0; i < discounts.length; i++) discounts[i] = Math.exp(-elapsed[i]! / settings.horizon);
    return this.scaleRewards();
  }

  /**
   * Rewards to units of about 1: centred on their running rate where the task goes on for ever (the differential
   * reward of average-cost problems), over the deviation of their discounted sums.
   * @returns their rate before
   */
  private scaleRewards(): number {
    const { rollout, settings, running, returnMoments, worlds, discounts } = this;
    const { length } = rollout;
    const { rewards, elapsed, terminated, truncated } = rollout.columns;
    const rates = new Float64Array(worlds);
    const seconds = new Float64Array(worlds);
    for (let i = 0; i < rewards.length; i++) {
      const world = Math.floor(i / length) % worlds;
      rates[world]! += rewards[i]!;
      seconds[world]! += elapsed[i]!;
    }
    for (let w = 0; w < worlds; w++) rates[w] = seconds[w]! > 0 ? rates[w]! / seconds[w]! : 0;
    if (this.rewardRates.length === 0) this.rewardRates = rates.slice();
    for (let w = 0; w < worlds; w++) this.rewardRates[w]! += RATE_STEP * (rates[w]! - this.rewardRates[w]!);
    this.followCycles();
    const sum = new Float64Array(1);
    for (let e = 0; e < running.length; e++) {
      const centre = this.centreOf(e % worlds);
      for (let t = 0; t < length; t++) {
        const i = e * length + t;
        rewards[i]! -= centre * elapsed[i]!;
        running[e] = running[e]! * discounts[i]! + rewards[i]!;
        sum[0] = running[e]!;
        returnMoments.add(sum, 0, 1);
        if (terminated[i] || truncated[i] || this.regenerated?.[i]) running[e] = 0;
      }
    }
    const deviation = Math.sqrt(returnMoments.m2[0]! / returnMoments.count) || 1;
    const { clip } = settings;
    for (let i = 0; i < rewards.length; i++) {
      rewards[i] = Math.min(clip, Math.max(-clip, rewards[i]! / deviation));
    }
    return total(rates) / worlds;
  }

  /** What a second is held to be worth: nothing where the task ends of itself. */
  private centreOf(world: number): number {
    if (this.cycles !== null) return this.cycles[world]!.value;
    return this.continuing ? this.rewardRates[world]! : 0;
  }

  private followCycles(): void {
    const { cycles, worlds, running } = this;
    if (cycles === null) return;
    const { length, columns } = this.rollout;
    for (const rate of cycles) rate.fade();
    for (let e = 0; e < running.length; e++) {
      const from = e * length;
      const elapsed = columns.elapsed.subarray(from, from + length);
      cycles[e % worlds]!.add(e, this.trajectory(e, columns.rewards), elapsed);
    }
  }

  /** Where the system began anew; undefined where nobody asks. */
  private get regenerated(): Uint8Array | undefined {
    return this.cycles === null ? undefined : this.rollout.columns.regenerated;
  }

  /**
   * Advantages, and what values should have said, of the rollout's steps. In loops without callbacks, on columns that stay: a callback
   * that is made anew each time loses its code at every major collection, and is compiled again as long as the training lasts.
   */
  private estimate() {
    const { control, estimated, returns, normalised } = this;
    const { values, rewards } = this.rollout.columns;
    this.advantagesOf(rewards, estimated);
    const luck = control === null ? {} : { luckRemoved: this.takeOffLuck(control) };
    for (let i = 0; i < estimated.length; i++) returns[i] = estimated[i]! + values[i]!;
    const unexplained = variance(estimated);
    const explainedVariance = 1 - unexplained / Math.max(variance(returns), 1e-12);
    const mean = total(estimated) / estimated.length;
    const deviation = Math.sqrt(unexplained) + 1e-8;
    for (let i = 0; i < estimated.length; i++) normalised[i] = (estimated[i]! - mean) / deviation;
    const cycles = this.cycles === null ? {} : { cycles: total(this.rollout.columns.regenerated) };
    return { explainedVariance, ...luck, ...cycles };
  }

  /** Takes off the estimated advantages what was luck. @returns the share of their variance that it was */
  private takeOffLuck(control: ControlVariates): number {
    const { estimated } = this;
    const { rewards, innovations } = this.rollout.columns;
    const before = variance(estimated);
    const withoutLuck = control.luck(innovations);
    for (let i = 0; i < rewards.length; i++) withoutLuck[i] = rewards[i]! - withoutLuck[i]!;
    const effect = new Float64Array(estimated.length);
    this.advantagesOf(withoutLuck, effect);
    for (let i = 0; i < effect.length; i++) effect[i] = estimated[i]! - effect[i]!;
    const { share } = control;
    control.learn(estimated, innovations, effect);
    for (let i = 0; i < effect.length; i++) estimated[i] = estimated[i]! - share * effect[i]!;
    return 1 - variance(estimated) / Math.max(before, 1e-12);
  }

  private advantagesOf(rewards: Float64Array, out: Float64Array): void {
    const { rollout, settings, running } = this;
    const { length } = rollout;
    for (let e = 0; e < running.length; e++) {
      const part = out.subarray(e * length, (e + 1) * length);
      advantages(this.trajectory(e, rewards), settings.lambda, part);
    }
  }

  /** The steps of one environment. @param rewards of all */
  private trajectory(environment: number, rewards: Float64Array): Trajectory {
    const { rollout, regenerated, discounts } = this;
    const { length, columns } = rollout;
    const slice = <T extends Float64Array | Uint8Array>(column: T): T =>
      column.subarray(environment * length, (environment + 1) * length) as T;
    return {
      rewards: slice(rewards),
      discounts: slice(discounts),
      values: slice(columns.values),
      nextValues: slice(columns.nextValues),
      terminated: slice(columns.terminated),
      truncated: slice(columns.truncated),
      ...(regenerated === undefined ? {} : { regenerated: slice(regenerated) }),
    };
  }
}

/** Threads that help, where they can. */
function teamFor({ count, environments }: Threads, backend: GradientBackend): Team | null {
  const useful = backend.createShared !== undefined || environments !== undefined;
  return count > 1 && useful && backend.own === undefined ? new Team(count) : null;
}

function controlOf(all: readonly EnvironmentTraits[]): ControlVariates {
  const widths = all.map(({ innovations }) => innovations);
  const [width = 0] = widths;
  if (width > 0 && widths.every((other) => other === width)) return new ControlVariates(width);
  throw new InputError("BAD_SETTING", {
    what:
      width > 0
        ? "environments tell of luck by different clocks"
        : "there are no control variates: no arrivals are Poisson, and no pool's attempts end without memory, or nobody was asked",
    where: "controlVariates",
    mend: "leave control variates out, or give the environments `innovations: true` and exponential times",
  });
}

function requireTold(told: boolean, setting: string, option: string): void {
  if (told) return;
  throw new InputError("BAD_SETTING", {
    what: `the environments tell of no ${option}`,
    where: setting,
    mend: `leave ${setting} out, or give the environments \`${option}: true\``,
  });
}

function total(column: Float64Array | Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i]!;
  return sum;
}

/** How fast the running reward rate follows the rollouts. */
const RATE_STEP = 0.05;

/**
 * Seeds of training episodes: all at or above 2^40, so that no benchmark, whose seeds are below, ever meets one.
 */
export function trainingSeed(seed: number, environment: number, episode: number): number {
  return (
    2 ** 40 + (((seed % 2 ** 16) + 2 ** 16) % 2 ** 16) * 2 ** 24 + environment * 2 ** 16 + (episode % 2 ** 16)
  );
}

/** Seeds that validation uses: below those of training, above those of benchmarks. */
export function validationSeeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 2 ** 36 + i);
}

/** Seeds on which what validation chose is compared for the last time: nothing was ever chosen by them. */
export function finalSeeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 2 ** 36 + 2 ** 32 + i);
}

/** Seeds from here on are kept for training and validation; a benchmark refuses them. */
export const FIRST_RESERVED_SEED = 2 ** 36;
