import { FailureError, SwitchyardError } from "../kit/errors.js";

import { type SequentialState, SequentialStream } from "../kit/sequential-stream.js";
import type { Batch, NetworkRuntime } from "../policy/runtime/network/index.js";
import type { Normaliser } from "../policy/runtime/normalisation.js";
import { pick, softmax } from "./categorical.js";
import { DecisionStore, ownBytes } from "./decision-store.js";
import type { Charges, Environment, Observation, Step } from "./environment.js";
import { Episodes, type EpisodesState } from "./episodes.js";
import { RunningMoments } from "./running-moments.js";

/** What acts in a rollout for one head: its network, how it sees, and what it has seen so far. */
export interface Actor {
  readonly runtime: NetworkRuntime;
  readonly context: Normaliser;
  readonly candidate: Normaliser;
  /** Moments of the raw features: added to here, used from the next rollout on. */
  readonly seenContext: RunningMoments;
  readonly seenCandidate: RunningMoments;
}

/** State of one environment as plain data. */
export interface EpisodeState extends EpisodesState {
  readonly exploration: SequentialState;
}

/** Columns of a rollout, environment by environment: step t of environment e stands at e * length + t. */
export interface RolloutColumns {
  readonly rewards: Float64Array;
  readonly elapsed: Float64Array;
  readonly values: Float64Array;
  readonly nextValues: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** [steps, width]: what the environments tell of luck; of width 0 where they do not. */
  readonly innovations: Float64Array;
  /** Where the system began anew in a step, as far as the environments tell. */
  readonly regenerated: Uint8Array;
}

/** @param bytes what they lie in */
export function rolloutColumns(
  steps: number,
  innovations: number,
  bytes: (count: number) => ArrayBufferLike = ownBytes,
): RolloutColumns {
  const column = (numbers: number) => new Float64Array(bytes(numbers * Float64Array.BYTES_PER_ELEMENT));
  return {
    rewards: column(steps),
    elapsed: column(steps),
    values: column(steps),
    nextValues: column(steps),
    terminated: new Uint8Array(bytes(steps)),
    truncated: new Uint8Array(bytes(steps)),
    innovations: column(steps * innovations),
    regenerated: new Uint8Array(bytes(steps)),
  };
}

/** Which environments of a rollout are played here, when others are played elsewhere. */
export interface RolloutPart {
  /** Number of the first one. */
  readonly first: number;
  /** Of all of them. */
  readonly columns: RolloutColumns;
}

/** What an environment has shown of a head's features in a rollout. */
export interface Seen {
  readonly context: RunningMoments;
  readonly candidate: RunningMoments;
}

/**
 * Environments in step: each advances one decision at a time, and the networks answer for all of them at once. What comes of an
 * environment does not depend on which others are played with it.
 */
export class Rollout {
  readonly stores: readonly DecisionStore[];
  /** Of all environments, where it plays a part of them. */
  readonly columns: RolloutColumns;
  /** By environment and head: of the last rollout. */
  readonly seen: readonly (readonly Seen[])[];
  private readonly first: number;
  private readonly stepStores: readonly DecisionStore[];
  private readonly players: readonly Player[];
  private logits = new Float32Array(0);
  private probabilities = new Float64Array(0);
  private readonly answers: Float32Array;

  /**
   * @param length steps of each environment in a rollout
   * @param episodeSeed seed of an environment's n-th episode
   */
  constructor(
    environments: readonly Environment[],
    readonly length: number,
    seed: number,
    episodeSeed: (environment: number, episode: number) => number,
    part: RolloutPart | null = null,
  ) {
    const { spaces, innovations } = environments[0]!;
    this.first = part?.first ?? 0;
    this.stores = spaces.map((space) => new DecisionStore(space, part !== null));
    this.stepStores = spaces.map((space) => new DecisionStore(space));
    this.players = environments.map(
      (environment, at) =>
        new Player(environment, this.first + at, seed, (n) => episodeSeed(this.first + at, n)),
    );
    this.seen = environments.map(() =>
      spaces.map(({ context, candidate }) => ({
        context: new RunningMoments(context),
        candidate: new RunningMoments(candidate),
      })),
    );
    this.columns = part?.columns ?? rolloutColumns(environments.length * length, innovations?.length ?? 0);
    this.answers = new Float32Array(Math.max(1, environments.length));
  }

  /** Fills the columns and stores with `length` steps of every environment, and adds what was seen to the actors' moments. */
  collect(actors: readonly Actor[]): void {
    this.play(actors);
    for (const ofHeads of this.seen) addSeen(actors, ofHeads);
  }

  /** As `collect`, but what was seen stays apart. */
  play(actors: readonly Actor[]): void {
    const { players, length, stores } = this;
    for (const store of stores) store.clear();
    for (const { context, candidate } of this.seen.flat()) {
      context.clear();
      candidate.clear();
    }
    for (let t = 0; t < length; t++) {
      this.decideAll(actors, t);
      for (let e = 0; e < players.length; e++) this.stepOne(actors, e, t);
    }
    // The value of where everyone stands now closes the last step of those who go on.
    this.decideAll(actors, length);
    for (let e = 0; e < players.length; e++) this.settleApart(actors, e, length);
  }

  save(): EpisodeState[] {
    return this.players.map((player) => ({ ...player.save(), exploration: player.stream.state() }));
  }

  load(states: readonly EpisodeState[]): void {
    states.forEach((state, e) => {
      this.players[e]!.load(state);
      this.players[e]!.stream.restore(state.exploration);
    });
  }

  /** Lets each head answer for the environments that stand before a decision of its kind, and draws their actions. */
  private decideAll(actors: readonly Actor[], t: number): void {
    const { players, length, columns } = this;
    for (const store of this.stepStores) store.clear();
    for (let e = 0; e < players.length; e++) {
      const { observation } = players[e]!;
      const store = this.stepStores[observation.head]!;
      // First the adding: it may put larger columns in place of those that stand here.
      const b = store.add(observation);
      store.places[b] = e;
      if (t === length) continue;
      const { context, candidate } = this.seen[e]![observation.head]!;
      context.add(store.contexts, b * context.width, 1);
      candidate.add(store.candidates, store.offsets[b]! * candidate.width, observation.count);
    }
    for (let h = 0; h < actors.length; h++) {
      const batch = this.stepStores[h]!;
      if (batch.size === 0) continue;
      const actor = actors[h]!;
      const { size, rows } = batch;
      this.forward(actor, batch, size, rows);
      for (let b = 0; b < size; b++) {
        const e = batch.places[b]!;
        const value = this.answers[b]!;
        const place = (this.first + e) * length + t;
        if (t > 0 && !columns.terminated[place - 1] && !columns.truncated[place - 1])
          columns.nextValues[place - 1] = value;
        if (t === length) continue;
        const player = players[e]!;
        const from = batch.offsets[b]!;
        const to = batch.offsets[b + 1]!;
        const logSum = softmax(this.logits, from, to, this.probabilities);
        const row = pick(this.probabilities, from, to, player.stream.next());
        player.action = row - from;
        batch.actions[b] = row - from;
        batch.logProbs[b] = this.logits[row]! - logSum;
        batch.places[b] = place;
        columns.values[place] = value;
      }
      if (t < length) this.stores[h]!.append(batch);
    }
  }

  private stepOne(actors: readonly Actor[], e: number, t: number): void {
    const { columns } = this;
    const player = this.players[e]!;
    const place = (this.first + e) * this.length + t;
    const step = stepped(player);
    const { charges } = player.environment;
    columns.rewards[place] = charges === undefined ? step.reward : 0;
    if (charges !== undefined) this.credit(charges, e, t, player.taken - 1);
    columns.elapsed[place] = step.elapsed;
    columns.terminated[place] = step.terminated ? 1 : 0;
    columns.truncated[place] = step.truncated ? 1 : 0;
    columns.nextValues[place] = 0;
    const { innovations, regeneration } = player.environment;
    if (innovations !== undefined) columns.innovations.set(innovations, place * innovations.length);
    columns.regenerated[place] = regeneration?.happened ? 1 : 0;
    if (step.truncated) {
      columns.nextValues[place] = this.valueOf(actors, step.observation);
      this.settleApart(actors, e, t + 1);
    }
    if (step.terminated || step.truncated) player.begin();
  }

  /** What became known by step t, in which decision `latest` of the episode was taken; of decisions before the rollout, it is too late. */
  private credit({ count, decisions, rewards }: Charges, e: number, t: number, latest: number): void {
    for (let k = 0; k < count; k++) {
      const back = latest - decisions[k]!;
      if (back < 0 || back > t) continue;
      this.columns.rewards[(this.first + e) * this.length + t - back]! += rewards[k]!;
    }
  }

  /**
   * What the decisions of an environment's first `steps` steps have yet to earn, found by going on apart from it, by the same policy and
   * in the same future; no further than a rollout is long.
   */
  private settleApart(actors: readonly Actor[], e: number, steps: number): void {
    const player = this.players[e]!;
    const { charges } = player.environment;
    const { taken } = player;
    const first = Math.max(0, taken - steps);
    if (charges === undefined || !charges.pending(first, taken)) return;
    const { environment, observation } = player.environment.fork!();
    const stream = new SequentialStream("apart");
    stream.restore(player.stream.state());
    let at = observation;
    for (let more = 0; more < this.length && environment.charges!.pending(first, taken); more++) {
      const rows = this.answer(actors, at);
      softmax(this.logits, 0, rows, this.probabilities);
      const step = environment.step(pick(this.probabilities, 0, rows, stream.next()));
      const { count, decisions, rewards } = environment.charges!;
      for (let k = 0; k < count; k++) {
        const decision = decisions[k]!;
        if (decision < first || decision >= taken) continue;
        this.columns.rewards[(this.first + e) * this.length + steps - (taken - decision)]! += rewards[k]!;
      }
      if (step.terminated) return;
      at = step.observation;
    }
  }

  private valueOf(actors: readonly Actor[], observation: Observation): number {
    this.answer(actors, observation);
    return this.answers[0]!;
  }

  /** Logits and value of a single situation. @returns candidates */
  private answer(actors: readonly Actor[], observation: Observation): number {
    const store = this.stepStores[observation.head]!;
    store.clear();
    store.add(observation);
    this.forward(actors[observation.head]!, store, 1, store.rows);
    return store.rows;
  }

  private forward(actor: Actor, batch: Batch & { contexts: Float32Array }, size: number, rows: number): void {
    actor.context.apply(batch.contexts, 0, size);
    actor.candidate.apply(batch.candidates, 0, rows);
    if (rows > this.logits.length) {
      this.logits = new Float32Array(rows * 2);
      this.probabilities = new Float64Array(rows * 2);
    }
    actor.runtime.forward(batch, { logits: this.logits, values: this.answers });
  }
}

function stepped(player: Player): Step {
  try {
    return player.step(player.action);
  } catch (error) {
    if (error instanceof SwitchyardError) throw error;
    throw new FailureError(
      "ENVIRONMENT_FAILED",
      {
        what: `an environment threw: ${error instanceof Error ? error.message : String(error)}`,
        where: `environment ${player.number}, episode of seed ${player.seed}`,
        mend: "checkEnvironment() tries what its contract asks for",
      },
      { cause: error },
    );
  }
}

/** Adds what an environment has shown of every head's features to the moments of what acts there. */
export function addSeen(actors: readonly Actor[], seen: readonly Seen[]): void {
  actors.forEach(({ seenContext, seenCandidate }, h) => {
    seenContext.merge(seen[h]!.context);
    seenCandidate.merge(seen[h]!.candidate);
  });
}

/** Episodes of one environment, with the stream that explores in them. */
class Player extends Episodes {
  action = 0;
  readonly stream: SequentialStream;

  constructor(
    environment: Environment,
    readonly number: number,
    seed: number,
    seedOf: (episode: number) => number,
  ) {
    super(environment, seedOf);
    this.stream = new SequentialStream(`explore/${seed}/${number}`);
  }
}
