import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import type { Arrivals } from "../../src/model/arrivals.js";
import { NONE } from "../../src/model/decision-view.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Simulation } from "../../src/sim/simulation.js";
import { pool, scenario, task, workflow } from "../support/scenarios.js";

/** Nobody comes in phase 0, which lasts 4 s on average, and 3 a second in phase 1, which lasts 2 s. */
const interrupted = { kind: "mmpp", rates: [0, 3], leave: [0.25, 0.5] } as const;

function world(observed: boolean) {
  const arrivals: Arrivals = observed ? { ...interrupted, observed: true } : interrupted;
  const servers = pool("p", { servers: 2, scaling: { least: 0, most: 3, every: 0 } });
  return scenario([servers], [workflow("w", [task("a", [0])], { arrivals })], {
    horizon: 5000,
    warmup: 0,
    decide: ["scale", "admit"],
  });
}

/** What is seen at each decision; all are let in, and no server comes or goes. */
function* looks(sim: Simulation) {
  for (let view = sim.pending ?? sim.advance(); view !== null; view = sim.advance()) {
    yield { kind: view.kind, time: view.time, phase: view.arrivalPhase(0), rate: view.observedArrivalRate };
    sim.act(view.kind === "admit" ? 1 : 2);
  }
}

describe("the phase of modulated arrivals", () => {
  const sim = new Simulation(world(true), { seed: 5 });
  const seen = [...looks(sim)];

  test("is that in which they come: whoever comes does so in the phase that has arrivals", () => {
    const arrivals = seen.filter(({ kind }) => kind === "admit");
    expect(arrivals.length).toBeGreaterThan(4000);
    expect(arrivals.filter(({ phase, rate }) => phase !== 1 || rate !== 3)).toEqual([]);
  });

  test("asks for the number of servers when it changes, and holds for its share of the time", () => {
    let share = 0;
    let changes = 0;
    seen.forEach(({ time, phase }, i) => {
      const before = seen[i - 1];
      if (before === undefined) return;
      if (before.phase === 1) share += (time - before.time) / sim.time;
      if (before.phase !== phase) changes++;
    });
    // 833 cycles of 6 s, with a standard deviation of a share of 0.012: a false alarm in 15,000 fresh seeds.
    expect(Math.abs(share - 1 / 3)).toBeLessThan(0.05);
    expect(Math.abs(changes / 2 / (5000 / 6) - 1)).toBeLessThan(0.11);
  });

  test("is not seen where it is hidden, and nothing else is another", () => {
    const hidden = new Simulation(world(false), { seed: 5 });
    const unseen = [...looks(hidden)];
    expect(new Set(unseen.map(({ phase, rate }) => `${phase} ${rate}`))).toEqual(new Set([`${NONE} 0`]));
    expect(unseen.length).toBeLessThan(seen.length);
    const [theirs, ours] = [hidden.outcome(), sim.outcome()];
    expect(ours.workflows).toEqual(theirs.workflows);
    // More looks are more additions.
    expect(ours.objective).toBeCloseTo(theirs.objective, 10);
  });

  test("is saved with all else, on the way to its next change", () => {
    for (const time of [1, 17, 333, 2500]) {
      const from = new Simulation(world(true), { seed: 5 });
      for (const { time: now } of looks(from)) if (now > time) break;
      const to = new Simulation(world(true), { seed: 5 });
      to.restore(structuredClone(from.snapshot()));
      expect([...looks(to)]).toEqual([...looks(from)]);
      expect(to.outcome()).toEqual(sim.outcome());
    }
  });

  test("does not matter to who does not look", () => {
    const outcomes = [true, false].map((observed) => play(world(observed), heuristic("on-off"), 3).objective);
    expect(outcomes[0]).toBeCloseTo(outcomes[1]!, 10);
  });
});
