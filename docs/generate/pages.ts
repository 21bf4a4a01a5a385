import { apiReference } from "./api-reference.js";
import { cliReference } from "./cli-reference.js";
import { correctness } from "./correctness.js";
import { scenarioReference } from "./scenario-reference.js";
import { speed } from "./speed.js";
import { featureReference, traceReference } from "./trace-reference.js";

/** Every generated page by its path below docs/. The same sources give the same text. */
export async function generatedPages(root: string): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["cli.md", cliReference()],
    ["scenario-reference.md", scenarioReference()],
    ["trace-reference.md", traceReference()],
    ["features.md", featureReference()],
    ["correctness.md", correctness(root)],
    ["speed.md", speed(root)],
    ...(await apiReference(root)),
  ]);
}
