import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runMatrix } from "../../src/experiment/matrix.js";
import { play } from "../../src/learn/play.js";
import { parseScenario, type Scenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Recorder } from "../../src/sim/recorder.js";
import { telemetryDigest } from "../../src/sim/telemetry.js";
import { loadTrace } from "../../src/workload/trace/index.js";

/**
 * Digests of everything recorded in a run, committed: a change of any draw, order or figure shows here. After a change that
 * is meant to change them: UPDATE_GOLDEN=1 npx vitest run test/sim/golden.test.ts, and say why in the commit.
 */
const FILE = "test/golden/telemetry.json";
const golden = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, string>;
const RUNS = [
  ["mm1", "jsq", 1000],
  ["mmc", "jsq", 200],
  ["tandem", "jsq", 500],
  ["payment-routing", "random", 300],
  ["payment-routing", "jsq", 300],
  ["payment-routing", "sed(price=0.5,failure=2)", 300],
  ["checkout-peak", "power-of-d+sjf", 700],
  ["checkout-peak", "upward-rank", 700],
  ["wfcommons-replay", "sed+edf", 7200],
] as const;

function load(name: string, horizon: number) {
  const text = readFileSync(`scenarios/${name}.yaml`, "utf8");
  const scenario: Scenario = {
    ...parseScenario(text, { file: name, folder: "scenarios" }),
    horizon,
    warmup: 0,
  };
  if (scenario.trace === undefined) return { scenario };
  return { scenario, trace: loadTrace(readFileSync(scenario.trace.path), scenario.trace.path) };
}

function digest(name: string, policy: string, horizon: number): string {
  const { scenario, trace } = load(name, horizon);
  const recorder = new Recorder();
  play(scenario, heuristic(policy), 7, { recorder, ...(trace === undefined ? {} : { trace }) });
  return telemetryDigest(recorder);
}

describe("a run is the run that it always was", () => {
  test.each(RUNS)("%s under %s for %d s", (name, policy, horizon) => {
    const found = digest(name, policy, horizon);
    const key = `${name} ${policy} ${horizon}`;
    if (process.env["UPDATE_GOLDEN"] !== undefined) {
      golden[key] = found;
      writeFileSync(FILE, `${JSON.stringify(golden, null, 2)}\n`);
    }
    expect(found).toBe(golden[key]);
    expect(digest(name, policy, horizon)).toBe(found);
  });
});

const built = existsSync("dist/experiment/matrix-worker.js");
if (!built) console.log("skipped: the matrix on threads. It is not built: npm run build");
test.skipIf(!built)(
  "outcomes are the same on one thread and on two, for trace and template alike",
  async () => {
    const matrix = {
      scenarios: [load("payment-routing", 120), load("wfcommons-replay", 600)],
      policies: ["random", "sed"].map((spec) => ({ kind: "heuristic", spec }) as const),
      seeds: [1, 2, 3],
    };
    const one = await runMatrix(matrix, { threads: 1 });
    expect(one.length).toBe(12);
    expect(await runMatrix(matrix, { threads: 2 })).toEqual(one);
  },
);
