import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deserialize, serialize } from "node:v8";
import { expect, test } from "vitest";
import { jsq } from "../../src/policy/heuristics/jsq.js";
import { Simulation, type Snapshot } from "../../src/sim/simulation.js";
import { loadTrace, scanTrace } from "../../src/workload/trace/index.js";
import { exponential, pool, replay, scenario, task, workflow } from "../support/scenarios.js";

const file = fileURLToPath(new URL("../../scenarios/traces/small.arrow", import.meta.url));
const inMemory = loadTrace(readFileSync(file), file);
const onDisk = scanTrace(file);

/** Users who wait, a crowd, batches on and off, and a trace whose copies are still to come when the snapshot is taken. */
const model = {
  ...scenario(
    [pool("a", { servers: 3, capacity: 12 }), pool("b", { servers: 2, speed: 2 })],
    [
      workflow("users", [task("t", [0, 1])], {
        arrivals: { kind: "closed", users: 7, think: exponential(30), ramp: 50 },
      }),
      workflow("crowd", [task("t", [0, 1])], {
        arrivals: { kind: "flashCrowd", base: 0.01, at: 900, rise: 60, peak: 30, decay: 200 },
      }),
      workflow("batches", [task("t", [0, 1])], {
        arrivals: {
          kind: "batch",
          of: { kind: "onOff", rate: 0.05, on: exponential(100), off: exponential(100) },
          size: { kind: "geometric", p: 0.4 },
        },
      }),
    ],
    { horizon: 4000, decide: ["route"] },
  ),
  trace: replay(file, { pools: [0, 1], amplify: 2, jitter: exponential(200), repeat: 2, workScale: 0.05 }),
};

function run(sim: Simulation): void {
  const policy = jsq();
  for (let point = sim.pending ?? sim.advance(); point !== null; point = sim.advance())
    sim.act(policy.decide(point));
}

test.each([100, 930, 2500])(
  "a run saved at %d s goes on to the same bits, its trace in memory or on disk",
  (at) => {
    const whole = new Simulation(model, { seed: 3, trace: inMemory });
    const policy = jsq();
    while (whole.time < at) {
      const point = whole.pending ?? whole.advance(at);
      if (point === null) break;
      whole.act(policy.decide(point));
    }
    const bytes = serialize(whole.snapshot());
    run(whole);
    for (const trace of [inMemory, onDisk]) {
      const again = new Simulation(model, { seed: 3, trace });
      again.restore(deserialize(bytes) as Snapshot);
      expect(again.time).toBeLessThan(whole.time);
      run(again);
      expect(again.outcome()).toEqual(whole.outcome());
      expect(again.events).toBe(whole.events);
    }
    const { workflows } = whole.outcome();
    expect(workflows.succeeded).toBeGreaterThan(200);
  },
);
