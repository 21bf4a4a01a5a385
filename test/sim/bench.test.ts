import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventsBench } from "../../bench/sim/events.bench.js";
import { paymentLoop } from "../../bench/support/payment-loop.js";
import { quickRandom } from "../../bench/support/quick-random.js";
import { play } from "../../src/learn/play.js";
import { parseScenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { estimate } from "../support/replications.js";

test("the bench of events runs, and computes the same twice", () => {
  const [first, second] = [eventsBench("smoke"), eventsBench("smoke")];
  expect(first.every(({ value, checksum }) => value > 0 && Number.isFinite(checksum))).toBe(true);
  expect(second.map(({ checksum }) => checksum)).toEqual(first.map(({ checksum }) => checksum));
});

test("its hand-written M/M/1 loop gives the simulator's flow time to the bit, on the simulator's draws", () => {
  const figures = new Map(eventsBench("smoke").map(({ name, checksum }) => [name, checksum]));
  expect(figures.get("M/M/1, hand-written loop, the simulator's draws")).toBe(
    figures.get("M/M/1, Switchyard"),
  );
});

test("its hand-written payment loop is the scenario's model", () => {
  const file = "scenarios/payment-routing.yaml";
  const parsed = parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" });
  const scenario = { ...parsed, horizon: 1500, warmup: 0 };
  const seeds = Array.from({ length: 12 }, (_, i) => i + 1);
  const byHand = seeds.map((seed) => paymentLoop(scenario.horizon, quickRandom(seed)));
  const simulated = seeds.map((seed) => play(scenario, heuristic("jsq"), seed));
  for (const [what, mine, theirs] of [
    ["flow time", byHand.map((r) => r.flowTime), simulated.map((r) => r.flowTime.mean)],
    ["attempts", byHand.map((r) => r.attempts), simulated.map((r) => r.attempts)],
    ["events", byHand.map((r) => r.events), simulated.map((r) => r.events)],
    ["failed", byHand.map((r) => r.failed), simulated.map((r) => r.workflows.failed)],
  ] as const) {
    const [a, b] = [estimate(mine), estimate(theirs)];
    // Welch's t beyond 4.2: one choice of seeds in 2,500 (22 degrees of freedom).
    expect(Math.abs(a.mean - b.mean), `${what}: ${a.mean} and ${b.mean}`).toBeLessThan(
      4.2 * Math.hypot(a.error, b.error),
    );
  }
});
