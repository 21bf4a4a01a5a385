import { createHash } from "node:crypto";
import { figureName, type Objective } from "./objective.js";
import type { Scenario } from "./scenario.js";

/** SHA-256, hex, of a scenario's nouns: equal digests mean equal experiments. The path of its trace is left out. */
export function scenarioDigest(scenario: Scenario): string {
  const { trace, ...others } = scenario;
  const rest = { ...others, objective: objectiveNouns(scenario.objective) };
  const nouns = trace === undefined ? rest : { ...rest, trace: { ...trace, path: "" } };
  return createHash("sha256").update(stable(nouns)).digest("hex");
}

/** Published packages state digests: metrics that came after these must not change that of an objective without them. */
const FIRST_METRICS = [
  "flowTime",
  "waiting",
  "cost",
  "deadlineMisses",
  "tardiness",
  "failures",
  "attemptFailures",
  "rejections",
  "abandonments",
];

/** The expression and the weight of each figure; a formula is said by its expression alone. */
function objectiveNouns({ expression, figures, weights }: Objective) {
  const named = figures.flatMap((figure, f) =>
    weights === null || weights[f] === 0 ? [] : [[figureName(figure), weights[f]]],
  );
  return {
    expression,
    weights: { ...Object.fromEntries(FIRST_METRICS.map((name) => [name, 0])), ...Object.fromEntries(named) },
  };
}

/** JSON with sorted keys; infinities, which JSON lacks, by name. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${stable(item)}`).join(",")}}`;
  }
  return typeof value === "number" && !Number.isFinite(value) ? `"${value}"` : JSON.stringify(value);
}
