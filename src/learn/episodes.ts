import type { Environment, Observation, Step } from "./environment.js";

/** Where the episodes of an environment stand, as plain JSON: playing the actions again brings it back, bit for bit. */
export interface EpisodesState {
  readonly seed: number;
  readonly episodes: number;
  readonly actions: readonly number[];
}

/** One environment, episode after episode, with how it got to where it stands. */
export class Episodes {
  /** What was last observed: the environment's own, which its next step overwrites. */
  observation!: Observation;
  private actions: number[] = [];
  private episodes = -1;
  /** Of the episode that goes on. */
  seed = 0;

  /** @param seedOf seed of the n-th episode */
  constructor(
    readonly environment: Environment,
    private readonly seedOf: (episode: number) => number,
  ) {
    this.begin();
  }

  /** Decisions taken in the episode. */
  get taken(): number {
    return this.actions.length;
  }

  /** The next episode begins. */
  begin(): Observation {
    this.seed = this.seedOf(++this.episodes);
    this.actions = [];
    this.observation = this.environment.reset(this.seed);
    return this.observation;
  }

  step(action: number): Step {
    const step = this.environment.step(action);
    this.actions.push(action);
    this.observation = step.observation;
    return step;
  }

  save(): EpisodesState {
    return { seed: this.seed, episodes: this.episodes, actions: [...this.actions] };
  }

  load({ seed, episodes, actions }: EpisodesState): void {
    this.seed = seed;
    this.episodes = episodes;
    this.actions = [...actions];
    this.observation = this.environment.reset(seed);
    for (const action of actions) this.observation = this.environment.step(action).observation;
  }
}
