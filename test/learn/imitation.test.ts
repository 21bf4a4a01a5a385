import { describe, expect, test } from "vitest";
import { plainBackend, simdBackend } from "../../src/learn/backend/index.js";
import { type ImitationSettings, imitate, imitationDefaults, lessonOf } from "../../src/learn/imitation.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { play } from "../../src/learn/play.js";
import { rolloutImprovement } from "../../src/learn/rollout-improvement.js";
import { chain, identity, type SolvedEnvironment, twoKinds } from "../../src/learn/toys/index.js";
import { Trainer, trainerDefaults } from "../../src/learn/trainer.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { simdPresent } from "../../src/policy/runtime/network/index.js";
import { neuralPolicy } from "../../src/policy/runtime/neural-policy.js";
import { examine } from "./toy-training.js";
import { twoPools } from "./two-pools.js";

const backend = simdPresent() ? simdBackend : plainBackend;
const HORIZON = 5;

const settings: ImitationSettings = {
  ...imitationDefaults,
  seed: 1,
  decisions: 300,
  rounds: 3,
  epochs: 25,
  hidden: [16, 16],
};

/** A game with the one who has solved it; `say` changes what he says. */
const taught =
  (make: () => SolvedEnvironment, say: (best: number, game: SolvedEnvironment) => number = (best) => best) =>
  () => {
    const environment = make();
    return {
      environment,
      begin() {},
      answer: () => say(environment.solution(HORIZON).best[0]!, environment),
    };
  };

describe("imitation", () => {
  test.each([
    ["identity", () => identity()],
    ["a chain", () => chain()],
    ["two kinds of decision in turn", () => twoKinds()],
  ])("of who has solved %s makes no mistakes", (_, make) => {
    const { heads, rounds } = imitate(taught(make), settings, backend);
    expect(rounds.at(-1)!.agreement).toBeGreaterThan(0.99);
    expect(examine(make(), heads, HORIZON, 1).mistakes).toBe(0);
  });

  test("the pupil acts from the second round on, and is taught where its own mistakes lead", () => {
    // Whoever is in the third place has walked there: the teacher, who leaves at once, never is.
    const make = () => {
      const game = chain({ seconds: [9, 9, 9], exit: 0.9 });
      let walked = false;
      let placesWalkedTo = 0;
      const environment = {
        ...game,
        reset(seed: number) {
          walked = false;
          return game.reset(seed);
        },
        step(action: number) {
          walked = action === 0;
          return game.step(action);
        },
      };
      const answer = () => {
        if (walked) placesWalkedTo++;
        return 1;
      };
      return { environment, begin() {}, answer, walks: () => placesWalkedTo };
    };
    const walksIn = (rounds: number) => {
      const lesson = make();
      // With no pass over the data, the pupil stays as it was drawn.
      imitate(() => lesson, { ...settings, rounds, epochs: 0 }, backend);
      return lesson.walks();
    };
    expect(walksIn(1)).toBe(0);
    expect(walksIn(2)).toBeGreaterThan(0);
  });

  test("the same seed gives the same bits", () => {
    const once = imitate(
      taught(() => identity()),
      settings,
      backend,
    );
    expect(
      imitate(
        taught(() => identity()),
        settings,
        backend,
      ),
    ).toEqual(once);
  });

  test("a heuristic is learned from the features alone, to nearly its cost", () => {
    const make = () => lessonOf(new OrchestrationEnvironment(twoPools), heuristic("sed(failure=4)"));
    const { heads, rounds } = imitate(
      make,
      { ...settings, decisions: 1500, rounds: 4, hidden: [32, 32] },
      backend,
    );
    expect(rounds.at(-1)!.agreement).toBeGreaterThan(0.95);
    const pupil = neuralPolicy(
      "pupil",
      heads.map((head) => ({ ...head, kind: "route" as const })),
    );
    const cost = (policy: typeof pupil) =>
      [1, 2, 3, 4].reduce((sum, seed) => sum + play(twoPools, policy, seed).objective, 0);
    expect(cost(pupil) / cost(heuristic("sed(failure=4)"))).toBeLessThan(1.05);
  });

  test("a policy improved by rollouts teaches: it attends to the episode that goes on", () => {
    const few = { horizon: 5, futures: 6, least: 3, confidence: 1 };
    const teacher = rolloutImprovement(heuristic("jsq"), few);
    const make = () => lessonOf(new OrchestrationEnvironment(twoPools, { episode: 10 }), teacher);
    // Episodes of 10 s have about 40 decisions: several begin.
    const { rounds } = imitate(make, { ...settings, decisions: 60, rounds: 2, epochs: 2 }, backend);
    expect(rounds).toHaveLength(2);
    expect(teacher.foresight!.futures.some((n) => n >= 3)).toBe(true);
  });

  test("a teacher who does not make a kind of decision that is asked for is refused", () => {
    const asked = new OrchestrationEnvironment({ ...twoPools, decide: ["route"] });
    expect(() => lessonOf(asked, heuristic("fifo"))).toThrow(/does not make route decisions/);
  });

  test("PPO goes on from it: values alone at first, then all", () => {
    const { heads } = imitate(
      taught(() => identity()),
      settings,
      backend,
    );
    const trainer = new Trainer(
      () => identity(),
      {
        ...trainerDefaults,
        seed: 1,
        decisions: 4096,
        environments: 4,
        rollout: 64,
        horizon: 2,
        hidden: [16, 16],
        valueIterations: 4,
      },
      backend,
    );
    trainer.begin(heads);
    const actorSays = () => examine(identity(), trainer.trained(), 2, 1);
    expect(actorSays().mistakes).toBe(0);
    for (let n = 0; n < 4; n++) {
      const before = trainer.trained()[0]!.parameters;
      trainer.iterate();
      const after = trainer.trained()[0]!.parameters;
      // The actor's tensors stand before the critic's.
      const half = before.findIndex((value, i) => value !== after[i]);
      expect(half).toBeGreaterThan(0);
      expect(after.subarray(0, half)).toEqual(before.subarray(0, half));
      expect(half / before.length).toBeGreaterThan(0.4);
    }
    while (!trainer.done) trainer.iterate();
    expect(actorSays().mistakes).toBe(0);
    expect(() => trainer.begin(heads)).toThrow(/begins once/);
    trainer.dispose();
  });

  test("smoothed labels leave the pupil in doubt by as much, over allowed candidates alone", () => {
    // Of two candidates, 0.4 spread evenly leaves the label 0.8: a difference of logits of log 4.
    const steady = { ...settings, epochs: 60, rounds: 1, smoothing: 0.4 };
    const { rounds } = imitate(
      taught(() => chain()),
      steady,
      backend,
    );
    expect(rounds[0]!.loss).toBeCloseTo(-Math.log(0.8), 1.3);
    const { rounds: certain } = imitate(
      taught(() => chain()),
      { ...steady, smoothing: 0 },
      backend,
    );
    expect(certain[0]!.loss).toBeLessThan(0.1);
  });

  test("planted: a teacher who says the second best is imitated, and the game sees it", () => {
    const wrong = taught(
      () => chain(),
      (best) => 1 - best,
    );
    const { heads } = imitate(wrong, settings, backend);
    expect(examine(chain(), heads, HORIZON, 1).mistakes).toBe(1);
  });

  test("planted: a teacher who answers what is masked is found out", () => {
    const masked = () => {
      const environment = identity();
      let observation = environment.reset(0);
      const kept = { ...environment, reset: (seed: number) => (observation = environment.reset(seed)) };
      return { environment: kept, begin() {}, answer: () => Math.max(0, observation.mask.indexOf(0)) };
    };
    expect(() => imitate(masked, settings, backend)).toThrow(/masked/);
  });
});
