/**
 * An algorithm of your own, in place of those that ship: REINFORCE (Williams 1992) on a linear score of each candidate's
 * features. An agent needs an `Environment` to learn in, and gives a `Policy` to be measured by.
 */
import {
  encode,
  featureSpec,
  type Observation,
  OrchestrationEnvironment,
  type Policy,
  type Scenario,
  SequentialStream,
} from "switchyard";

export interface LinearAgentOptions {
  readonly episodes: number;
  readonly learningRate: number;
  /** Seconds after which a cost weighs 1 / e. */
  readonly horizon: number;
  readonly seed: number;
}

/** Learns weights of the candidates' features for the `route` decisions of a scenario. */
export function linearAgent(scenario: Scenario, options: LinearAgentOptions): Policy {
  const { episodes, learningRate, horizon, seed } = options;
  const environment = new OrchestrationEnvironment(scenario, { episode: 3 * horizon });
  const width = featureSpec("route").candidate.length;
  const weights = new Float64Array(width);
  const coins = new SequentialStream(`linear-agent/${seed}`);
  let baseline = 0;
  for (let episode = 0; episode < episodes; episode++) {
    const steps: { slope: Float64Array; reward: number; discount: number }[] = [];
    let observation = environment.reset(2 ** 40 + seed * 100_000 + episode); // Seeds that no benchmark uses.
    for (let over = false; !over; ) {
      const { action, slope } = drawn(observation, weights, coins);
      const step = environment.step(action);
      steps.push({ slope, reward: step.reward, discount: Math.exp(-step.elapsed / horizon) });
      over = step.terminated || step.truncated;
      observation = step.observation;
    }
    let future = 0;
    for (const { slope, reward, discount } of steps.reverse()) {
      future = reward + discount * future;
      const advantage = future - baseline;
      baseline += 0.01 * advantage;
      for (let f = 0; f < width; f++) weights[f]! += (learningRate * advantage * slope[f]!) / steps.length;
    }
  }
  const context = new Float32Array(featureSpec("route").context.length);
  return {
    name: "linear-agent",
    kinds: ["route"],
    reset() {},
    decide(view) {
      const candidates = new Float32Array(view.count * width);
      const mask = new Uint8Array(view.count);
      encode(view, context, 0, candidates, 0, mask, 0);
      const scores = scoresOf({ head: 0, count: view.count, context, candidates, mask }, weights);
      return scores.indexOf(Math.max(...scores));
    },
  };
}

/** A candidate drawn by the softmax of its scores, and the gradient of the log of its probability. */
function drawn(o: Observation, weights: Float64Array, coins: SequentialStream) {
  const odds = scoresOf(o, weights).map((score, _, all) => Math.exp(score - Math.max(...all)));
  const sum = odds.reduce((total, each) => total + each, 0);
  let left = coins.next() * sum;
  const action = Math.max(
    0,
    odds.findIndex((each) => (left -= each) < 0),
  );
  const slope = weights.map((_, f) =>
    odds.reduce(
      (total, each, i) => total - (each / sum) * feature(o, weights, i, f),
      feature(o, weights, action, f),
    ),
  );
  return { action, slope };
}

const feature = (o: Observation, w: Float64Array, i: number, f: number) => o.candidates[i * w.length + f]!;

const scoresOf = (o: Observation, weights: Float64Array): number[] =>
  Array.from({ length: o.count }, (_, i) =>
    o.mask[i] === 1 ? weights.reduce((sum, w, f) => sum + w * feature(o, weights, i, f), 0) : -Infinity,
  );
