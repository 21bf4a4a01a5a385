import { inlineMore } from "../src/cli/inline-more.js";
import { InputError } from "../src/kit/errors.js";
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
import { runBench, WRITE } from "./support/bench-options.js";
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

const USAGE = {
  script: "bench",
  about: `Speed, memory and precision, each against a goal or a peer in the same run. Peers in Python are looked for with PYTHON
(or python3), one in C with gcc; what is not there is left out, and said so.`,
  parts: Object.keys(benches),
  options: {
    write: WRITE,
    smoke: { type: "boolean", default: false, describe: "so small that it only shows that everything runs" },
  },
} as const;

// As the command line does: what is measured is what a user gets.
inlineMore();
await runBench(USAGE, async ({ values: { write, smoke }, parts }) => {
  if (write && smoke)
    throw new InputError("USAGE", { what: "what is that small is not kept: --write, or --smoke" });
  const size: Size = smoke ? "smoke" : "real";
  for (const name of parts) {
    console.log(`\n${name}`);
    const figures = await benches[name]!(size);
    // At the size of a test nothing is what it would be: a bound says nothing there.
    console.log(render(smoke ? figures.map(({ goals: _, ...figure }) => figure) : figures));
    if (write) console.log(`written: ${writeResults(name, `npm run bench -- ${name} --write`, figures)}`);
  }
});
