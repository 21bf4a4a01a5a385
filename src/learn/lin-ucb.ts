import { bestAllowed, type ContextualBandit, PairFeatures } from "./contextual-bandit.js";
import type { Observation, Space } from "./environment.js";
import { LinearModel } from "./linear-model.js";

export interface LinUcbSettings {
  /** Standard errors that are granted to what is little known. */
  readonly alpha: number;
  readonly ridge?: number;
  /** Candidate features alone, without their products with the context. */
  readonly plain?: boolean;
}

/**
 * LinUCB (Li, Chu, Langford and Schapire 2010, "A contextual-bandit approach to personalized news article
 * recommendation", algorithm 1; with one model shared by all arms as in Chu, Li, Reyzin and Schapire 2011, algorithm 1):
 * takes the greatest theta . x + alpha sqrt(x^T A^-1 x).
 */
export function linUcb(space: Space, { alpha, ridge = 1, plain = false }: LinUcbSettings): ContextualBandit {
  const features = new PairFeatures(space, plain);
  const model = new LinearModel(features.width, ridge);
  const { width } = features;
  return {
    name: `linucb(alpha=${alpha})`,
    choose(observation: Observation) {
      const x = features.of(observation);
      return bestAllowed(
        observation,
        (i) => model.mean(x, i * width) + alpha * Math.sqrt(model.spread(x, i * width)),
      );
    },
    best(observation) {
      const x = features.of(observation);
      return bestAllowed(observation, (i) => model.mean(x, i * width));
    },
    learn(observation, action, reward) {
      model.add(features.of(observation), action * width, reward);
    },
  };
}
