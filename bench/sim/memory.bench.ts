import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TraceWriter } from "../../src/workload/trace/index.js";
import { atMost, type Figure, type Size, size } from "../support/figure.js";
import { quickRandom } from "../support/quick-random.js";

const SEED = 42;

/** The least that V8 allocates is 16 bytes: so less than one object in 16 events, which is what compiling leaves behind. */
const BYTES_PER_EVENT = 1;

const RESIDENT_MEGABYTES = 600;
/** How much more memory ten million tasks may take than one million. */
const FLAT = 1.2;

/**
 * Memory: bytes on the heap for each event of a steady state, and the peak of resident memory as a user replays a trace
 * file from the command line. Run in the project's root; both are processes of their own and need `dist/`.
 */
export async function memoryBench(which: Size): Promise<Figure[]> {
  const events = size(which, { smoke: 20_000, real: 1_000_000 });
  const lengths = size(which, { smoke: [400, 4_000], real: [1_000_000, 3_000_000, 10_000_000] });
  return [
    ...(["raised", "own"] as const).flatMap((limits) => [
      allocation("M/M/1", "scenarios/mm1.yaml", "none", 1.6, events, limits),
      allocation("payment routing under jsq", "scenarios/payment-routing.yaml", "jsq", 15, events, limits),
    ]),
    ...(await replays(lengths)),
  ];
}

/**
 * The engine allocates nothing: times and draws are read where an argument or an answer would be allocated, should V8 not
 * compile the call into its caller. What is left under V8's own limits are answers of functions of numbers within a draw or a
 * policy, so only what the command line does is held to the goal.
 */
function allocation(
  name: string,
  file: string,
  policy: string,
  rate: number,
  wanted: number,
  limits: "raised" | "own",
): Figure {
  const flags = ["--expose-gc", "--min-semi-space-size=512", "--max-semi-space-size=512"];
  const args = ["bench/sim/heap-growth.mjs", file, policy, String(rate), String(wanted), limits];
  const { events, allocated, held, flowTime } = JSON.parse(
    execFileSync(process.execPath, [...flags, ...args], { encoding: "utf8" }),
  ) as Record<"events" | "allocated" | "held" | "flowTime", number>;
  if (allocated < 0) throw new Error(`${name}: garbage was collected while it was being measured`);
  return {
    name: `${name}, a steady state${limits === "own" ? ", V8's own limits of inlining" : ""}`,
    value: allocated / events,
    unit: "bytes allocated/event",
    checksum: flowTime,
    goals: [
      ...(limits === "own" ? [] : [atMost(BYTES_PER_EVENT, "bytes allocated per event", allocated / events)]),
      atMost(BYTES_PER_EVENT, "bytes still held per event", held / events),
    ],
  };
}

/** Replays of traces of growing length. The files are written here, and read by the command line. */
async function replays(lengths: readonly number[]): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-bench-"));
  try {
    const figures: Figure[] = [];
    let first: number | undefined;
    for (const tasks of lengths) {
      const { seconds, megabytes, flowTime } = simulate(await replayScenario(folder, tasks));
      const length = tasks.toLocaleString("en-US");
      const goals = [atMost(RESIDENT_MEGABYTES, "MB resident at the peak", megabytes)];
      if (first === undefined) first = megabytes;
      else
        goals.push(
          atMost(FLAT, `times the peak of ${lengths[0]!.toLocaleString("en-US")}`, megabytes / first),
        );
      figures.push({
        name: `replay of ${length} tasks`,
        value: tasks / seconds,
        unit: "tasks/CPU s",
        checksum: flowTime,
        goals,
      });
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a trace of workflows of four tasks, and a scenario that replays it on eight servers at a load of 0.8. */
async function replayScenario(folder: string, tasks: number): Promise<string> {
  const random = quickRandom(SEED);
  const exponential = () => -Math.log(random());
  const diamond = {
    count: 4,
    firstParent: Int32Array.of(0, 0, 1, 2, 4),
    parent: Int32Array.of(0, 0, 1, 2),
    template: "diamond",
    type: ["split", "left", "right", "join"],
    deadline: Number.POSITIVE_INFINITY,
  };
  const writer = await TraceWriter.open(join(folder, "trace.arrow"), {
    source: "made for bench/sim/memory.bench.ts",
    provenance: [],
    origin: null,
  });
  let submitted = 0;
  for (let flow = 0; flow < tasks / diamond.count; flow++) {
    submitted += exponential() / 1.6;
    const work = Float64Array.of(exponential(), exponential(), exponential(), exponential());
    await writer.write({ ...diamond, submitted, work });
  }
  await writer.close();
  const file = join(folder, "replay.yaml");
  writeFileSync(
    file,
    `scenario: replay
horizon: ${submitted + 3600}
pools: { large: { servers: 5 }, small: { servers: 3 } }
trace: { path: trace.arrow }
objective: { minimize: flowTime }
decide: [route]
`,
  );
  return file;
}

/** Has a process write what it has used to descriptor 3 as it exits. */
const METER = `data:text/javascript,${encodeURIComponent(`
import { writeSync } from "node:fs";
process.on("exit", () => writeSync(3, JSON.stringify(process.resourceUsage())));
`)}`;

function simulate(file: string) {
  const args = ["--import", METER, "dist/cli/bin.js", "simulate", file, "--policy", "jsq", "--json"];
  const { status, output } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const [, answer, complaint, used] = output ?? [];
  if (status !== 0) throw new Error(`the replay ended with ${status}: ${complaint}`);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(used!) as NodeJS.ResourceUsage;
  const { flowTime } = JSON.parse(answer!) as { flowTime: { mean: number } };
  return {
    seconds: (userCPUTime + systemCPUTime) / 1e6,
    // Reported in kibibytes.
    megabytes: (maxRSS * 1024) / 1e6,
    flowTime: flowTime.mean,
  };
}
