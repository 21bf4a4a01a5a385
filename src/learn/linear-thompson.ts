import { normalQuantile } from "../kit/normal.js";
import { SequentialStream } from "../kit/sequential-stream.js";
import { bestAllowed, type ContextualBandit, PairFeatures } from "./contextual-bandit.js";
import type { Space } from "./environment.js";
import { LinearModel } from "./linear-model.js";

export interface LinearThompsonSettings {
  readonly seed: number;
  /** Deviation of the rewards about their means, or what is assumed of it: v of the paper. */
  readonly noise: number;
  readonly ridge?: number;
  /** Candidate features alone, without their products with the context. */
  readonly plain?: boolean;
}

/**
 * Thompson sampling with linear payoffs (Agrawal and Goyal 2013, "Thompson sampling for contextual bandits with linear
 * payoffs", algorithm 1): draws theta from N(A^-1 b, v^2 A^-1) and takes the greatest theta . x.
 */
export function linearThompson(
  space: Space,
  { seed, noise, ridge = 1, plain = false }: LinearThompsonSettings,
): ContextualBandit {
  const features = new PairFeatures(space, plain);
  const { width } = features;
  const model = new LinearModel(width, ridge);
  const stream = new SequentialStream(`thompson/${seed}`);
  const root = new Float64Array(width * width);
  const z = new Float64Array(width);
  const theta = new Float64Array(width);
  return {
    name: `thompson(noise=${noise})`,
    choose(observation) {
      model.root(root);
      for (let i = 0; i < width; i++) z[i] = normalQuantile(stream.next());
      for (let i = 0; i < width; i++) {
        let deviation = 0;
        for (let k = 0; k <= i; k++) deviation += root[i * width + k]! * z[k]!;
        theta[i] = model.weights[i]! + noise * deviation;
      }
      const x = features.of(observation);
      return bestAllowed(observation, (i) => {
        let value = 0;
        for (let f = 0, at = i * width; f < width; f++, at++) value += theta[f]! * x[at]!;
        return value;
      });
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
