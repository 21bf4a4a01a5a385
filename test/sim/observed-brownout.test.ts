import { describe, expect, test } from "vitest";
import { Simulation } from "../../src/sim/simulation.js";
import { deterministic, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";

/** Two pools; the first is at half its speed in [100, 200). Work of a second each. */
const world = (observed: boolean) =>
  scenario(
    [pool("slowed", { servers: 20 }), pool("steady", { servers: 20 })],
    [workflow("order", [task("charge", [0, 1], { work: deterministic(1) })], { arrivals: poisson(1) })],
    {
      horizon: 300,
      decide: ["route"],
      weather: [
        {
          name: "brownout",
          pools: [0],
          when: { kind: "scheduled", spans: [{ from: 100, until: 200 }] },
          effect: { kind: "brownout", speed: 0.5 },
          observed,
        },
      ],
    },
  );

function speedsSeen(observed: boolean) {
  const sim = new Simulation(world(observed), { seed: 1 });
  const seen: { readonly at: number; readonly speeds: readonly number[] }[] = [];
  for (let point = sim.advance(); point !== null; point = sim.advance()) {
    seen.push({ at: point.time, speeds: [point.pools.speed(0), point.pools.speed(1)] });
    sim.act(0);
  }
  const during = seen.filter(({ at }) => at >= 100 && at < 200).map(({ speeds }) => speeds);
  const else_ = seen.filter(({ at }) => at < 100 || at >= 200).map(({ speeds }) => speeds);
  return { during, else: else_, flowTime: sim.outcome().flowTime.mean };
}

describe("a brownout", () => {
  const told = speedsSeen(true);
  const hidden = speedsSeen(false);

  test("is seen by policies in the speed of the pool while it lasts", () => {
    expect(new Set(told.during.map(String))).toEqual(new Set(["0.5,1"]));
    expect(new Set(told.else.map(String))).toEqual(new Set(["1,1"]));
  });

  test("that is hidden from them is not, though tasks take as long", () => {
    expect(new Set([...hidden.during, ...hidden.else].map(String))).toEqual(new Set(["1,1"]));
    expect(hidden.flowTime).toBe(told.flowTime);
    expect(hidden.flowTime).toBeGreaterThan(1.2);
  });
});
