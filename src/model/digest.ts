import { createHash } from "node:crypto";
import type { Scenario } from "./scenario.js";

/** SHA-256, hex, of a scenario's nouns: equal digests mean equal experiments. The path of its trace is left out. */
export function scenarioDigest(scenario: Scenario): string {
  const { trace, ...rest } = scenario;
  const nouns = trace === undefined ? rest : { ...rest, trace: { ...trace, path: "" } };
  return createHash("sha256").update(stable(nouns)).digest("hex");
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
