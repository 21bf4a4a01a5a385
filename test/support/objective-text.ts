import { objective, scopeNames } from "../../src/model/parse/objective.js";
import { readYaml } from "../../src/model/parse/reader.js";
import type { Objective, Scenario } from "../../src/model/scenario.js";

/** An objective over the names of a scenario, from its text. */
export function parseObjective(text: string, scenario: Scenario): Objective {
  const reader = readYaml(JSON.stringify(text), "objective");
  const read = objective(reader, scopeNames(scenario));
  reader.complaints.settle();
  return read;
}

/** The scenario with another objective. */
export const minimizing = (text: string, scenario: Scenario): Scenario => ({
  ...scenario,
  objective: parseObjective(text, scenario),
});
