import { expect, test } from "vitest";
import { beginPlay, play, playOn } from "../../src/learn/play.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { exponential, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";

const twoPools = scenario(
  [pool("a"), pool("b", { speed: 2 })],
  [workflow("w", [task("t", [0, 1], { work: exponential(1) })], { arrivals: poisson(2) })],
  { horizon: 200, warmup: 50 },
);

test("a run that is looked at now and then is the run that is not", () => {
  const policy = heuristic("jsq");
  const sim = beginPlay(twoPools, policy, 3);
  let last = sim.accrued();
  for (let at = 7; at < 200; at += 7) {
    playOn(sim, policy, at);
    expect(sim.time).toBe(at);
    const now = sim.accrued();
    expect(now.submitted).toBeGreaterThanOrEqual(last.submitted);
    expect(now.metrics.flowTime).toBeGreaterThanOrEqual(last.metrics.flowTime);
    last = now;
  }
  expect(() => sim.outcome()).toThrow("before the run had ended");
  playOn(sim, policy);
  const looked = sim.outcome();
  const whole = play(twoPools, heuristic("jsq"), 3);
  expect({ ...looked, metrics: {}, objective: 0, pools: [], utilisation: 0, meanInSystem: 0 }).toEqual({
    ...whole,
    metrics: {},
    objective: 0,
    pools: [],
    utilisation: 0,
    meanInSystem: 0,
  });
  // Integrals are sums of rectangles, which a look cuts in two: equal but for rounding.
  expect(looked.objective).toBeCloseTo(whole.objective, 12);
  expect(looked.meanInSystem).toBeCloseTo(whole.meanInSystem, 12);
});
