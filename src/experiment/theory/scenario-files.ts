import { renderScenario } from "../../model/render-scenario.js";
import type { Scenario } from "../../model/scenario.js";
import type { TheoryCase } from "./case-file.js";
import { CONTROL } from "./control/index.js";
import { theoryModel } from "./families/index.js";
import type { Experiment } from "./model.js";

export interface ScenarioFile {
  readonly name: string;
  readonly text: string;
  /** What the text says. */
  readonly scenario: Scenario;
}

/** The scenario files of a case: one an experiment, or of a control problem one a world, for all rules that live in it. */
export function scenarioFiles(theory: TheoryCase): ScenarioFile[] {
  const { experiments } = theoryModel(theory) ?? { experiments: [] };
  if (Object.hasOwn(CONTROL, theory.family)) return worldFiles(theory, experiments);
  const scenarios = experiments.flatMap(({ scenario, half, policy }) =>
    [scenario, ...(half === undefined ? [] : [half])].map((one) => ({ scenario: one, policy })),
  );
  return scenarios.map(({ scenario, policy }) =>
    fileOf(scenario, `${theory.family} of scenarios/theory/cases.json; policy ${policy}`),
  );
}

/** The first rule's world has the case's name, and others those of their rules. */
function worldFiles(
  { id, family, expected }: TheoryCase,
  experiments: readonly Experiment[],
): ScenarioFile[] {
  const worlds = new Map<string, { readonly scenario: Scenario; readonly rules: string[] }>();
  for (const { name, scenario } of experiments) {
    if (!(name in expected)) continue;
    const world = JSON.stringify({ ...scenario, name: "" });
    const known = worlds.get(world);
    if (known !== undefined) known.rules.push(name);
    else {
      const called = worlds.size === 0 ? id : scenario.name;
      worlds.set(world, { scenario: { ...scenario, name: called }, rules: [name] });
    }
  }
  return Array.from(worlds.values(), ({ scenario, rules }) =>
    fileOf(scenario, `${family} of scenarios/theory/cases.json; rules ${rules.join(", ")}`),
  );
}

const fileOf = (scenario: Scenario, remark: string): ScenarioFile => ({
  name: `${scenario.name}.yaml`,
  text: renderScenario(scenario, remark),
  scenario,
});
