/**
 * A long training, whose memory is to stay flat:
 *
 *     npm run bench:soak -- [--minutes 30] [--write]
 *
 * It learns to route the demo's payments with the settings that `switchyard train` takes by default, makes a checkpoint every ten
 * iterations as that does, and measures after a collection what is held on the heap, in typed arrays with it, and what of the
 * process is resident. Ends with exit code 1 where either grows (`growth`). Run in the project's root.
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { inlineMore } from "../../src/cli/inline-more.js";
import { simdBackend } from "../../src/learn/backend/index.js";
import { OrchestrationEnvironment } from "../../src/learn/orchestration-environment.js";
import { Trainer, trainerDefaults } from "../../src/learn/trainer.js";
import { parseScenario } from "../../src/model/index.js";
import { counts, runBench, WRITE } from "../support/bench-options.js";
import { growth, type MemorySample } from "../support/growth.js";
import { writeResults } from "../support/write-results.js";

const FILE = "scenarios/payment-routing.yaml";
const SEED = 42;
const ITERATIONS_A_CHECKPOINT = 10;
const SAMPLES = 60;
/** What memory may grow by, of what it is: resident memory also has what V8 keeps for later. */
const HEAP_SHARE = 0.03;
const RESIDENT_SHARE = 0.05;

const USAGE = {
  script: "bench:soak",
  about: `A long training, whose memory is to stay flat. It learns to route the demo's payments with the settings of switchyard
train, makes checkpoints as that does, and measures what is held after a collection, and what of the process is resident. Exit
code 1 where either grows.`,
  options: { minutes: counts(30, "how long it takes"), write: WRITE },
} as const;

inlineMore();
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
await runBench(USAGE, async ({ values: { minutes, write } }) => {
  const scenario = parseScenario(readFileSync(FILE, "utf8"), { file: FILE, folder: "scenarios" });
  const settings = { ...trainerDefaults, seed: SEED, decisions: 1e12, horizon: 30 };
  const trainer = new Trainer(() => new OrchestrationEnvironment(scenario), settings, simdBackend);
  const heap: MemorySample[] = [];
  const resident: MemorySample[] = [];
  const start = performance.now();
  const gone = () => (performance.now() - start) / 1e3;
  const between = (60 * minutes) / SAMPLES;
  let checkpoint = "";
  while (gone() < 60 * minutes) {
    const { iteration } = trainer.iterate();
    if (iteration % ITERATIONS_A_CHECKPOINT === 0) checkpoint = JSON.stringify(trainer.save());
    if (gone() < between * (heap.length + 1)) continue;
    collect();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    heap.push({ seconds: gone(), bytes: heapUsed + arrayBuffers });
    resident.push({ seconds: gone(), bytes: rss });
  }

  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MB`;
  const figures = (
    [
      ["heap and typed arrays after a collection", heap, HEAP_SHARE],
      ["resident", resident, RESIDENT_SHARE],
    ] as const
  ).map(([name, samples, share]) => {
    const { level, grown, flat } = growth(samples, share);
    console.log(
      `${name}: ${megabytes(level)}, grown by ${megabytes(grown)} in the last two thirds: ${flat ? "flat" : "GROWS"}`,
    );
    const what = "grown in the last two thirds, MB";
    const atMostGrown = Math.max(2, (share * level) / 2 ** 20);
    return {
      name,
      unit: "MB",
      value: level / 2 ** 20,
      // How far a run comes in its time is the machine's doing: there is nothing that is the same in all.
      checksum: 0,
      goals: [{ what, value: grown / 2 ** 20, atMost: atMostGrown, met: flat }],
    };
  });
  console.log(
    `${trainer.decisions.toLocaleString("en-US")} decisions in ${(gone() / 60).toFixed(1)} minutes, ${heap.length} samples, ` +
      `a checkpoint of ${megabytes(checkpoint.length)}`,
  );
  if (write) {
    const more = { minutes: gone() / 60, decisions: trainer.decisions, samples: heap.length };
    console.log(
      `written: ${writeResults("soak", `npm run bench:soak -- --minutes ${minutes} --write`, figures, more)}`,
    );
  }
  if (figures.some(({ goals }) => goals.some(({ met }) => !met))) process.exit(1);
});
