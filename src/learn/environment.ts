import { assert } from "../kit/assert.js";

/**
 * The contract of a learning environment: Gymnasium's (`reset`, `step`, terminated apart from truncated), with the
 * candidates of each decision in place of a fixed action space, and with time: decisions come at irregular moments, so
 * each step says how much time went by.
 *
 * Observations and steps are reused objects: copy what you keep.
 */
export interface Environment {
  /** What its decisions look like, one space a kind of decision (a head of the network each). */
  readonly spaces: readonly Space[];
  /** True where the task goes on for ever and only the watching ends: rewards may then be centred on their average. */
  readonly continuing: boolean;
  /**
   * Where it tells them: what happened in the last step less what was to be expected, given what had happened before and what was
   * decided. Each is of mean 0 whatever is decided; for control variates. Reused: copy what you keep.
   */
  readonly innovations?: Float64Array;
  /**
   * Where it tells them: regenerations. `happened` says of the last step that the system began anew in it, as at the start of an
   * episode: what is to come does not depend on what was.
   */
  readonly regeneration?: { readonly happened: boolean };
  /** Where it tells them: rewards by the decision that they are due to. The same in all as those of its steps. */
  readonly charges?: Charges;
  /** Begins an episode; the same seed begins the same one. */
  reset(seed: number): Observation;
  /** Takes candidate `action` of the last observation. Not after an episode has ended: reset first. */
  step(action: number): Step;
  /** Where there are charges: another that stands where this one does, also where it was cut, and goes on by itself, uncut. */
  fork?(): { readonly environment: Environment; readonly observation: Observation };
}

/** What decisions have earned, as it became known in the last step. Reused: copy what you keep. */
export interface Charges {
  readonly count: number;
  /** [>= count] numbers of decisions in the episode, from 0. */
  readonly decisions: Int32Array;
  /** [>= count] what each of them earned. */
  readonly rewards: Float64Array;
  /** Whether more may come of the decisions from `from` to before `to`. */
  pending(from: number, to: number): boolean;
}

export interface Space {
  readonly name: string;
  /** Numbers that describe the situation; there may be none. */
  readonly context: number;
  /** Numbers that describe each candidate, at least 1. */
  readonly candidate: number;
}

export interface Observation {
  /** Index into `spaces`. */
  head: number;
  /** Candidates, at least 1. */
  count: number;
  /** [>= context] */
  context: Float32Array;
  /** [>= count * candidate] */
  candidates: Float32Array;
  /** [>= count], 1 = allowed; at least one is. */
  mask: Uint8Array;
}

export interface Step {
  /**
   * The next decision; after a truncation the situation in which the episode was cut (its value is what the future was
   * worth); after a termination not to be read.
   */
  observation: Observation;
  reward: number;
  /** Seconds since the decision, at least 0. */
  elapsed: number;
  /** The episode came to an end of its own: there is no future. */
  terminated: boolean;
  /** The episode was cut: there is a future, elsewhere. */
  truncated: boolean;
}

export function emptyObservation(spaces: readonly Space[], candidates = 16): Observation {
  const widest = (of: (space: Space) => number) => Math.max(0, ...spaces.map(of));
  return {
    head: 0,
    count: 0,
    context: new Float32Array(widest((space) => space.context)),
    candidates: new Float32Array(candidates * widest((space) => space.candidate)),
    mask: new Uint8Array(candidates),
  };
}

/** Makes room for `count` candidates; what was there is lost. */
export function reserve(observation: Observation, count: number, width: number): void {
  if (observation.mask.length >= count && observation.candidates.length >= count * width) return;
  observation.mask = new Uint8Array(count * 2);
  observation.candidates = new Float32Array(count * 2 * width);
}

/** A copy of an observation, no larger than it need be: for memories. */
export function kept(observation: Observation, { context, candidate }: Space): Observation {
  const { head, count } = observation;
  return {
    head,
    count,
    context: observation.context.slice(0, context),
    candidates: observation.candidates.slice(0, count * candidate),
    mask: observation.mask.slice(0, count),
  };
}

/** Environments that one learner plays may be different worlds, but what is seen and decided there is the same. */
export function requireSameSpaces(environments: readonly Pick<Environment, "spaces">[]): void {
  const [first, ...others] = environments.map(({ spaces }) => spaces);
  for (const [e, spaces] of others.entries()) {
    const same =
      spaces.length === first!.length &&
      spaces.every(({ name, context, candidate }, s) => {
        const like = first![s]!;
        return name === like.name && context === like.context && candidate === like.candidate;
      });
    assert(same, `environment ${e + 1} has other spaces than environment 0`);
  }
}
