import { SequentialStream } from "../../kit/sequential-stream.js";
import { type Normalisation, Normaliser } from "../../policy/runtime/normalisation.js";
import { anyAllowed } from "../contextual-bandit.js";
import { type Environment, emptyObservation, reserve } from "../environment.js";
import { FeatureScales } from "../feature-scales.js";
import { RewardScale } from "../reward-scale.js";
import type { RewardUnit } from "./scaled-rewards.js";
import { observing, type Wrapper } from "./wrap.js";

/** What a look at an environment told, by which it can be normalised. */
export interface Measured {
  /** One a head, for `normalised`. */
  readonly features: readonly Normalisation[];
  /** For `scaledRewards`: discounted sums of rewards come to a deviation of 1. */
  readonly rewards: RewardUnit;
}

/**
 * Looks at an environment under random allowed actions. Scales are measured before, and then stay as they are: were they
 * to run on, as in Gymnasium's `NormalizeObservation`, an episode would depend on those before it, not on its seed alone.
 * @param horizon seconds after which a reward weighs 1 / e
 */
export function measured(
  environment: Environment,
  {
    seed = 1,
    steps = 1000,
    horizon,
    clip = 10,
  }: { readonly seed?: number; readonly steps?: number; readonly horizon: number; readonly clip?: number },
): Measured {
  const { spaces, continuing } = environment;
  const scales = spaces.map((space) => new FeatureScales(space, clip));
  const stream = new SequentialStream(`measured/${seed}`);
  const rewards = new RewardScale(continuing, horizon);
  let episode = seed;
  let observation = environment.reset(episode);
  for (let n = 0; n < steps; n++) {
    scales[observation.head]!.look(observation);
    const step = environment.step(anyAllowed(observation, stream));
    rewards.look(step);
    observation = step.terminated || step.truncated ? environment.reset(++episode) : step.observation;
  }
  rewards.settle();
  return {
    features: scales.map((each) => {
      each.fix();
      return each.normalisation;
    }),
    rewards: { centre: rewards.centre, scale: 1 / rewards.unit },
  };
}

/** Features over their deviations, centred and clipped, by what `measured` told: one normalisation a head. */
export function normalised(features: readonly Normalisation[]): Wrapper {
  return (environment: Environment): Environment => {
    const { spaces } = environment;
    const normalisers = features.map(({ context, candidate, clip }) => ({
      context: new Normaliser(context, clip),
      candidate: new Normaliser(candidate, clip),
    }));
    const seen = emptyObservation(spaces);
    return observing(environment, spaces, {
      show({ head, count, context, candidates, mask }) {
        const { context: width, candidate } = spaces[head]!;
        reserve(seen, count, candidate);
        seen.head = head;
        seen.count = count;
        seen.context.set(context.subarray(0, width));
        seen.candidates.set(candidates.subarray(0, count * candidate));
        seen.mask.set(mask.subarray(0, count));
        normalisers[head]!.context.apply(seen.context, 0, 1);
        normalisers[head]!.candidate.apply(seen.candidates, 0, count);
        return seen;
      },
    });
  };
}
