import { DecisionStore } from "../decision-store.js";
import type { Space } from "../environment.js";
import type { TrainedHead } from "../network-head.js";
import {
  type Actor,
  addSeen,
  type EpisodeState,
  type Rollout,
  type RolloutColumns,
  type Seen,
} from "../rollout.js";
import { RunningMoments } from "../running-moments.js";
import type { Collected } from "./messages.js";
import type { Team } from "./team.js";

/** Environments of one rollout that several threads play: which ones, member by member. */
export function partOf(
  member: number,
  threads: number,
  environments: number,
): { first: number; count: number } {
  const players = Math.min(threads, environments);
  const from = (m: number) => Math.floor((Math.min(m, players) * environments) / players);
  return { first: from(member), count: from(member + 1) - from(member) };
}

/** A rollout of which each thread of a team plays a part: what comes of it is what one thread would have played. */
export class TeamRollout {
  readonly stores: readonly DecisionStore[];
  readonly length: number;
  /** Of all environments. */
  readonly columns: RolloutColumns;

  /**
   * @param mine this thread's part, the first, on the columns of all
   * @param environments of all of them
   * @param heads as they stand
   */
  constructor(
    private readonly team: Team,
    private readonly mine: Rollout,
    private readonly environments: number,
    private readonly spaces: readonly Space[],
    private readonly heads: () => readonly TrainedHead[],
  ) {
    this.stores = spaces.map((space) => new DecisionStore(space, true));
    this.length = mine.length;
    this.columns = mine.columns;
  }

  collect(actors: readonly Actor[]): void {
    const { mine, stores } = this;
    const heads = this.heads().map(({ parameters, normalisation }) => ({ parameters, normalisation }));
    const answers = this.ask(
      () => ({ do: "collect", actors: heads }),
      () => mine.play(actors),
    ).answers as Collected[];
    for (const ofHeads of mine.seen) addSeen(actors, ofHeads);
    for (const ofHeads of answers.flatMap(({ seen }) => seen)) {
      addSeen(
        actors,
        ofHeads.map(
          ({ context, candidate }, h): Seen => ({
            context: loaded(this.spaces[h]!.context, context),
            candidate: loaded(this.spaces[h]!.candidate, candidate),
          }),
        ),
      );
    }
    stores.forEach((store, h) => {
      store.clear();
      for (const part of [mine, ...answers]) store.append(part.stores[h]!);
    });
  }

  save(): EpisodeState[] {
    const { mine, answers } = this.ask(
      () => ({ do: "save" }),
      () => this.mine.save(),
    );
    return [...mine, ...(answers as EpisodeState[][]).flat()];
  }

  load(states: readonly EpisodeState[]): void {
    const own = ({ first, count }: { first: number; count: number }) => states.slice(first, first + count);
    this.ask(
      (member) => ({ do: "load", states: own(this.part(member)) }),
      () => this.mine.load(own(this.part(0))),
    );
  }

  /** Asks those who play. */
  private ask<Mine>(job: Parameters<Team["ask"]>[0], mine: () => Mine) {
    return this.team.ask((member) => (this.part(member).count > 0 ? job(member) : null), mine);
  }

  private part(member: number) {
    return partOf(member, this.team.size, this.environments);
  }
}

function loaded(width: number, saved: ReturnType<RunningMoments["save"]>): RunningMoments {
  const moments = new RunningMoments(width);
  moments.load(saved);
  return moments;
}
