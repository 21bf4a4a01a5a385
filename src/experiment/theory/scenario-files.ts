import { renderScenario } from "../../model/render-scenario.js";
import type { TheoryCase } from "./case-file.js";
import { theoryModel } from "./families/index.js";

/** The scenario files of a case: one an experiment. */
export function scenarioFiles(theory: TheoryCase): { readonly name: string; readonly text: string }[] {
  const { experiments } = theoryModel(theory) ?? { experiments: [] };
  const scenarios = experiments.flatMap(({ scenario, half, policy }) =>
    [scenario, ...(half === undefined ? [] : [half])].map((one) => ({ scenario: one, policy })),
  );
  return scenarios.map(({ scenario, policy }) => ({
    name: `${scenario.name}.yaml`,
    text: renderScenario(scenario, `${theory.family} of scenarios/theory/cases.json; policy ${policy}`),
  }));
}
