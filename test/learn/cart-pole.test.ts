import { expect, test } from "vitest";
import { checkEnvironment } from "../../src/learn/check-environment.js";
import { cartPole } from "../../src/learn/toys/index.js";

test("the pole on its cart keeps the contract of environments", () => {
  checkEnvironment(() => cartPole({ length: 30 }));
});

test("one push from nearly rest moves it as the equations say", () => {
  const game = cartPole();
  const [x, speed, tilt, turning] = [...game.reset(3).context] as [number, number, number, number];
  const { observation, reward, terminated, truncated } = game.step(1);
  // Barto, Sutton and Anderson 1983, with a frictionless track, linear in small angles but for terms below 1e-4.
  const push = (10 + 0.05 * turning ** 2 * tilt) / 1.1;
  const turn = (9.8 * tilt - push) / (0.5 * (4 / 3 - 0.1 / 1.1));
  const acceleration = push - (0.05 * turn) / 1.1;
  const after = [x + 0.02 * speed, speed + 0.02 * acceleration, tilt + 0.02 * turning, turning + 0.02 * turn];
  after.forEach((value, i) => {
    expect(observation.context[i]).toBeCloseTo(value, 2);
  });
  expect([reward, terminated, truncated]).toEqual([1, false, false]);
});

test("pushed one way it falls, and that is an end; held up it is cut at its length", () => {
  const game = cartPole({ length: 200 });
  game.reset(1);
  let steps = 1;
  while (!game.step(1).terminated) steps++;
  expect(steps).toBeGreaterThan(6);
  expect(steps).toBeLessThan(14);

  let { context } = game.reset(2);
  for (let n = 1; n <= 200; n++) {
    // Pushing towards where the pole is falling, as told by tilt and turning, holds it.
    const step = game.step(context[2]! + 0.5 * context[3]! > 0 ? 1 : 0);
    expect([step.terminated, step.truncated]).toEqual([false, n === 200]);
    ({ context } = step.observation);
  }
});
