import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../../src/learn/check-environment.js";
import type { Environment } from "../../../src/learn/environment.js";
import { OrchestrationEnvironment } from "../../../src/learn/orchestration-environment.js";
import { cartPole, chain, identity, twoKinds } from "../../../src/learn/toys/index.js";
import {
  measured,
  normalised,
  recentContexts,
  scaledRewards,
  timeLimit,
  type Wrapper,
  wrap,
} from "../../../src/learn/wrappers/index.js";
import { twoPools } from "../two-pools.js";

const games: readonly [string, () => Environment][] = [
  ["a game that is cut", () => identity()],
  ["a game that ends", () => chain()],
  ["two kinds of decision", () => twoKinds()],
  [
    "a scenario",
    () => new OrchestrationEnvironment({ ...twoPools, decide: ["route", "dispatch"] }, { episode: 20 }),
  ],
];
const wrappers: readonly [string, (make: () => Environment) => Wrapper][] = [
  ["a time limit", () => timeLimit(3)],
  ["scaled rewards", () => scaledRewards({ centre: -0.5, scale: 0.1, clip: 2 })],
  ["recent contexts", () => recentContexts(3)],
  ["normalised features", (make) => normalised(measured(make(), { steps: 200, horizon: 10 }).features)],
  [
    "all of them",
    (make) => (environment) => {
      const framed = () => wrap(make(), timeLimit(5), recentContexts(2));
      const { features, rewards } = measured(framed(), { steps: 200, horizon: 10 });
      return wrap(environment, timeLimit(5), recentContexts(2), normalised(features), scaledRewards(rewards));
    },
  ],
];

describe.each(wrappers)("%s", (_, wrapper) => {
  test.each(games)("on %s: the contract of environments is kept", (_, make) => {
    const whole = wrapper(make);
    expect(() => checkEnvironment(() => whole(make()), { steps: 200 })).not.toThrow();
  });
});

test("a time limit cuts at the first decision at or after it, and is no end", () => {
  // Walking takes 4, 1, 2, 0.5 and 3 s.
  const walk = (limit: number, place: number) => {
    const environment = timeLimit(limit)(chain());
    // Episodes begin anywhere: one that begins at the place.
    let seed = 0;
    while (environment.reset(seed).context[place] !== 1) seed++;
    const seen: string[] = [];
    for (let over = false; !over; ) {
      const { terminated, truncated } = environment.step(0);
      over = terminated || truncated;
      seen.push(terminated ? "end" : truncated ? "cut" : "on");
    }
    return seen.join(" ");
  };
  expect(walk(4, 0)).toBe("cut");
  expect(walk(4.5, 0)).toBe("on cut");
  expect(walk(100, 0)).toBe("on on on on end");
  // What ends by itself as the time is up has ended.
  expect(walk(3.5, 3)).toBe("on end");
});

test("a limit begins again with each episode", () => {
  const environment = timeLimit(2)(identity({ length: 100 }));
  for (let episode = 0; episode < 3; episode++) {
    const { mask } = environment.reset(episode);
    expect(environment.step(mask.indexOf(1)).truncated).toBe(false);
    const next = environment.reset(episode);
    const second = environment.step(next.mask.indexOf(1));
    expect(environment.step(second.observation.mask.indexOf(1)).truncated).toBe(true);
  }
});

test("rewards are centred by the second, scaled and clipped, in this order", () => {
  const rewardsOf = (unit: Parameters<typeof scaledRewards>[0]) => {
    const environment = scaledRewards(unit)(chain({ seconds: [4, 2], exit: 0, goal: 10 }));
    let seed = 0;
    while (environment.reset(seed).context[0] !== 1) seed++;
    return [environment.step(0).reward, environment.step(0).reward];
  };
  expect(rewardsOf({})).toEqual([0, 10]);
  expect(rewardsOf({ scale: 0.5 })).toEqual([0, 5]);
  expect(rewardsOf({ centre: 1, scale: 0.5 })).toEqual([-2, 4]);
  expect(rewardsOf({ centre: 1, scale: 0.5, clip: 3 })).toEqual([-2, 3]);
});

test("recent contexts: the oldest first, zeros before there were any, apart by kind of decision", () => {
  const plain = cartPole();
  const framed = recentContexts(3)(cartPole());
  const contexts = [[...plain.reset(5).context]];
  let seen = [...framed.reset(5).context];
  expect(framed.spaces[0]).toMatchObject({ context: 12, candidate: 2 });
  expect(seen).toEqual([...new Array(8).fill(0), ...contexts[0]!]);
  for (let n = 0; n < 4; n++) {
    contexts.push([...plain.step(n % 2).observation.context]);
    seen = [...framed.step(n % 2).observation.context];
  }
  expect(seen).toEqual(contexts.slice(-3).flat());
  // A new episode has no past.
  expect([...framed.reset(5).context].slice(0, 8)).toEqual(new Array(8).fill(0));
});

test("normalised features have a mean of 0 and a deviation of 1 in what they were measured on", () => {
  const steps = 2000;
  const { features } = measured(cartPole(), { steps, horizon: 50, clip: 100 });
  const environment = normalised(features)(cartPole());
  const again = measured(environment, { steps, horizon: 50, clip: 100 }).features[0]!.context;
  for (const mean of again.mean) expect(Math.abs(mean)).toBeLessThan(1e-4);
  for (const std of again.std) expect(Math.abs(std - 1)).toBeLessThan(1e-3);
});

test("rewards by what was measured have discounted sums of deviation 1", () => {
  const make = () => new OrchestrationEnvironment(twoPools, { episode: 50 });
  const { rewards } = measured(make(), { horizon: 10, steps: 2000 });
  const again = measured(scaledRewards(rewards)(make()), { horizon: 10, steps: 2000 }).rewards;
  expect(again.centre).toBeCloseTo(0, 10);
  expect(again.scale).toBeCloseTo(1, 10);
});
