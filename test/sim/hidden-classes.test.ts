import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import { parseScenario } from "../../src/model/index.js";
import { Simulation } from "../../src/sim/simulation.js";

setFlagsFromString("--allow-natives-syntax");
const haveSameMap = new Function("a", "b", "return %HaveSameMap(a, b)") as (a: object, b: object) => boolean;

const FILE = "scenarios/payment-routing.yaml";
const scenario = parseScenario(readFileSync(FILE, "utf8"), { file: FILE });

/** Enough for V8 to optimise all that a run is made by; as `map` was used there, it took 400. */
const RUNS = 1200;

/**
 * Read once a run, and nowhere else: lists of what a meter showed, which are of small integers as long as all are 0.
 */
const COLD = /\.measurement\.before\./;

function begun(): Simulation {
  const simulation = new Simulation(scenario, { seed: 1 });
  for (let point = simulation.advance(2); point !== null; point = simulation.advance(2)) simulation.act(0);
  return simulation;
}

/** Paths of what is of another hidden class in the two, or of a list whose elements are kept in another way. */
function differences(one: object, other: object, path = "", seen = new Set<object>()): string[] {
  if (seen.has(one) || ArrayBuffer.isView(one) || COLD.test(path)) return [];
  seen.add(one);
  const here = haveSameMap(one, other) ? [] : [path];
  const theirs = other as Record<string, unknown>;
  const below = Object.entries(one).flatMap(([name, part]: [string, unknown]) =>
    isObject(part) && isObject(theirs[name]) ? differences(part, theirs[name], `${path}.${name}`, seen) : [],
  );
  return [...here, ...below];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

test("what a run is made of has the same hidden classes in the first runs and after thousands: no hot loop is compiled anew", () => {
  for (let run = 0; run < 20; run++) begun();
  const early = begun();
  for (let run = 0; run < RUNS; run++) begun();
  expect(differences(early, begun(), "simulation")).toEqual([]);
});

test("a list that is made by another means than before is found", () => {
  expect(
    differences({ list: [{}, {}] }, { list: Object.assign(new Array<object>(2), [{}, {}]) }, "run"),
  ).toEqual(["run.list"]);
});
