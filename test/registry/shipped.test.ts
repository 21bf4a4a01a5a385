import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pairedDifference } from "../../src/experiment/statistics/index.js";
import { play } from "../../src/learn/play.js";
import { parseScenario, scenarioDigest } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";
import { neuralPolicy } from "../../src/policy/runtime/index.js";
import { readPackage } from "../../src/registry/index.js";

const shipped = readdirSync("policies").flatMap((name) =>
  readdirSync(join("policies", name)).map((version) => join("policies", name, version)),
);

describe.each(shipped)("the policy that ships as %s", (folder) => {
  test("is whole, was trained on the scenario that ships, and beats the heuristic that it says it beats", async () => {
    const { manifest, heads } = await readPackage(folder);
    const { name, digest } = manifest.lineage.scenario;
    const file = join("scenarios", `${name}.yaml`);
    const scenario = parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" });
    expect(scenarioDigest(scenario)).toBe(digest);
    const { policy, change } = manifest.benchmark!.against!;
    expect(change).toBeLessThan(-0.05);
    // Ten seeds that nobody chose by: at its stated lead of many standard errors this cannot fail by chance.
    const seeds = Array.from({ length: 10 }, (_, k) => 900_001 + k);
    const cost = (make: () => Parameters<typeof play>[1]) =>
      seeds.map((seed) => play(scenario, make(), seed).objective);
    const difference = pairedDifference(
      cost(() => neuralPolicy(manifest.name, heads)),
      cost(() => heuristic(policy)),
      0.999,
    );
    expect(difference.high).toBeLessThan(0);
  });
});
