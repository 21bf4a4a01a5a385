import { inlineMore } from "../src/cli/inline-more.js";
import { coverageBench } from "./experiment/coverage.bench.js";
import { statisticsBench } from "./experiment/statistics.bench.js";
import { backendBench } from "./learn/backend.bench.js";
import { ppoBench } from "./learn/ppo.bench.js";
import { trainingBench } from "./learn/training.bench.js";
import { eventsBench } from "./sim/events.bench.js";
import { memoryBench } from "./sim/memory.bench.js";
import { peersBench } from "./sim/peers.bench.js";
import { scalingBench } from "./sim/scaling.bench.js";
import { telemetryBench } from "./sim/telemetry.bench.js";
import { against, type Figure, render, type Size } from "./support/figure.js";
import { writeResults } from "./support/write-results.js";
import { fitBench } from "./workload/fit.bench.js";
import { importBench } from "./workload/import.bench.js";
import { replayBench } from "./workload/replay.bench.js";

const benches: Readonly<Record<string, (size: Size) => Figure[] | Promise<Figure[]>>> = {
  events: eventsBench,
  peers: peersBench,
  telemetry: telemetryBench,
  scaling: scalingBench,
  memory: memoryBench,
  training: trainingBench,
  ppo: ppoBench,
  replay: replayBench,
  coverage: coverageBench,
  statistics: statisticsBench,
  fit: fitBench,
  import: importBench,
  backend: async (size) => {
    const steps = (await backendBench(size)).map(
      ({ name, stepMilliseconds, checksum }): Figure => ({
        name: `gradient step on 256 decisions, ${name}`,
        value: 1e3 / stepMilliseconds,
        unit: "steps/s",
        checksum,
      }),
    );
    const plain = steps.find(({ name }) => name.endsWith("plain"))!;
    return steps.map((step) => (step === plain ? step : against(step, plain)));
  },
};

// As the command line does: what is measured is what a user gets.
inlineMore();
const args = process.argv.slice(2);
const write = args.includes("--write");
const size: Size = args.includes("--smoke") ? "smoke" : "real";
const named = args.filter((arg) => !arg.startsWith("--"));
const unknown = [
  ...named.filter((name) => !(name in benches)),
  ...args.filter((arg) => arg.startsWith("--") && arg !== "--write" && arg !== "--smoke"),
];
if (unknown.length > 0 || (write && size === "smoke")) {
  console.error(`usage: npm run bench -- [${Object.keys(benches).join("] [")}] [--write | --smoke]`);
  process.exit(2);
}
for (const name of named.length > 0 ? named : Object.keys(benches)) {
  console.log(`\n${name}`);
  const figures = await benches[name]!(size);
  // At the size of a test nothing is what it would be: a bound says nothing there.
  console.log(render(size === "real" ? figures : figures.map(({ goals: _, ...figure }) => figure)));
  if (write) console.log(`written: ${writeResults(name, `npm run bench -- ${name} --write`, figures)}`);
}
