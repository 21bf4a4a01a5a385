import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { simdBackend } from "../../src/learn/backend/index.js";
import { Rollout } from "../../src/learn/rollout.js";
import { RunningMoments } from "../../src/learn/running-moments.js";
import { Trainer, type TrainerSettings, trainerDefaults, trainingSeed } from "../../src/learn/trainer.js";
import {
  createRuntime,
  initialParameters,
  type NetworkSpec,
} from "../../src/policy/runtime/network/index.js";
import { Normaliser } from "../../src/policy/runtime/normalisation.js";
import { onCpu, type Run } from "../support/contest.js";
import { DISPATCH, dispatchEnvironment } from "../support/dispatch-task.js";

/** Both sides: 8 environments of 2048 steps, minibatches of 64, 10 epochs, two layers of 64, Adam at 3e-4. */
export const PPO: Omit<TrainerSettings, "decisions"> = {
  ...trainerDefaults,
  seed: 1,
  environments: 8,
  rollout: 2048,
  horizon: 10,
  learningRate: 3e-4,
  finalLearningRate: 3e-4,
  flat: DISPATCH.speeds.length,
  ppo: {
    ...trainerDefaults.ppo,
    epochs: 10,
    minibatch: 64,
    entropyWeight: 0,
    // Early stopping would make the work depend on what was learned.
    targetKl: Number.POSITIVE_INFINITY,
  },
};

/** Learning to dispatch, after a first iteration. */
export function learning(rollout: number, iterations: number): Run {
  const settings = { ...PPO, rollout, decisions: 1e9 };
  const trainer = new Trainer(() => dispatchEnvironment(DISPATCH), settings, simdBackend);
  trainer.iterate(); // The first looks before it learns.
  return onCpu(() => {
    let loss = 0;
    for (let i = 0; i < iterations; i++) loss += trainer.iterate().heads[0]!.policyLoss;
    return { count: iterations * settings.environments * rollout, checksum: loss };
  });
}

/** Rollouts of that, with a network that does not learn. */
export function rollouts(rollout: number, iterations: number): Run {
  const network: NetworkSpec = {
    kind: "flat",
    context: 0,
    candidate: 1,
    candidates: DISPATCH.speeds.length,
    hidden: [...PPO.hidden],
    activation: PPO.activation,
  };
  const runtime = createRuntime(network);
  runtime.setParameters(initialParameters(network, new SequentialStream("bench")));
  const worlds = Array.from({ length: PPO.environments }, () => dispatchEnvironment(DISPATCH));
  const scale = (width: number) =>
    new Normaliser({ mean: Array(width).fill(0), std: Array(width).fill(1) }, PPO.clip);
  const collected = new Rollout(worlds, rollout, PPO.seed, (e, n) => trainingSeed(PPO.seed, e, n));
  const actor = {
    runtime,
    context: scale(0),
    candidate: scale(1),
    seenContext: new RunningMoments(0),
    seenCandidate: new RunningMoments(1),
  };
  // What compiles the code has time of the CPU as well: more of it than some rollouts take.
  for (let i = 0; i < iterations; i++) collected.collect([actor]);
  return onCpu(() => {
    let reward = 0;
    for (let i = 0; i < iterations; i++) {
      collected.collect([actor]);
      for (const r of collected.columns.rewards) reward += r;
    }
    return { count: iterations * collected.columns.rewards.length, checksum: reward };
  });
}
