import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsq } from "../../src/policy/heuristics/jsq.js";
import { Simulation } from "../../src/sim/simulation.js";
import { scanTrace, TraceWriter } from "../../src/workload/trace/index.js";
import { pool, replay, scenario } from "../support/scenarios.js";
import { flow, METADATA } from "./made-up-workflows.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const WORKFLOWS = 40_000;
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "memory-"));
  path = join(folder, "long.arrow");
  const writer = await TraceWriter.open(path, METADATA);
  for (let w = 0; w < WORKFLOWS; w++)
    await writer.write(flow([[], [0], [0], [1], [1, 2]], { submitted: 8 * w }));
  await writer.close();
});
afterAll(() => rm(folder, { recursive: true }));

/** Bytes that are reachable. Buffers found dead in one collection are given back by the next. */
function held(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("a replay of 200,000 tasks from disk holds no more on its way than after the first 20,000", () => {
  const trace = scanTrace(path);
  const model = {
    ...scenario([pool("a", { servers: 2 }), pool("b")], [], { horizon: 1e9, decide: ["route"] }),
    trace: replay(path, { pools: [0, 1] }),
  };
  const simulation = new Simulation(model, { seed: 1, trace });
  const policy = jsq();
  let decisions = 0;
  const seen: number[] = [];
  for (let point = simulation.advance(); point !== null; point = simulation.advance()) {
    simulation.act(policy.decide(point));
    if (++decisions % 45_000 === 20_000) seen.push(held());
  }
  expect(simulation.outcome().workflows.succeeded).toBe(WORKFLOWS);
  expect(seen).toHaveLength(5);
  // A workflow's graph takes some 2 kB and a row of the trace some 60 bytes: held on to, the least would be 10 MB.
  expect(Math.max(...seen) - seen[0]!).toBeLessThan(5e6);
});
