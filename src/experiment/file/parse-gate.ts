import { parseQuantity, quantity } from "../../model/parse/quantity.js";
import { given, type Reader, readYaml } from "../../model/parse/reader.js";
import { CELL_FIGURES } from "../cell-figure.js";
import type { Limit, Requirements } from "../gate/gate.js";
import type { RunPlan, Sited } from "./experiment.js";
import {
  amountOf,
  MOST_SCENARIOS,
  metricOf,
  nameOf,
  overridesOf,
  policyText,
  seedsOf,
  stopOf,
  texts,
} from "./parts.js";

/** A gate file: see `docs/experiments.md`. */
export interface Gate extends RunPlan {
  /** The one that is to take the other's place. */
  readonly candidate: Sited;
  readonly champion: Sited;
  readonly requirements: Requirements;
}

export const GATE_KEYS = [
  "gate",
  "description",
  "scenarios",
  "overrides",
  "candidate",
  "champion",
  "require",
  "limits",
  "alpha",
  "undecided",
  "seeds",
  "metric",
  "stop",
] as const;
export const REQUIRE_KEYS = ["nonInferior", "superior"] as const;
export const LIMIT_KEYS = ["atMost", "atLeast"] as const;
export const SUPERIOR = ["every", "some"] as const;
export const UNDECIDED = ["fail", "pass"] as const;

const USUAL_ALPHA = 0.05;
const ALPHAS = { least: 1e-6, most: 0.25 } as const;

/**
 * A gate from the text of its file. Everything that is wrong is told at once, as `parseExperiment` does.
 * @throws {InputErrors} BAD_YAML or BAD_GATE
 */
export function parseGate(text: string, file: string): Gate {
  const root = readYaml(text, file);
  const fields = root.fields("a gate", GATE_KEYS);
  const need = (key: (typeof GATE_KEYS)[number], mend: string) => root.needed("a gate", fields, key, mend);
  const name = need("gate", "name it, e.g. gate: release");
  const scenarios = need("scenarios", "list scenario files, relative to this one");
  const candidate = need("candidate", "name the policy that is to pass");
  const champion = need("champion", "name the policy that it is compared with");
  fields.get("description")?.text("");
  const seeds = seedsOf(fields.get("seeds"));
  const absent: Sited = { text: "", where: file };
  const gate: Gate = {
    name: name === undefined ? "unnamed" : nameOf(name),
    scenarios: scenarios === undefined ? [] : texts(scenarios, MOST_SCENARIOS),
    overrides: overridesOf(fields.get("overrides")),
    candidate: candidate === undefined ? absent : policyText(candidate),
    champion: champion === undefined ? absent : policyText(champion),
    seeds,
    metric: metricOf(fields.get("metric")),
    requirements: requirementsOf(root, fields),
    ...given("stop", fields.get("stop"), (at) => stopOf(at, seeds)),
  };
  root.complaints.settle("BAD_GATE");
  return gate;
}

function requirementsOf(root: Reader, fields: ReadonlyMap<string, Reader>): Requirements {
  const required = fields.get("require")?.fields("require", REQUIRE_KEYS);
  const limits = fields.get("limits");
  const alpha = fields.get("alpha");
  const requirements: Requirements = {
    ...given("margin", required?.get("nonInferior"), (at) => amountOf(at, { value: 0.02, relative: true })),
    ...given("superior", required?.get("superior"), (at) => at.choice(SUPERIOR, "every")),
    limits: limits === undefined ? [] : limitsOf(limits),
    alpha: alpha === undefined ? USUAL_ALPHA : quantity(alpha, "share", ALPHAS, USUAL_ALPHA),
    undecided: fields.get("undecided")?.choice(UNDECIDED, "fail") ?? "fail",
  };
  const { margin, superior } = requirements;
  if (root.isMap && margin === undefined && superior === undefined && limits === undefined) {
    root.complain(
      "a gate that requires nothing lets everything pass",
      "e.g. require: { nonInferior: 2% }, or limits: { p99: { atMost: 20 s } }",
    );
  }
  return requirements;
}

function limitsOf(reader: Reader): Limit[] {
  reader.fields("limits", CELL_FIGURES);
  return CELL_FIGURES.flatMap((figure) => {
    const at = reader.parts().get(figure);
    if (at === undefined) return [];
    const bounds = [...at.fields("a limit", LIMIT_KEYS)];
    const [bound] = bounds;
    if (bound === undefined || bounds.length > 1) {
      if (at.isMap)
        at.complain(`a limit is one bound, and this has ${bounds.length}`, "e.g. p99: { atMost: 20 s }");
      return [];
    }
    const [key, value] = bound;
    return [{ figure, [key]: boundOf(value), shown: String(value.scalar) }];
  });
}

/** A number, a share in %, or a time in seconds. */
function boundOf(reader: Reader): number {
  const { scalar } = reader;
  if (typeof scalar === "number" && Number.isFinite(scalar)) return scalar;
  const value =
    typeof scalar === "string"
      ? (parseQuantity(scalar, "share") ?? parseQuantity(scalar, "seconds"))
      : undefined;
  if (value !== undefined) return value;
  reader.complain(
    `${reader.shown} is no bound`,
    "write a number, a share such as 1%, or a time such as 20 s",
  );
  return 0;
}
