import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { simdBackend } from "../../src/learn/backend/index.js";
import type { Environment } from "../../src/learn/environment.js";
import type { EnvironmentSource } from "../../src/learn/threads/environment-source.js";
import { cartPole } from "../../src/learn/toys/index.js";
import { Trainer, type TrainerSettings } from "../../src/learn/trainer.js";
import { fastest, onCpu, type Run } from "../support/contest.js";
import { DISPATCH, dispatchEnvironment } from "../support/dispatch-task.js";
import { atLeast, atMost, type Figure, type Size, size } from "../support/figure.js";
import { importable, whyAbsent } from "../support/python.js";
import { learning, PPO, rollouts } from "./ppo-runs.js";

const SB3 = "stable_baselines3";
const PROGRAM = "bench/peers/sb3_ppo.py";

/** Ours for CartPole, where the peer has those that RL Baselines3 Zoo tuned for it. A step is a second. */
const POLE: Omit<TrainerSettings, "seed" | "decisions"> = {
  ...PPO,
  rollout: 64,
  horizon: 200,
  learningRate: 1e-3,
  finalLearningRate: 0,
  flat: 2,
  ppo: { ...PPO.ppo, minibatch: 256, targetKl: 0.05 },
};
const POLE_STEPS = 100_000;
/** Mean of the last 100 episodes of training. */
const ENOUGH = 475;

/**
 * Proximal policy optimisation beside Stable-Baselines3's, on one core each, and on two threads beside one: the same network, batches, epochs and environments.
 * Ten servers to dispatch to, there written in Python and here a scenario in the general engine; and CartPole until it stands.
 * Run in the project's root.
 */
export function ppoBench(which: Size): Figure[] {
  const rounds = size(which, { smoke: 1, real: 5 });
  const iterations = size(which, { smoke: 1, real: 4 });
  const rollout = size(which, { smoke: 64, real: PPO.rollout });
  const seeds = size(which, { smoke: 1, real: 5 });
  const python = which === "smoke" ? null : importable(SB3);
  if (python === null && which === "real") console.log(`Stable-Baselines3 is absent: ${whyAbsent(SB3)}`);
  const ask = (...args: (string | number)[]): Peer =>
    JSON.parse(execFileSync(python!.command, [PROGRAM, ...args.map(String)], { encoding: "utf8" })) as Peer;

  // Rollouts are ten times as quick as learning.
  const [ours, alone] =
    which === "smoke"
      ? [learning(rollout, iterations), rollouts(rollout, iterations)]
      : [inOwnProcess("learning", rounds, iterations), inOwnProcess("rollouts", rounds, 10 * iterations)];
  const [one, two] = byTheClock([1, 2], rollout, rounds * iterations);
  const rate = ({ count, seconds }: Run) => count / seconds;
  const figures: Figure[] = [];
  const trained: Figure = {
    name: "PPO on ten servers, Switchyard",
    unit: "steps/CPU s",
    value: rate(ours),
    checksum: ours.checksum,
  };
  const scaled: Figure = {
    name: "PPO on ten servers, Switchyard on two threads",
    unit: "steps/s by the clock",
    value: rate(two!),
    checksum: two!.checksum,
    goals: [atLeast(1.7, "two threads / one, by the clock", one!.seconds / two!.seconds)],
  };
  if (python === null) figures.push(trained, scaled);
  else {
    const { speeds, rate: arrivals, episode } = DISPATCH;
    const theirs = Array.from({ length: 3 }, () =>
      ask("dispatch", speeds.join(), arrivals, episode, 2 * PPO.environments * PPO.rollout, PPO.seed),
    );
    const best = Math.max(...theirs.map(({ steps, cpuSeconds }) => steps / cpuSeconds));
    const name = `Stable-Baselines3 ${python.version}`;
    figures.push(
      { ...trained, goals: [atLeast(10, `Switchyard / ${name}`, trained.value / best)] },
      {
        ...scaled,
        goals: [
          ...scaled.goals!,
          atLeast(20, `on both cores, Switchyard / ${name} on one`, scaled.value / best),
        ],
      },
      { name: `PPO on ten servers, ${name}`, unit: "steps/CPU s", value: best, checksum: theirs[0]!.steps },
    );
  }
  figures.push({
    name: "rollouts alone on ten servers, Switchyard",
    unit: "decisions/CPU s",
    value: rate(alone),
    checksum: alone.checksum,
    goals: [atLeast(300_000, "decisions/CPU s", rate(alone))],
  });

  const most = size(which, { smoke: 512, real: POLE_STEPS });
  const poles = Array.from({ length: seeds }, (_, seed) => pole(seed + 1, most));
  const steps = median(poles.map(({ count }) => count));
  const seconds = median(poles.map((pole) => pole.seconds));
  const unmet = poles.filter(({ checksum }) => checksum < ENOUGH).length;
  const solved: Figure = {
    name: `CartPole to ${ENOUGH}, Switchyard, median of ${seeds} seeds`,
    unit: "CPU s",
    value: seconds,
    checksum: poles.reduce((sum, { count }) => sum + count, 0),
    goals: [atMost(0, "seeds that did not get there", unmet), atMost(70_000, "steps, median", steps)],
  };
  if (python === null) figures.push(solved);
  else {
    const theirs = Array.from({ length: seeds }, (_, seed) => ask("cart-pole", POLE_STEPS, ENOUGH, seed + 1));
    const name = `Stable-Baselines3 ${python.version}`;
    const theirSeconds = median(theirs.map(({ cpuSeconds }) => cpuSeconds));
    const theirSteps = median(theirs.map(({ steps }) => steps));
    figures.push(
      {
        ...solved,
        goals: [
          ...solved.goals!,
          atMost(0.2, `CPU seconds, Switchyard / ${name}`, seconds / theirSeconds),
          atMost(1, `steps, Switchyard / ${name}`, steps / theirSteps),
        ],
      },
      {
        name: `CartPole to ${ENOUGH}, ${name}, median of ${seeds} seeds (${theirs.filter(({ met }) => !met).length} did not get there)`,
        unit: "CPU s",
        value: theirSeconds,
        checksum: theirs.reduce((sum, run) => sum + run.steps, 0),
      },
    );
  }
  return figures;
}

interface Peer {
  readonly steps: number;
  readonly cpuSeconds: number;
  readonly met?: boolean;
}

/** The fastest of some runs, each in a process of its own. */
function inOwnProcess(what: "learning" | "rollouts", rounds: number, iterations: number): Run {
  const program = fileURLToPath(new URL("ppo-alone.js", import.meta.url));
  const once = () =>
    JSON.parse(
      execFileSync(process.execPath, [program, what, String(iterations)], { encoding: "utf8" }),
    ) as Run;
  return fastest(rounds, { once }).once;
}

/**
 * The fastest iteration on each number of threads, by the clock: they run in turn, and have run some before, for a thread's code is
 * compiled in that thread.
 * @throws where what they computed depends on the number
 */
function byTheClock(counts: readonly number[], rollout: number, iterations: number): Run[] {
  const settings = { ...PPO, rollout, decisions: 1e9 };
  const built = existsSync(fileURLToPath(DISPATCH_SOURCE.module));
  const trainers = counts.map(
    (count) =>
      new Trainer(() => dispatchEnvironment(DISPATCH), settings, simdBackend, 1, {
        count,
        ...(built ? { environments: DISPATCH_SOURCE } : {}),
      }),
  );
  const seconds = counts.map(() => Number.POSITIVE_INFINITY);
  const losses = counts.map(() => 0);
  for (let i = -WARM_UP; i < iterations; i++) {
    for (const [t, trainer] of trainers.entries()) {
      const start = performance.now();
      losses[t]! += trainer.iterate().heads[0]!.policyLoss;
      if (i >= 0) seconds[t] = Math.min(seconds[t]!, (performance.now() - start) / 1e3);
    }
  }
  for (const trainer of trainers) trainer.dispose();
  if (losses.some((loss) => loss !== losses[0])) throw new Error(`threads computed ${losses.join(", ")}`);
  return seconds.map((best, t) => ({
    seconds: best,
    count: settings.environments * rollout,
    checksum: losses[t]!,
  }));
}

/** Iterations after which all code that matters is compiled, as a rule. */
const WARM_UP = 5;

/** For workers; where this runs as TypeScript, under the test runner, there is none that they could load. */
const DISPATCH_SOURCE: EnvironmentSource = {
  module: new URL("../support/dispatch-task.js", import.meta.url).href,
  name: "dispatchEnvironment",
  data: DISPATCH,
};

/** Trains until the last 100 episodes stood for long enough. The checksum is how long they stood on average. */
function pole(seed: number, most: number): Run {
  const lengths: number[] = [];
  return onCpu(() => {
    const trainer = new Trainer(
      () => counted(cartPole(), lengths),
      { ...POLE, seed, decisions: most },
      simdBackend,
    );
    let steps = 0;
    let mean = 0;
    while (!trainer.done && mean < ENOUGH) {
      steps = trainer.iterate().decisions;
      if (lengths.length >= 100) mean = lengths.slice(-100).reduce((a, b) => a + b, 0) / 100;
    }
    return { count: steps, checksum: mean };
  });
}

/** An environment that notes how many steps its episodes had. */
function counted(game: Environment, lengths: number[]): Environment {
  let steps = 0;
  return {
    spaces: game.spaces,
    continuing: game.continuing,
    reset(seed) {
      steps = 0;
      return game.reset(seed);
    },
    step(action) {
      const step = game.step(action);
      steps++;
      if (step.terminated || step.truncated) lengths.push(steps);
      return step;
    },
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
