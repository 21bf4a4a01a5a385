import { assert } from "../../kit/assert.js";
import { SequentialStream } from "../../kit/sequential-stream.js";
import { type Environment, emptyObservation, type Step } from "../environment.js";

/** Metres a second squared, kilograms, metres, newtons, seconds. */
const GRAVITY = 9.8;
const CART = 1;
const POLE = 0.1;
const HALF_LENGTH = 0.5;
const FORCE = 10;
const TICK = 0.02;
/** Where the pole has fallen, and where the track ends. */
const TILT_MOST = (12 * Math.PI) / 180;
const TRACK = 2.4;

/**
 * A pole on a cart that is pushed left (candidate 0) or right (1); 1 for every step that it stands. Barto, Sutton and
 * Anderson 1983, with the constants, the Euler steps and the limits of Gymnasium's CartPole-v1: cut after `length` steps,
 * begun uniformly within 0.05 of rest. A step counts for a second, so that a horizon is one in steps.
 */
export function cartPole({ length = 500 } = {}): Environment {
  const space = { name: "cart-pole", context: 4, candidate: 2 };
  const observation = emptyObservation([space], 2);
  observation.candidates.set([1, 0, 0, 1]);
  observation.mask.fill(1);
  observation.count = 2;
  const result: Step = { observation, reward: 1, elapsed: 1, terminated: false, truncated: false };
  let [x, speed, tilt, turning] = [0, 0, 0, 0];
  let left = 0;

  const observe = (): void => {
    const { context } = observation;
    context[0] = x;
    context[1] = speed;
    context[2] = tilt;
    context[3] = turning;
  };

  return {
    spaces: [space],
    continuing: false,
    reset(seed) {
      const stream = new SequentialStream(`cart-pole/${seed}`);
      const near = () => 0.1 * stream.next() - 0.05;
      [x, speed, tilt, turning] = [near(), near(), near(), near()];
      left = length;
      observe();
      return observation;
    },
    step(action) {
      assert(left > 0, "an episode that has ended is reset before the next step");
      assert(action === 0 || action === 1, `there is no candidate ${action}`);
      const force = action === 1 ? FORCE : -FORCE;
      const [sin, cos] = [Math.sin(tilt), Math.cos(tilt)];
      const push = (force + POLE * HALF_LENGTH * turning ** 2 * sin) / (CART + POLE);
      const turn = (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - (POLE * cos ** 2) / (CART + POLE)));
      const acceleration = push - (POLE * HALF_LENGTH * turn * cos) / (CART + POLE);
      x += TICK * speed;
      speed += TICK * acceleration;
      tilt += TICK * turning;
      turning += TICK * turn;
      left--;
      result.terminated = Math.abs(x) > TRACK || Math.abs(tilt) > TILT_MOST;
      result.truncated = !result.terminated && left === 0;
      if (result.terminated) left = 0;
      observe();
      return result;
    },
  };
}
