import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyedStream } from "../../src/kit/random.js";
import { parseScenario } from "../../src/model/index.js";
import { jsq } from "../../src/policy/heuristics/jsq.js";
import { Simulation } from "../../src/sim/simulation.js";
import { scanTrace, TraceWriter } from "../../src/workload/trace/index.js";
import { type Figure, type Size, size } from "../support/figure.js";

/** Tasks of each workflow of the trace: one feeds three, and two more follow. */
const PARENTS = {
  count: 5,
  firstParent: Int32Array.of(0, 0, 1, 2, 3, 5),
  parent: Int32Array.of(0, 0, 0, 1, 2),
};
const TYPES = ["a", "b", "c", "d", "e"];

/**
 * A trace far larger than memory would like, replayed from disk under jsq: how fast, and what it takes. Resident memory is
 * that of the whole process, at its peak, with the making of the trace; run this bench alone. What it grew by since the first
 * tenth was replayed says whether it is flat.
 */
export async function replayBench(which: Size): Promise<Figure[]> {
  const tasks = size(which, { smoke: 20_000, real: 10_000_000 });
  const folder = mkdtempSync(join(tmpdir(), "replay-bench-"));
  try {
    await makeTrace(join(folder, "t.arrow"), tasks);
    const scanned = performance.now();
    const trace = scanTrace(join(folder, "t.arrow"));
    const started = performance.now();
    const { flowTime, early, late } = replay(folder, trace, tasks);
    const ended = performance.now();
    const megabytes = (kilobytes: number) => kilobytes / 1024;
    const figure = (name: string, unit: string, value: number, checksum: number): Figure => ({
      name,
      unit,
      value,
      checksum,
    });
    return [
      figure(
        "trace read through and checked",
        "tasks/s",
        tasks / ((started - scanned) / 1e3),
        trace.figures.totalWork,
      ),
      figure("trace replayed from disk under jsq", "tasks/s", tasks / ((ended - started) / 1e3), flowTime),
      figure("resident at the peak", "MB (less is better)", megabytes(process.resourceUsage().maxRSS), tasks),
      figure("grown since the first tenth", "MB (less is better)", (late - early) / 2 ** 20, tasks),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function makeTrace(path: string, tasks: number): Promise<void> {
  const writer = await TraceWriter.open(path, {
    source: "made up for a bench",
    provenance: [],
    origin: null,
  });
  const stream = KeyedStream.named(42, "trace");
  const exponential = () => -Math.log(stream.next());
  let submitted = 0;
  for (let w = 0; w < tasks / PARENTS.count; w++) {
    submitted += exponential();
    const work = Float64Array.from(TYPES, exponential);
    const deadline = Number.POSITIVE_INFINITY;
    await writer.write({ ...PARENTS, submitted, template: `t${w % 20}`, deadline, type: TYPES, work });
  }
  await writer.close();
}

function replay(folder: string, trace: ReturnType<typeof scanTrace>, tasks: number) {
  const text = [
    "scenario: replay",
    "horizon: 1000 days",
    "pools: { a: { servers: 4 }, b: { servers: 4 } }",
    "trace: t.arrow",
  ].join("\n");
  const simulation = new Simulation(parseScenario(text, { file: "replay", folder }), { seed: 1, trace });
  const policy = jsq();
  const resident = () => process.memoryUsage.rss();
  let early = 0;
  let decisions = 0;
  for (let point = simulation.advance(); point !== null; point = simulation.advance()) {
    simulation.act(policy.decide(point));
    if (++decisions === tasks / 10) early = resident();
  }
  return { flowTime: simulation.outcome().flowTime.mean, early, late: resident() };
}
