import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readCases } from "../../../src/experiment/theory/case-file.js";
import { theoryModel } from "../../../src/experiment/theory/families/index.js";
import { scenarioFiles } from "../../../src/experiment/theory/scenario-files.js";
import { parseScenario } from "../../../src/model/parse-scenario.js";

const folder = new URL("../../../scenarios/theory/", import.meta.url);
const cases = readCases(readFileSync(new URL("cases.json", folder)), "cases.json");

test("the scenario files are what their cases are made into: node scenarios/theory/make.mjs", () => {
  const made = new Map(cases.flatMap(scenarioFiles).map(({ name, text }) => [name, text]));
  const shipped = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  expect(shipped.sort()).toEqual([...made.keys()].sort());
  for (const name of shipped) expect(readFileSync(new URL(name, folder), "utf8"), name).toBe(made.get(name));
});

test("what a file says is what is verified", () => {
  for (const one of cases) {
    const verified = theoryModel(one)!.experiments.flatMap(({ scenario, half }) =>
      half === undefined ? [scenario] : [scenario, half],
    );
    for (const { name, text, scenario } of scenarioFiles(one)) {
      expect(parseScenario(text, { file: name }), name).toEqual(scenario);
      // Rules of a control problem share a world, which then has the problem's name.
      const nameless = verified.map((each) => ({ ...each, name: scenario.name }));
      expect(nameless, name).toContainEqual(scenario);
    }
  }
});

test("every figure of every case has an experiment that measures it", () => {
  const orphans = cases.flatMap((one) => {
    const { experiments } = theoryModel(one)!;
    return Object.keys(one.expected)
      .filter((figure) => experiments.every(({ figures }) => figures(figure) === undefined))
      .map((figure) => `${one.id}: ${figure}`);
  });
  expect(orphans).toEqual([]);
});
