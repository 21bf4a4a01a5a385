import { expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import type { Weather } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { deterministic, pool, scenario, task, workflow } from "../support/scenarios.js";

/** Jobs are served from 10 to 14, from 20 to 24 and from 30 to 34 s. How many fail, where all do for a while? */
function failed(from: number, until: number, judged?: "end"): number {
  const weather: Weather = {
    name: "storm",
    pools: [0],
    when: { kind: "scheduled", spans: [{ from, until }] },
    effect: { kind: "failures", attemptFailure: 1, ...(judged === undefined ? {} : { judged }) },
  };
  const arrivals = { kind: "renewal", gap: deterministic(10) } as const;
  const world = scenario(
    [pool("p")],
    [workflow("w", [task("a", [0], { work: deterministic(4) })], { arrivals })],
    { horizon: 35, warmup: 0, weather: [weather] },
  );
  return play(world, heuristic("jsq"), 1).workflows.failed;
}

test("weather judges attempts by their start, or by their end where it says so", () => {
  expect([failed(12, 16), failed(12, 16, "end")]).toEqual([0, 1]);
  expect([failed(19, 21), failed(19, 21, "end")]).toEqual([1, 0]);
  expect([failed(9, 15), failed(9, 15, "end")]).toEqual([1, 1]);
});
