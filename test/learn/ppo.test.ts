import { expect, test } from "vitest";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { adamStep, norm } from "../../src/learn/backend/adam.js";
import type { Trainable } from "../../src/learn/backend/index.js";
import { DecisionStore } from "../../src/learn/decision-store.js";
import { PpoScratch, type PpoSettings, ppoUpdate, shuffled } from "../../src/learn/ppo.js";
import { sharedJson } from "../support/shared.js";

const SPACE = { name: "test", context: 1, candidate: 1 };

const once: PpoSettings = {
  epochs: 1,
  minibatch: 1_000_000,
  clip: 0.2,
  valueWeight: 0.7,
  entropyWeight: 0.05,
  maxGradientNorm: Number.POSITIVE_INFINITY,
  targetKl: Number.POSITIVE_INFINITY,
};

/** A decision with what the network answers to it. */
interface Example {
  /** -Infinity where masked. */
  readonly logits: readonly number[];
  readonly value: number;
  readonly action: number;
  readonly oldLogProb: number;
  readonly advantage: number;
  readonly target: number;
  /** What the value head said in the rollout. */
  readonly before: number;
}

const MASKED = Number.NEGATIVE_INFINITY;

/** log p of each candidate, in double precision and written another way than the source. */
function logProbs(logits: readonly number[]): number[] {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  return logits.map((logit) => logit - Math.log(sum));
}

/** The loss as the papers write it: PPO's eq. 9, negated, with squared error over two. */
function loss(
  examples: readonly Example[],
  { clip, valueClip, valueWeight, entropyWeight }: PpoSettings,
): number {
  let total = 0;
  for (const { logits, value, action, oldLogProb, advantage, target, before } of examples) {
    const log = logProbs(logits);
    const ratio = Math.exp(log[action]! - oldLogProb);
    const clipped = Math.max(1 - clip, Math.min(1 + clip, ratio));
    const entropy = log.reduce((sum, l) => (l === MASKED ? sum : sum - Math.exp(l) * l), 0);
    total -= Math.min(ratio * advantage, clipped * advantage);
    const reach = valueClip ?? Number.POSITIVE_INFINITY;
    const held = before + Math.max(-reach, Math.min(reach, value - before));
    total += (valueWeight * Math.max((value - target) ** 2, (held - target) ** 2)) / 2;
    total -= entropyWeight * entropy;
  }
  return total / examples.length;
}

interface Recorded {
  readonly network: Trainable;
  /** Derivatives by example, from the last `backward`. */
  readonly dLogits: number[][];
  readonly dValues: number[];
}

/** A network that answers what the examples say, knows them by their context, and writes down what it is told. */
function recorder(examples: readonly Example[]): Recorded {
  const dLogits: number[][] = [];
  const dValues: number[] = [];
  let order: number[] = [];
  const network: Trainable = {
    forward(batch, { logits, values }) {
      order = Array.from({ length: batch.size }, (_, b) => batch.contexts[b]!);
      order.forEach((id, b) => {
        logits.set(examples[id]!.logits, batch.offsets[b]!);
        values[b] = examples[id]!.value;
      });
    },
    backward(ofLogits, ofValues) {
      let row = 0;
      order.forEach((id, b) => {
        const { length } = examples[id]!.logits;
        dLogits[id] = [...ofLogits.slice(row, row + length)];
        dValues[id] = ofValues[b]!;
        row += length;
      });
    },
    adamStep: () => 0,
    gradient: () => new Float32Array(0),
    zeroGradient() {},
    parameters: () => new Float32Array(0),
    setParameters() {},
    optimizer: () => ({ step: 0, m: new Float32Array(0), v: new Float32Array(0) }),
    setOptimizer() {},
    dispose() {},
  };
  return { network, dLogits, dValues };
}

/** Places in the rollout run against the order in the store, so that mixing them up is found out. */
function update(network: Trainable, examples: readonly Example[], settings: PpoSettings = once) {
  const store = new DecisionStore(SPACE);
  const last = examples.length - 1;
  const [advantages, returns, values] = [0, 0, 0].map(() => new Float64Array(last + 1)) as Three;
  examples.forEach(({ logits, action, oldLogProb, advantage, target, before }, id) => {
    const mask = Uint8Array.from(logits, (logit) => (logit === MASKED ? 0 : 1));
    const candidates = new Float32Array(logits.length);
    store.add({ head: 0, count: logits.length, context: Float32Array.of(id), candidates, mask });
    store.actions[id] = action;
    store.logProbs[id] = oldLogProb;
    store.places[id] = last - id;
    advantages[last - id] = advantage;
    returns[last - id] = target;
    values[last - id] = before;
  });
  const scratch = new PpoScratch(new DecisionStore(SPACE));
  const shuffle = new SequentialStream("ppo");
  return ppoUpdate(network, store, advantages, returns, 1e-3, settings, shuffle, scratch, undefined, values);
}

type Three = [Float64Array, Float64Array, Float64Array];

/** Examples on both sides of the clip and inside it, with both signs of advantage, some candidates masked. */
function manyExamples(count: number): Example[] {
  const stream = new SequentialStream("examples");
  const between = (low: number, high: number) => low + (high - low) * stream.next();
  return Array.from({ length: count }, (_, n) => {
    const size = 1 + stream.integer(5);
    const action = stream.integer(size);
    const logits = Array.from({ length: size }, (_, i) =>
      i !== action && stream.next() < 0.3 ? MASKED : Math.fround(between(-2, 2)),
    );
    // Well away from the kinks at 0.8 and 1.2, where there is no derivative.
    const ratio = [between(0.4, 0.75), between(0.85, 1.15), between(1.25, 2)][n % 3]!;
    const value = Math.fround(between(-3, 3));
    return {
      logits,
      value,
      action,
      oldLogProb: logProbs(logits)[action]! - Math.log(ratio),
      advantage: (stream.next() < 0.5 ? -1 : 1) * between(0.1, 2),
      target: between(-3, 3),
      before: value + [-0.5, -0.1, 0.1, 0.5][n % 4]!,
    };
  });
}

/** Largest difference between the derivatives that the network was told and central differences of the loss. */
function gradientError(
  examples: readonly Example[],
  { dLogits, dValues }: Recorded,
  settings: PpoSettings = once,
): number {
  const h = 1e-5;
  const change = (id: number, moved: (by: number) => Partial<Example>): number => {
    const at = (by: number) => loss([{ ...examples[id]!, ...moved(by) }], settings) / examples.length;
    return (at(h) - at(-h)) / (2 * h);
  };
  let worst = 0;
  examples.forEach(({ logits, value }, id) => {
    const ofValue = change(id, (by) => ({ value: value + by }));
    worst = Math.max(worst, Math.abs(dValues[id]! - ofValue));
    logits.forEach((logit, i) => {
      const ofLogit = logit === MASKED ? 0 : change(id, (by) => ({ logits: logits.with(i, logit + by) }));
      worst = Math.max(worst, Math.abs(dLogits[id]![i]! - ofLogit));
    });
  });
  return worst * examples.length;
}

test("the derivatives are those of the clipped objective, the value error and the entropy, masks and all", () => {
  const examples = manyExamples(300);
  const recorded = recorder(examples);
  const { policyLoss, valueLoss, entropy, clipped, minibatches } = update(recorded.network, examples);
  expect(gradientError(examples, recorded)).toBeLessThan(1e-6);

  expect(minibatches).toBe(1);
  expect(policyLoss + once.valueWeight * valueLoss - once.entropyWeight * entropy).toBeCloseTo(
    loss(examples, once),
    6,
  );
  const tooFar = examples.filter(({ logits, action, oldLogProb }) => {
    const ratio = Math.exp(logProbs(logits)[action]! - oldLogProb);
    return Math.abs(ratio - 1) > once.clip;
  });
  expect(tooFar.length).toBeGreaterThan(50);
  expect(clipped).toBeCloseTo(tooFar.length / examples.length, 9);
});

test.each<[bug: string, plant: (example: Example) => Example]>([
  ["a flipped sign of the advantage", (e) => ({ ...e, advantage: -e.advantage })],
  ["a mask that is not looked at", (e) => ({ ...e, logits: e.logits.map((l) => (l === MASKED ? 0 : l)) })],
  ["another decision's old probability", (e) => ({ ...e, oldLogProb: e.oldLogProb / 2 })],
  ["a target of the wrong place", (e) => ({ ...e, target: -e.target })],
])("planted: %s is seen", (_, plant) => {
  const examples = manyExamples(300);
  const recorded = recorder(examples.map(plant));
  update(recorded.network, examples.map(plant));
  expect(gradientError(examples, recorded)).toBeGreaterThan(1e-2);
});

test("value clipping: the derivatives are those of the greater of the two errors", () => {
  const clipping = { ...once, valueClip: 0.2 };
  const examples = manyExamples(300);
  const recorded = recorder(examples);
  const { policyLoss, valueLoss, entropy } = update(recorded.network, examples, clipping);
  expect(gradientError(examples, recorded, clipping)).toBeLessThan(1e-6);
  expect(gradientError(examples, recorded, once)).toBeGreaterThan(0.1);
  expect(policyLoss + once.valueWeight * valueLoss - once.entropyWeight * entropy).toBeCloseTo(
    loss(examples, clipping),
    6,
  );
});

test.each<[words: string, value: number, before: number, target: number, loss: number, slope: number]>([
  // Weight 0.7, reach 0.2. By hand: held is before +- 0.2 where the value went further.
  ["within reach, nothing is held", 1.1, 1, 2, 0.5 * 0.9 ** 2, 0.7 * -0.9],
  ["moved too far towards the target: held at 1.2, no more to gain", 1.5, 1, 2, 0.5 * 0.8 ** 2, 0],
  ["moved too far from the target: it pays for all of it", 0.5, 1, 2, 0.5 * 1.5 ** 2, 0.7 * -1.5],
  ["beyond the target by more than it was held back", 3, 1, 1.5, 0.5 * 1.5 ** 2, 0.7 * 1.5],
])("value clipping: %s", (_, value, before, target, valueLoss, slope) => {
  const example = { logits: [0], action: 0, oldLogProb: 0, advantage: 1, value, before, target };
  const clipped = recorder([example]);
  expect(update(clipped.network, [example], { ...once, valueClip: 0.2 }).valueLoss).toBeCloseTo(valueLoss, 6);
  expect(clipped.dValues[0]).toBeCloseTo(slope, 6);
  const free = recorder([example]);
  update(free.network, [example]);
  expect(free.dValues[0]).toBeCloseTo(0.7 * (value - target), 6);
});

test("every epoch takes each decision once, in another order each time", () => {
  const examples = manyExamples(10);
  const { network } = recorder(examples);
  const seen: number[][] = [];
  const { minibatches } = update(
    {
      ...network,
      forward(batch, out) {
        seen.push(Array.from({ length: batch.size }, (_, b) => batch.contexts[b]!));
        network.forward(batch, out);
      },
    },
    examples,
    { ...once, epochs: 3, minibatch: 4 },
  );
  expect(minibatches).toBe(9);
  expect(seen.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2]);
  const epochs = [0, 3, 6].map((from) => seen.slice(from, from + 3).flat());
  for (const epoch of epochs)
    expect([...epoch].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(new Set(epochs.map(String)).size).toBe(3);
});

test("an update stops once the policy has moved too far", () => {
  const [first] = manyExamples(1);
  const moved: Example = { ...first!, logits: [1, 0], action: 0, oldLogProb: Math.log(0.5) };
  const { kl } = update(recorder([moved]).network, [moved]);
  const ratio = Math.exp(logProbs([1, 0])[0]!) / 0.5;
  expect(kl).toBeCloseTo(ratio - 1 - Math.log(ratio), 6);
  const epochs = (targetKl: number) =>
    update(recorder([moved]).network, [moved], { ...once, epochs: 5, targetKl }).minibatches;
  expect(epochs(kl / 1.4)).toBe(5);
  expect(epochs(kl / 1.6)).toBe(1);
});

test("nothing to learn from is no harm", () => {
  expect(update(recorder([]).network, [], once)).toMatchObject({ minibatches: 0, policyLoss: 0, kl: 0 });
});

test("a shuffle is a permutation, and every one is as likely as another", () => {
  const stream = new SequentialStream("shuffle");
  const counts = new Map<string, number>();
  const n = 24_000;
  for (let i = 0; i < n; i++) {
    const order = Int32Array.from([0, 1, 2, 3]);
    shuffled(order, stream);
    counts.set(String(order), (counts.get(String(order)) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  // Chi-squared with 23 degrees of freedom: above 60 in one choice of seeds in 25,000.
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - n / 24) ** 2 / (n / 24), 0);
  expect(chi).toBeLessThan(60);
});

interface Golden {
  readonly hyper: {
    readonly clip: number;
    readonly vf_coef: number;
    readonly ent_coef: number;
    readonly max_grad_norm: number;
    readonly lr: number;
    readonly adam_eps: number;
  };
  /** Layers of `pi` and `vf`: weights [out][in], biases [out]. */
  readonly weights0: Readonly<Record<string, number[] | number[][]>>;
  readonly weights1: Readonly<Record<string, number[] | number[][]>>;
  readonly obs: readonly number[][];
  readonly actions: readonly number[];
  readonly advantages: readonly number[];
  readonly returns: readonly number[];
  readonly old_log_prob: readonly number[];
  readonly policy_loss: number;
  readonly value_loss: number;
  readonly entropy_loss: number;
  readonly approx_kl_k3: number;
  readonly clip_fraction: number;
  readonly grad_norm: number;
}

const goldens = sharedJson<{ ppo_minibatch: Golden }>("reference/vectors/rl/goldens.json");
test.skipIf(goldens === null)(
  "a minibatch on Stable-Baselines3's network gives its losses and its step",
  () => {
    const golden = goldens!.ppo_minibatch;
    const { hyper, obs, advantages } = golden;
    const layersOf = (head: string, weights: Golden["weights0"]): DenseLayer[] =>
      [0, 2, 4].map((l) => ({
        weight: weights[`${head}.${l}.weight`] as number[][],
        bias: weights[`${head}.${l}.bias`] as number[],
      }));
    const [actor, critic] = [layersOf("pi", golden.weights0), layersOf("vf", golden.weights0)];
    const parameters = [...actor, ...critic].flatMap(({ weight, bias }) => [...weight.flat(), ...bias]);
    let gradient: number[] = [];
    let order: number[] = [];
    const stepped: number[] = [];
    const network: Trainable = {
      ...recorder([]).network,
      forward(batch, { logits, values }) {
        order = Array.from({ length: batch.size }, (_, b) => batch.contexts[b]!);
        order.forEach((id, b) => {
          logits.set(activations(actor, obs[id]!).at(-1)!, 3 * b);
          values[b] = activations(critic, obs[id]!).at(-1)![0]!;
        });
      },
      backward(dLogits, dValues) {
        gradient = parameters.map(() => 0);
        order.forEach((id, b) => {
          const ofActor = derivatives(actor, obs[id]!, [...dLogits.slice(3 * b, 3 * b + 3)]);
          const ofCritic = derivatives(critic, obs[id]!, [dValues[b]!]);
          [...ofActor, ...ofCritic].forEach((d, i) => {
            gradient[i]! += d;
          });
        });
      },
      adamStep(learningRate, maxGradientNorm) {
        const before = norm(Float32Array.from(gradient));
        const adam = { beta1: 0.9, beta2: 0.999, epsilon: hyper.adam_eps };
        const { scale, rate, spread } = adamStep(1, before, learningRate, maxGradientNorm, adam);
        gradient.forEach((d, i) => {
          const g = scale * d;
          const second = Math.sqrt(spread * (1 - adam.beta2) * g * g);
          stepped[i] = parameters[i]! - (rate * (1 - adam.beta1) * g) / (second + adam.epsilon);
        });
        return before;
      },
    };

    // They normalise advantages within the minibatch, with the unbiased deviation.
    const mean = advantages.reduce((a, b) => a + b) / advantages.length;
    const squares = advantages.reduce((sum, a) => sum + (a - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (advantages.length - 1)) + 1e-8;
    const store = new DecisionStore(SPACE);
    obs.forEach((_, id) => {
      const room = { candidates: new Float32Array(3), mask: new Uint8Array(3).fill(1) };
      store.add({ head: 0, count: 3, context: Float32Array.of(id), ...room });
      store.actions[id] = golden.actions[id]!;
      store.logProbs[id] = golden.old_log_prob[id]!;
      store.places[id] = id;
    });
    const found = ppoUpdate(
      network,
      store,
      Float64Array.from(advantages, (a) => (a - mean) / deviation),
      Float64Array.from(golden.returns),
      hyper.lr,
      {
        ...once,
        clip: hyper.clip,
        // Theirs is a mean of squares, ours half of one.
        valueWeight: 2 * hyper.vf_coef,
        entropyWeight: hyper.ent_coef,
        maxGradientNorm: hyper.max_grad_norm,
      },
      new SequentialStream("golden"),
      new PpoScratch(new DecisionStore(SPACE)),
    );
    expect(found.policyLoss).toBeCloseTo(golden.policy_loss, 6);
    expect(2 * found.valueLoss).toBeCloseTo(golden.value_loss, 6);
    expect(-found.entropy).toBeCloseTo(golden.entropy_loss, 6);
    expect(found.kl).toBeCloseTo(golden.approx_kl_k3, 6);
    expect(found.clipped).toBe(golden.clip_fraction);
    expect(found.gradientNorm).toBeCloseTo(golden.grad_norm, 6);
    const expected = [...layersOf("pi", golden.weights1), ...layersOf("vf", golden.weights1)].flatMap(
      ({ weight, bias }) => [...weight.flat(), ...bias],
    );
    expect(stepped).toHaveLength(expected.length);
    // A step is 3e-4: held to a thousandth of it.
    stepped.forEach((p, i) => {
      expect(Math.abs(p - expected[i]!)).toBeLessThan(3e-7);
    });
  },
);

interface DenseLayer {
  readonly weight: number[][];
  readonly bias: number[];
}

/** Inputs of each layer, then the output: tanh between, linear at the end. */
function activations(layers: readonly DenseLayer[], input: readonly number[]): number[][] {
  const found = [[...input]];
  layers.forEach(({ weight, bias }, l) => {
    const x = found.at(-1)!;
    const y = weight.map((row, o) => row.reduce((sum, w, i) => sum + w * x[i]!, bias[o]!));
    found.push(l === layers.length - 1 ? y : y.map(Math.tanh));
  });
  return found;
}

/** Derivatives of sum(output * d) by the parameters, layer by layer: weights row by row, then biases. */
function derivatives(layers: readonly DenseLayer[], input: readonly number[], d: number[]): number[] {
  const values = activations(layers, input);
  const found: number[][] = [];
  for (let l = layers.length - 1; l >= 0; l--) {
    const { weight } = layers[l]!;
    const x = values[l]!;
    found.unshift([...d.flatMap((slope) => x.map((xi) => slope * xi)), ...d]);
    const below = d;
    d = x.map((xi, i) => (1 - xi * xi) * weight.reduce((sum, row, o) => sum + row[i]! * below[o]!, 0));
  }
  return found.flat();
}
