import { readFileSync } from "node:fs";
import { parseScenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Recorder } from "../../src/sim/recorder.js";
import { fastest, onCpu } from "../support/contest.js";
import { drive } from "../support/drive.js";
import { atLeast, atMost, type Figure, type Size, size } from "../support/figure.js";

const SEED = 42;
/** Arrivals per second in scenarios/payment-routing.yaml. */
const RATE = 2.6;

/**
 * Task completions of `scenarios/payment-routing.yaml` under `jsq` per second of processor time, without telemetry and
 * with all of it. A completion is an attempt that succeeded. Run in the project's root.
 */
export function telemetryBench(which: Size): Figure[] {
  const payments = size(which, { smoke: 500, real: 100_000 });
  const rounds = size(which, { smoke: 1, real: 7 });
  const file = "scenarios/payment-routing.yaml";
  const parsed = parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" });
  const scenario = { ...parsed, horizon: payments / RATE, warmup: 0 };

  const play = (recorder?: Recorder) =>
    onCpu(() => {
      const sim = drive(scenario, SEED, heuristic("jsq"), recorder);
      const { attempts, flowTime } = sim.outcome();
      return { count: attempts - sim.accrued().metrics.attemptFailures, checksum: flowTime.mean };
    });
  const { bare, recorded } = fastest(rounds, {
    bare: () => play(),
    recorded: () => {
      const recorder = new Recorder();
      const run = play(recorder);
      if (recorder.attempts.length === 0) throw new Error("no attempt was recorded");
      return run;
    },
  });
  if (bare.checksum !== recorded.checksum) throw new Error("telemetry changed what it recorded");
  const figure = (name: string, { count, seconds, checksum }: typeof bare): Figure => ({
    name: `payment routing under jsq, ${name}`,
    value: count / seconds,
    unit: "completions/CPU s",
    checksum,
  });
  return [
    {
      ...figure("no telemetry", bare),
      goals: [atLeast(1_000_000, "completions per CPU second", bare.count / bare.seconds)],
    },
    {
      ...figure("all telemetry", recorded),
      goals: [atMost(0.35, "of the time without, besides", recorded.seconds / bare.seconds - 1)],
    },
  ];
}
