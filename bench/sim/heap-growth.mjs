/**
 * What a simulation puts on the heap in its steady state: a program of its own, run by memory.bench.ts with --expose-gc and
 * a young generation so large that none of what is measured is collected.
 *
 *     heap-growth.mjs SCENARIO POLICY RATE EVENTS
 *
 * RATE is about how many events a virtual second has. Prints one JSON object: events, bytes allocated on the heap in them,
 * bytes still held after a collection (typed arrays counted), and the mean flow time.
 */
import { readFileSync } from "node:fs";
import { heuristic, parseScenario, Simulation } from "../../dist/index.js";

const SEED = 42;
const [file, policyName, rate, wanted] = process.argv.slice(2);
const policy = policyName === "none" ? undefined : heuristic(policyName);
const span = Number(wanted) / Number(rate);
const scenario = {
  ...parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" }),
  horizon: 3 * span,
  warmup: 0,
  decide: policy?.kinds ?? [],
};
const sim = new Simulation(scenario, { seed: SEED });
policy?.reset(SEED);

function driveOn(until) {
  for (let point = sim.advance(until); point !== null; point = sim.advance(until)) {
    sim.act(policy.decide(point));
  }
}

// Twice as many events as are measured: columns have their size, and the loop has been compiled.
driveOn(2 * span);
const eventsBefore = sim.events;
globalThis.gc();
globalThis.gc();
const before = process.memoryUsage();
driveOn(3 * span);
const after = process.memoryUsage();
globalThis.gc();
globalThis.gc();
const collected = process.memoryUsage();
console.log(
  JSON.stringify({
    events: sim.events - eventsBefore,
    allocated: after.heapUsed - before.heapUsed,
    held: collected.heapUsed + collected.arrayBuffers - before.heapUsed - before.arrayBuffers,
    flowTime: sim.outcome().flowTime.mean,
  }),
);
