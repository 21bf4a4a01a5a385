import { tableFromIPC } from "apache-arrow";
import { describe, expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { featureSpec } from "../../src/model/features.js";
import { random } from "../../src/policy/heuristics/random.js";
import { Recorder } from "../../src/sim/recorder.js";
import { telemetryFile, telemetryTables } from "../../src/sim/telemetry.js";
import { deterministic, exponential, poisson, pool, scenario, task, workflow } from "../support/scenarios.js";

const stormy = scenario(
  [pool("p", { servers: 2, scaling: { least: 1, most: 3, every: 5 } }), pool("q")],
  [
    workflow("w", [task("a", [0, 1], { hedge: { after: exponential(1) } }), task("b", [0], { after: [0] })], {
      arrivals: poisson(1.2),
    }),
  ],
  {
    decide: ["route", "scale"],
    weather: [
      {
        name: "storm",
        pools: [0, 1],
        when: {
          kind: "scheduled",
          spans: [
            { from: 10, until: 20 },
            { from: 60, until: 70 },
          ],
        },
        effect: { kind: "brownout", speed: 0.5 },
      },
    ],
  },
);

function recorded() {
  const policy = random();
  const recorder = new Recorder({ features: true, poolsEvery: 10, policy });
  play(stormy, policy, 3, { recorder });
  const table = (name: string) => tableFromIPC(telemetryFile(recorder, name));
  return { recorder, table };
}

describe("telemetry", () => {
  test("has a table of each thing that there is, and says who decided", () => {
    const { recorder, table } = recorded();
    expect([...telemetryTables(recorder).keys()]).toEqual([
      "attempts",
      "workflows",
      "decisions",
      "weather",
      "series",
      "candidates.route",
      "candidates.scale",
    ]);
    expect(table("decisions").schema.metadata.get("switchyard.policy")).toBe("random");
    const plain = new Recorder();
    play({ ...stormy, weather: [] }, random(), 3, { recorder: plain });
    expect([...telemetryTables(plain).keys()]).toEqual(["attempts", "workflows", "decisions"]);
  });

  test("labels disturbances with when they began and ended", () => {
    const rows = recorded().table("weather").toArray();
    expect(rows.map((row) => [row.weather, row.began, row.time])).toEqual([
      ["storm", 1, 10],
      ["storm", 0, 20],
      ["storm", 1, 60],
      ["storm", 0, 70],
    ]);
  });

  test("shows pools at even moments: speeds in the storm, servers as they were decided", () => {
    const rows = recorded().table("series").toArray();
    expect(rows.length).toBe(2 * 10);
    const speedAt = (time: number) => rows.find((row) => row.pool === "q" && row.time === time)!.speed;
    // A row is of the state after what happens at its moment.
    expect([0, 10, 20, 60, 70].map(speedAt)).toEqual([1, 0.5, 1, 0.5, 1]);
  });

  test("has every feature of every candidate, the mask, the choice and its propensity", () => {
    const { table } = recorded();
    const decisions = table("decisions").toArray();
    const rows = table("candidates.route").toArray();
    const { context, candidate } = featureSpec("route");
    for (const { name } of [...context, ...candidate]) expect(Number.isFinite(rows[0]![name])).toBe(true);
    for (const decision of decisions.filter(({ kind }) => kind === "route")) {
      const seen = rows.filter((row) => row.decision === decision.serial);
      expect(seen.length).toBe(decision.candidates);
      expect(seen.find((row) => row.chosen === 1)!.candidate).toBe(decision.chosen);
      const allowed = seen.filter((row) => row.allowed === 1).length;
      expect(decision.propensity).toBe(1 / allowed);
    }
    // A decision about a pool is of no task and no workflow.
    const scaling = decisions.find(({ kind }) => kind === "scale")!;
    expect([scaling.source, scaling.pool]).toEqual([null, "p"]);
  });

  test("tells the second copy of a hedged attempt from the first", () => {
    const policy = random();
    const recorder = new Recorder();
    play(
      scenario(
        [pool("p", { servers: 9 })],
        [
          workflow("w", [task("a", [0], { work: deterministic(2), hedge: { after: deterministic(1) } })], {
            arrivals: poisson(0.5),
          }),
        ],
      ),
      policy,
      1,
      { recorder },
    );
    const rows = tableFromIPC(telemetryFile(recorder, "attempts")).toArray();
    const copies = rows.filter((row) => row.copy === 1);
    expect(copies.length).toBeGreaterThan(10);
    for (const copy of copies) {
      const first = rows.find((row) => row.workflow === copy.workflow && row.copy === 0)!;
      expect([copy.attempt, copy.outcome, first.outcome]).toEqual([1, "cancelled", "succeeded"]);
      expect(copy.started - first.started).toBeCloseTo(1, 9);
      expect(copy.ended).toBe(first.ended);
    }
  });
});
