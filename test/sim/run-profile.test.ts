import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { parseScenario, type Scenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { Recorder } from "../../src/sim/recorder.js";
import { bucketStart, ProfileTaker } from "../../src/sim/run-profile.js";

const read = (name: string, changes: Partial<Scenario> = {}): Scenario => ({
  ...parseScenario(readFileSync(`scenarios/${name}.yaml`, "utf8"), { file: name, folder: "scenarios" }),
  ...changes,
});
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function profiled(scenario: Scenario, policy = "jsq", seed = 7) {
  const recorder = new ProfileTaker();
  const outcome = play(scenario, heuristic(policy), seed, { recorder });
  return { outcome, profile: recorder.profile() };
}

describe("the profile of a run", () => {
  test.each(["payment-routing", "breakdowns", "autoscaling", "central-queue", "approval"])(
    "changes nothing in %s",
    (name) => {
      const scenario = read(name, { horizon: 900, warmup: 60 });
      expect(profiled(scenario).outcome).toEqual(play(scenario, heuristic("jsq"), 7));
    },
  );

  test("averages to what was measured of the whole run, where servers and parts are alike", () => {
    const { outcome, profile } = profiled(read("payment-routing", { warmup: 0, horizon: 1000 }));
    expect(profile.parts).toBe(48);
    profile.pools.forEach((pool, p) => {
      expect(mean(pool.utilisation)).toBeCloseTo(outcome.pools[p]!.utilisation, 3);
      expect(mean(pool.waiting)).toBeCloseTo(outcome.pools[p]!.meanWaiting, 2);
    });
    const queues = outcome.pools.reduce((sum, pool) => sum + pool.meanWaiting, 0);
    expect(mean(profile.waiting)).toBeCloseTo(queues, 2);
  });

  test("is exact in every part: five seconds of work every ten, from the start, on one server", () => {
    const text = `
scenario: clockwork
horizon: 480
pools: { only: { servers: 1 } }
workflows:
  job: { arrivals: { renewal: 10 s }, tasks: { step: { work: 5 s } } }
objective: { minimize: flowTime }
`;
    const { profile } = profiled(parseScenario(text, { file: "clockwork", folder: "." }));
    // The first comes after one interval, so the first part is idle.
    expect(profile.pools[0]!.utilisation).toEqual([0, ...new Array(47).fill(0.5)]);
    expect(profile.waiting).toEqual(new Array(48).fill(0));
    const { first, counts, zeros } = profile.flowTimes;
    expect([bucketStart(first), counts, zeros]).toEqual([5, [47], 0]);
  });

  test("counts the flow times of the workflows that succeeded while measured", () => {
    const scenario = read("payment-routing", { warmup: 100, horizon: 900 });
    const { profile, outcome } = profiled(scenario);
    const recorder = new Recorder();
    play(scenario, heuristic("jsq"), 7, { recorder });
    const { workflows } = recorder;
    const [submitted, ended, succeeded] = (["submitted", "ended", "succeeded"] as const).map((name) =>
      Array.from(workflows.column(name)),
    );
    const times = submitted!.flatMap((from, row) =>
      succeeded![row] === 1 && from >= 100 ? [ended![row]! - from] : [],
    );
    const { first, counts, zeros } = profile.flowTimes;
    expect(counts.reduce((sum, count) => sum + count, zeros)).toBe(times.length);
    expect(times.length).toBe(outcome.bySource.reduce((sum, source) => sum + source.succeeded, 0));
    counts.forEach((count, i) => {
      const [low, high] = [bucketStart(first + i), bucketStart(first + i + 1)];
      expect(times.filter((time) => time >= low && time < high)).toHaveLength(count);
    });
  });

  test("stays small, however many pools there are", () => {
    const pools = Array.from({ length: 60 }, (_, p) => `  p${p}: { servers: 1 }`).join("\n");
    const text = `
scenario: many
horizon: 100
pools:
${pools}
workflows:
  job: { arrivals: { poisson: 1 / s }, tasks: { step: { work: 5 s } } }
objective: { minimize: flowTime }
`;
    const { profile } = profiled(parseScenario(text, { file: "many", folder: "." }));
    expect(profile.pools).toHaveLength(30);
    expect(profile.parts).toBe(8);
    expect(JSON.stringify(profile).length).toBeLessThan(8000);
  });
});
