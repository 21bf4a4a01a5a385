import { quantity } from "../../model/parse/quantity.js";
import { given, type Reader, readYaml } from "../../model/parse/reader.js";
import { BEST_HEURISTIC } from "../summarize.js";
import type { AskedComparison, Experiment } from "./experiment.js";
import {
  MOST_POLICIES,
  MOST_SCENARIOS,
  metricOf,
  nameOf,
  overridesOf,
  policyText,
  seedsOf,
  sited,
  stopOf,
  texts,
} from "./parts.js";

export const EXPERIMENT_KEYS = [
  "experiment",
  "description",
  "scenarios",
  "overrides",
  "policies",
  "seeds",
  "metric",
  "baseline",
  "comparisons",
  "level",
  "stop",
] as const;
export const COMPARISON_KEYS = ["policy", "against"] as const;

const USUAL_LEVEL = 0.95;
const MOST_COMPARISONS = 1000;
const LEVELS = { least: 0.5, most: 0.9999 } as const;

/**
 * An experiment from the text of its file: see `docs/experiments.md`. Everything that is wrong in it is told at once, each with
 * file, line, column and path, and how to mend it. Whether the files that it names are there is not looked at.
 * @throws {InputErrors} BAD_YAML or BAD_EXPERIMENT
 */
export function parseExperiment(text: string, file: string): Experiment {
  const root = readYaml(text, file);
  const fields = root.fields("an experiment", EXPERIMENT_KEYS);
  const need = (key: (typeof EXPERIMENT_KEYS)[number], mend: string) =>
    root.needed("an experiment", fields, key, mend);
  const name = need("experiment", "name it, e.g. experiment: routing-rules");
  const scenarios = need("scenarios", "list scenario files, relative to this one");
  fields.get("description")?.text("");
  const seeds = seedsOf(fields.get("seeds"));
  const policies = fields.get("policies");
  const baseline = fields.get("baseline");
  const level = fields.get("level");
  const experiment: Experiment = {
    name: name === undefined ? "unnamed" : nameOf(name),
    scenarios: scenarios === undefined ? [] : texts(scenarios, MOST_SCENARIOS),
    overrides: overridesOf(fields.get("overrides")),
    policies: policies === undefined ? null : policiesOf(policies),
    seeds,
    metric: metricOf(fields.get("metric")),
    baseline: baseline === undefined ? { text: BEST_HEURISTIC, where: file } : sited(baseline),
    comparisons: fields.get("comparisons")?.items().slice(0, MOST_COMPARISONS).map(comparison) ?? [],
    level: level === undefined ? USUAL_LEVEL : quantity(level, "share", LEVELS, USUAL_LEVEL),
    ...given("stop", fields.get("stop"), (at) => stopOf(at, seeds, { best: true })),
  };
  root.complaints.settle("BAD_EXPERIMENT");
  return experiment;
}

function policiesOf(reader: Reader) {
  for (const item of reader.items().slice(0, MOST_POLICIES)) policyText(item);
  return texts(reader, MOST_POLICIES);
}

function comparison(reader: Reader): AskedComparison {
  const fields = reader.fields("a comparison", COMPARISON_KEYS);
  const side = (key: (typeof COMPARISON_KEYS)[number]) => {
    const at = reader.needed("a comparison", fields, key, "e.g. { policy: sed, against: jsq }");
    return at === undefined ? { text: "", where: reader.complaints.where(reader) } : sited(at);
  };
  return { policy: side("policy"), against: side("against") };
}
