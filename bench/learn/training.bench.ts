import { readFileSync } from "node:fs";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { type GradientBackend, plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { Rollout } from "../../src/learn/rollout.js";
import { RunningMoments } from "../../src/learn/running-moments.js";
import { Trainer, type TrainerSettings, trainerDefaults, trainingSeed } from "../../src/learn/trainer.js";
import { parseScenario } from "../../src/model/index.js";
import {
  createRuntime,
  defaultNetwork,
  initialParameters,
  simdPresent,
} from "../../src/policy/runtime/network/index.js";
import { Normaliser } from "../../src/policy/runtime/normalisation.js";
import { against, type Figure, type Size, size } from "../support/figure.js";
import { timed, type Work } from "../support/timed.js";

const SEED = 42;
const FILE = "scenarios/payment-routing.yaml";
/** Virtual seconds of an episode. */
const EPISODE = 600;

/**
 * Speed of learning on the demo's scenario, with the network and settings that `train` takes by default. Run in the
 * project's root.
 */
export function trainingBench(which: Size): Figure[] {
  const rounds = size(which, { smoke: 1, real: 3 });
  const iterations = size(which, { smoke: 1, real: 4 });
  const rollout = size(which, { smoke: 16, real: trainerDefaults.rollout });
  const settings: TrainerSettings = {
    ...trainerDefaults,
    seed: SEED,
    decisions: 1e9,
    environments: size(which, { smoke: 2, real: trainerDefaults.environments }),
    rollout,
    horizon: 30,
    // Early stopping would make the work depend on what was learned.
    ppo: { ...trainerDefaults.ppo, targetKl: Number.POSITIVE_INFINITY },
  };
  const scenario = parseScenario(readFileSync(FILE, "utf8"), { file: FILE, folder: "scenarios" });
  const make = () => new OrchestrationEnvironment(scenario, { episode: EPISODE });
  const decisions = settings.environments * rollout * iterations;
  const measure = (name: string, prepare: () => () => number): Figure => {
    // Made ready outside of the measurement, anew for every round, so that each round does the same.
    const ready = Array.from({ length: rounds }, prepare);
    const work = (): Work => ({ count: decisions, checksum: ready.pop()!() });
    const { seconds, result } = timed(rounds, work);
    return { name, unit: "decisions/s", value: decisions / seconds, checksum: result.checksum };
  };

  const training = (backend: GradientBackend) => () => {
    const trainer = new Trainer(make, settings, backend);
    trainer.iterate(); // The first looks before it learns.
    return () => {
      let loss = 0;
      for (let i = 0; i < iterations; i++) loss += trainer.iterate().heads[0]!.policyLoss;
      return loss;
    };
  };
  const rollouts = (kernel: "simd" | "plain") => () => {
    const worlds = Array.from({ length: settings.environments }, make);
    const { context, candidate } = worlds[0]!.spaces[0]!;
    const network = defaultNetwork(context, candidate);
    const runtime = createRuntime(network, kernel);
    runtime.setParameters(initialParameters(network, new SequentialStream("bench")));
    const scale = (width: number) =>
      new Normaliser({ mean: Array(width).fill(0), std: Array(width).fill(1) }, settings.clip);
    const collected = new Rollout(worlds, rollout, SEED, (e, n) => trainingSeed(SEED, e, n));
    return () => {
      let reward = 0;
      for (let i = 0; i < iterations; i++) {
        collected.collect([
          {
            runtime,
            context: scale(context),
            candidate: scale(candidate),
            seenContext: new RunningMoments(context),
            seenCandidate: new RunningMoments(candidate),
          },
        ]);
        for (const r of collected.columns.rewards) reward += r;
      }
      return reward;
    };
  };
  const stepping = () => {
    const world = make();
    const stream = new SequentialStream("bench");
    let episode = 0;
    let observation = world.reset(trainingSeed(SEED, 0, episode));
    return () => {
      let reward = 0;
      for (let i = 0; i < decisions; i++) {
        const step = world.step(stream.integer(observation.count));
        reward += step.reward;
        observation = step.truncated ? world.reset(trainingSeed(SEED, 0, ++episode)) : step.observation;
      }
      return reward;
    };
  };

  const plainTraining = measure("rollouts and updates, plain gradients", training(plainBackend));
  const plainRollouts = measure("rollouts alone, plain network", rollouts("plain"));
  const alone = measure("the environment alone, without a network", () => stepping());
  if (!simdPresent()) return [plainTraining, plainRollouts, alone];
  return [
    plainTraining,
    against(measure("rollouts and updates, simd gradients", training(simdBackend)), plainTraining),
    plainRollouts,
    against(measure("rollouts alone, simd network", rollouts("simd")), plainRollouts),
    alone,
  ];
}
