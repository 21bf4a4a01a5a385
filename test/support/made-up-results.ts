import type { BenchmarkCell, BenchmarkResults, LearningPoint } from "../../src/experiment/results.js";
import { normalQuantile } from "../../src/kit/normal.js";
import { SequentialStream } from "../../src/kit/sequential-stream.js";
import { bucketStart, type RunProfile } from "../../src/sim/run-profile.js";

/** [name, kind, mean cost relative to the best heuristic, spread of its own] */
type Made = readonly [name: string, kind: "heuristic" | "learned", factor: number, spread: number];

const POLICIES: readonly Made[] = [
  ["random", "heuristic", 1.92, 0.09],
  ["round-robin", "heuristic", 1.74, 0.08],
  ["weighted-random", "heuristic", 1.38, 0.06],
  ["join-shortest-queue", "heuristic", 1.21, 0.04],
  ["power-of-two", "heuristic", 1.29, 0.05],
  ["least-work-left", "heuristic", 1.06, 0.03],
  ["shortest-expected-delay", "heuristic", 1, 0.03],
  ["ppo", "learned", 0.87, 0.03],
];

/** Realistic but invented results, for tests of what reads them. Pure in its arguments. */
export function madeUpResults({
  seeds = 30,
  scenarios = 2,
  learned = 0.87,
  draw = "made-up",
} = {}): BenchmarkResults {
  const stream = new SequentialStream(draw);
  const normal = () => normalQuantile(stream.next());
  const names = ["demo-checkout", "montage-replay", "third"].slice(0, scenarios);
  const seedList = Array.from({ length: seeds }, (_, i) => 1001 + i);
  const cells: BenchmarkCell[] = [];
  for (const scenario of names) {
    for (const seed of seedList) {
      const weather = Math.exp(0.15 * normal());
      for (const [policy, , factor, spread] of POLICIES) {
        const scale =
          scenario === names[0] ? (policy === "ppo" ? learned : factor) : policy === "ppo" ? 1.004 : factor;
        const objective = 14.2 * weather * scale * (1 + spread * normal());
        const flow = objective * 0.8;
        const failed = Math.max(0, Math.round(9 * factor + 3 * normal()));
        const load = 0.55 + 0.12 * normal() * spread;
        cells.push({
          scenario,
          policy,
          seed,
          objective,
          metrics: {
            flowTime: flow,
            waiting: flow * 0.4,
            cost: 0.002 * objective,
            attemptFailures: 0.12 * factor,
          },
          flowTime: {
            mean: flow,
            p50: flow * 0.7,
            p90: flow * 1.9,
            p95: flow * 2.6 * factor,
            p99: flow * 4.4 * factor,
          },
          pools: [
            {
              name: "fast",
              utilisation: Math.min(0.98, load * 1.5 * Math.sqrt(factor)),
              meanWaiting: 4.1 * factor,
            },
            { name: "spot", utilisation: Math.min(0.95, load * 1.2), meanWaiting: 2.2 * factor },
            { name: "safe", utilisation: load * 0.8, meanWaiting: 0.6 },
          ],
          workflows: { submitted: 5400, succeeded: 5400 - failed, failed },
          events: 81_200 + Math.round(100 * normal()),
          decisions: 21_640 + Math.round(40 * normal()),
          profile: madeUpProfile(flow, factor),
        });
      }
    }
  }
  return {
    format: "switchyard.benchmark/1",
    command: "switchyard bench scenarios/demo-checkout.yaml --policies all --seeds 1001-1030",
    machine: { platform: "linux", architecture: "x64", cores: 2 },
    createdWith: { switchyard: "0.1.0", node: "20.20.2" },
    scenarios: names.map((name, i) => ({
      name,
      digest: `sha256:${String(i).repeat(8)}3f9a77c21be04d5590aa1c6e8d2f4b7710e95c3d68fa20b1c47e5d9386`,
      objective: "flowTime + 5 * deadlineMisses + 0.2 * cost",
      horizon: 7200,
      warmup: 600,
      definition: `scenario: ${name}\nhorizon: 7200\nwarmup: 600\n`,
    })),
    policies: POLICIES.map(([name, kind]) => ({
      name,
      kind,
      ...(kind === "learned"
        ? { digest: "sha256:9c1e4b22d07f8a6653bb0f1947ce58ad2e3340917b6c85f2d1a9e07f44b8d6c0" }
        : {}),
      ...(name === "weighted-random"
        ? { tunedFrom: "weights 0.5 / 0.3 / 0.2, best of 12 on seeds 1-10" }
        : {}),
    })),
    seeds: seedList,
    cells,
  };
}

/** A wave of load over the run, and flow times that are spread like an exponential's. */
function madeUpProfile(flow: number, factor: number): RunProfile {
  const wave = (height: number) =>
    Array.from({ length: 12 }, (_, part) => height * (1 + 0.8 * Math.sin((part / 12) * 2 * Math.PI)));
  const first = Math.floor(8 * Math.log2(flow / 8));
  const share = (bucket: number) => Math.exp(-bucketStart(bucket) / (flow * factor));
  const counts = Array.from({ length: 48 }, (_, i) =>
    Math.round(5400 * (share(first + i) - share(first + i + 1))),
  );
  return {
    parts: 12,
    waiting: wave(4.1 * factor),
    pools: ["fast", "spot", "safe"].map((name, p) => ({
      name,
      waiting: wave((4.1 * factor) / (p + 2)),
      utilisation: wave(0.5 / (p + 1)),
    })),
    flowTimes: { zeros: 0, first, counts },
  };
}

export function madeUpLearningCurve(): LearningPoint[] {
  const stream = new SequentialStream("curve");
  return Array.from({ length: 60 }, (_, i) => ({
    step: (i + 1) * 8192,
    cost: 12.4 + 13 * Math.exp(-i / 9) + 0.5 * normalQuantile(stream.next()),
  }));
}

/** The same results with a policy under another name. */
export function renamed(results: BenchmarkResults, from: string, to: string): BenchmarkResults {
  return {
    ...results,
    policies: results.policies.map((policy) => (policy.name === from ? { ...policy, name: to } : policy)),
    cells: results.cells.map((cell) => (cell.policy === from ? { ...cell, policy: to } : cell)),
  };
}
