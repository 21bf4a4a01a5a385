/**
 * What a simulation puts on the heap in its steady state: a program of its own, run by memory.bench.ts with --expose-gc and
 * a young generation so large that none of what is measured is collected.
 *
 *     heap-growth.mjs SCENARIO POLICY RATE EVENTS LIMITS
 *
 * RATE is about how many events a virtual second has. LIMITS is `raised` where V8 may inline as much as the command line has it,
 * `own` where it has its own limits, as in a program that uses the library. Prints one JSON object: events, bytes allocated on
 * the heap in them (the median of three times as many), the most bytes still held after a collection (typed arrays counted), and
 * the mean flow time.
 */
import { readFileSync } from "node:fs";
import { inlineMore } from "../../dist/cli/inline-more.js";
import { heuristic, parseScenario, Simulation } from "../../dist/index.js";

const SEED = 42;
/** How many times the events that are measured come before, and in how many parts each. */
const WARM = 2;
const PARTS = 10;
/** Of so many spans of as many events each, the median is told. */
const MEASURED = 3;
const [file, policyName, rate, wanted, limits] = process.argv.slice(2);
if (limits === "raised") inlineMore();
const policy = policyName === "none" ? undefined : heuristic(policyName);
const span = Number(wanted) / Number(rate);
const scenario = {
  ...parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" }),
  horizon: (WARM + MEASURED) * span,
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

// Columns have their size then, and what is entered anew, as each part here is, has been compiled as it is going to stay.
for (let part = 1; part <= PARTS * WARM; part++) driveOn((part * span) / PARTS);
const spans = Array.from({ length: MEASURED }, (_, k) => measured((WARM + k + 1) * span));
// V8 may yet compile something anew in one of them, which runs unoptimised until that is done.
const { events, allocated } = spans.sort((a, b) => a.allocated - b.allocated)[(MEASURED - 1) / 2];
console.log(
  JSON.stringify({
    events,
    allocated,
    held: Math.max(...spans.map(({ held }) => held)),
    flowTime: sim.outcome().flowTime.mean,
  }),
);

function measured(until) {
  const events = sim.events;
  globalThis.gc();
  globalThis.gc();
  const before = process.memoryUsage();
  driveOn(until);
  const after = process.memoryUsage();
  globalThis.gc();
  globalThis.gc();
  const collected = process.memoryUsage();
  return {
    events: sim.events - events,
    allocated: after.heapUsed - before.heapUsed,
    held: collected.heapUsed + collected.arrayBuffers - before.heapUsed - before.arrayBuffers,
  };
}
