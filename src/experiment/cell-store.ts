import { canonicalJson } from "../kit/canonical-json.js";
import { sha256 } from "../kit/sha256.js";
import { scenarioDigest } from "../model/index.js";
import type { LoadedScenario } from "./matrix.js";
import { type PolicySource, policyDigest } from "./policy-source.js";
import type { ResultStore } from "./result-store.js";
import type { BenchmarkCell } from "./results.js";

/** Where cells that have run are kept, by the digest of all that determines them. */
export type CellStore = ResultStore<BenchmarkCell>;

/**
 * The digests of cells: of the scenario as it was read and what it replays, the policy with its weights, the seed, and the
 * engine. What has the same digest has the same outcome.
 * @param engine tells apart versions of the code that runs
 */
export function cellDigests(
  scenarios: readonly LoadedScenario[],
  policies: readonly PolicySource[],
  engine: string,
): (scenario: number, policy: number, seed: number) => string {
  const scenarioDigests = scenarios.map(({ scenario, trace }) => [
    scenarioDigest(scenario),
    trace?.digest ?? null,
  ]);
  const policyDigests = policies.map(policyDigest);
  return (scenario, policy, seed) => {
    const [read, replayed] = scenarioDigests[scenario]!;
    return sha256(
      canonicalJson({ engine, scenario: read, trace: replayed, policy: policyDigests[policy], seed }),
    );
  };
}
