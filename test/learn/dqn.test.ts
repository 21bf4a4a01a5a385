import { describe, expect, test } from "vitest";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { type DqnSettings, DqnTrainer, dqnDefaults } from "../../src/learn/dqn.js";
import type { Environment, Step } from "../../src/learn/environment.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import {
  bandit,
  cartPole,
  chain,
  identity,
  type SolvedEnvironment,
  twoKinds,
} from "../../src/learn/toys/index.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import { expectResumes } from "./resumed.js";
import { bestOfPole } from "./toy-training.js";
import { twoPools } from "./two-pools.js";

const backend = simdPresent() ? simdBackend : plainBackend;

const toy: DqnSettings = {
  ...dqnDefaults,
  seed: 1,
  decisions: 6000,
  horizon: 5,
  memory: 4000,
  lookAround: 300,
  targetEvery: 100,
  learningRate: 3e-3,
  finalLearningRate: 1e-4,
  exploration: { first: 1, last: 0.2, share: 0.3 },
  hidden: [16, 16],
};

interface Game {
  readonly name: string;
  readonly make: () => SolvedEnvironment;
  readonly horizon: number;
  /** The most that the greatest Q may be off on average: 3% of the largest value. */
  readonly tolerance: number;
}
const games: readonly [Game, Game, Game, Game] = [
  { name: "identity, which is cut and goes on", make: () => identity(), horizon: 2, tolerance: 0.08 },
  { name: "a bandit", make: () => bandit(), horizon: 5, tolerance: 0.05 },
  { name: "a chain, where time decides", make: () => chain(), horizon: 5, tolerance: 0.03 },
  { name: "two kinds of decision in turn", make: () => twoKinds(), horizon: 5, tolerance: 0.03 },
];

/** Learns a game, and examines its greedy play and its greatest Q by the game's own solution. */
function learn(
  { make, horizon }: Game,
  settings: Partial<DqnSettings> = {},
  disguise: (game: Environment) => Environment = (game) => game,
) {
  const trainer = new DqnTrainer(() => disguise(make()), { ...toy, horizon, ...settings }, backend);
  while (!trainer.done) trainer.advance(1000);
  const game = make();
  let [mistakes, error] = [0, 0];
  let observation = game.reset(0);
  for (let n = 0; n < 300; n++) {
    const { best, value } = game.solution(horizon);
    const q = trainer.q(observation);
    const action = q.indexOf(Math.max(...q));
    if (!best.includes(action)) mistakes++;
    error += Math.abs(q[action]! - value) / 300;
    const step = game.step(action);
    observation = step.terminated || step.truncated ? game.reset(n + 1) : step.observation;
  }
  const { parameters } = trainer.trained()[0]!;
  trainer.dispose();
  return { mistakes, error, parameters };
}

const settling = { exploration: { first: 1, last: 0, share: 0.5 }, memory: 1500 };
const plain = { steps: 1, double: false, dueling: false, prioritised: null };
const variants: readonly [string, Partial<DqnSettings>][] = [
  ["plain", plain],
  ["double", { ...plain, double: true }],
  ["dueling", { ...plain, dueling: true }],
  // Returns of several steps hold what exploration did on the way: values are those of best play once it has ended.
  ["of three steps", { ...plain, steps: 3, ...settling }],
  ["prioritised", { ...plain, prioritised: { alpha: 0.6, beta: 0.4 } }],
  [
    "by quantiles, double and dueling",
    { ...plain, double: true, dueling: true, quantiles: { count: 16, kappa: 0.1 } },
  ],
  ["with all of these", { ...settling, prioritised: { alpha: 0.6, beta: 0.4 } }],
];

describe.each(variants)("Q-learning, %s, solves", (_, settings) => {
  test.each(games)("$name: no mistakes, and values within $tolerance", (game) => {
    const { mistakes, error } = learn(game, settings);
    expect(mistakes).toBe(0);
    expect(error).toBeLessThan(game.tolerance);
  });
});

test("the same seed gives the same bits", () => {
  const short = { decisions: 800 };
  expect(learn(games[0], short).parameters).toEqual(learn(games[0], short).parameters);
});

describe("stopped and resumed from what was saved, it is as in one go", () => {
  /** Short episodes and a memory that overflows: what is half done when it is saved is of every kind. */
  const short: DqnSettings = { ...toy, decisions: 1200, memory: 300, lookAround: 100, targetEvery: 70 };
  const variants: readonly [string, () => Environment, Partial<DqnSettings>][] = [
    ["a game that is cut", () => identity(), {}],
    ["two kinds of decision", () => twoKinds(), {}],
    [
      "quantiles, with priorities",
      () => chain(),
      { quantiles: { count: 8, kappa: 0.1 }, prioritised: { alpha: 0.6, beta: 0.4 } },
    ],
    ["priorities", () => chain(), { prioritised: { alpha: 0.6, beta: 0.4 } }],
    [
      "a scenario",
      () => new OrchestrationEnvironment({ ...twoPools, decide: ["route", "dispatch"] }, { episode: 25 }),
      {},
    ],
  ];

  test.each(variants)("%s", (_, make, settings) => {
    expectResumes(
      () => new DqnTrainer(make, { ...short, ...settings }, backend),
      (trainer) => trainer.advance(150),
    );
  });

  test("planted: a past self that is not saved is seen", () => {
    const begun = () => new DqnTrainer(() => identity(), short, backend);
    const whole = begun();
    whole.advance(500);
    const state = whole.save();
    const part = begun();
    part.load({ ...state, heads: state.heads.map((head) => ({ ...head, past: head.parameters })) });
    expect(part.advance(100)).not.toEqual(whole.advance(100));
  });
});

test("a run that diverges says so", () => {
  const trainer = new DqnTrainer(() => identity(), { ...toy, learningRate: 1e38 }, backend);
  expect(() => {
    while (!trainer.done) trainer.advance(500);
  }).toThrow(expect.objectContaining({ code: "DIVERGED" }));
});

const disguised =
  (change: (step: Step) => Partial<Step>) =>
  (game: Environment): Environment => ({
    ...game,
    step(action) {
      const step = game.step(action);
      return { ...step, ...change(step) };
    },
  });

describe("planted: the games see", () => {
  const [cut, , timed] = games;
  test.each<[string, Game, (game: Environment) => Environment]>([
    ["a flipped sign of the reward", cut, disguised(({ reward }) => ({ reward: -reward }))],
    [
      "an end that is taken for a cut",
      timed,
      disguised(({ terminated }) => ({ terminated: false, truncated: terminated })),
    ],
    [
      "a cut that is taken for an end",
      cut,
      disguised(({ truncated }) => ({ terminated: truncated, truncated: false })),
    ],
    ["discounting by steps instead of seconds", timed, disguised(() => ({ elapsed: 1 }))],
  ])("%s", (_, game, disguise) => {
    const solved = ({ mistakes, error }: ReturnType<typeof learn>) =>
      mistakes === 0 && error < game.tolerance;
    expect(solved(learn(game, { steps: 1 }))).toBe(true);
    expect(solved(learn(game, { steps: 1 }, disguise))).toBe(false);
  });

  test("a mask that is not looked at", () => {
    const open = (o: ReturnType<Environment["reset"]>) => ({ ...o, mask: o.mask.map(() => 1) });
    const unmasked = (game: Environment): Environment => ({
      ...game,
      reset: (seed) => open(game.reset(seed)),
      step(action) {
        const step = game.step(action);
        return { ...step, observation: open(step.observation) };
      },
    });
    expect(() => learn(cut, {}, unmasked)).toThrow(/is masked/);
  });
});

test.each([1, 2, 3, 4, 5])("seed %i: a pole stands for 475 steps and more on average", (seed) => {
  const trainer = new DqnTrainer(
    () => cartPole(),
    { ...dqnDefaults, seed, decisions: 60_000, horizon: 100 },
    backend,
  );
  expect(bestOfPole(trainer)).toBeGreaterThanOrEqual(475);
});
