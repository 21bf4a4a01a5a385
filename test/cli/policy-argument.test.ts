import { mkdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { policyArgument } from "../../src/cli/policy-argument.js";
import { makePolicy } from "../../src/experiment/policy-source.js";
import { parseScenario } from "../../src/model/index.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const deciding = (kinds: string) =>
  parseScenario(
    `
scenario: world
horizon: 10
decide: [${kinds}]
pools: { a: { servers: 1, scaling: { min: 1, max: 2, every: 1 s, setup: 1 s } }, b: { servers: 1 } }
workflows: { job: { arrivals: { poisson: 1 / s }, tasks: { t: { work: exponential(1 s) } } } }
objective: { minimize: flowTime }
`,
    { file: "world.yaml", folder: "." },
  );

describe("a policy that was learned to route", () => {
  const path = temporaryFolder("policy-argument", {});
  const table = { kinds: ["route"], known: { types: [], candidates: [] }, entries: [] };
  const runs = {
    learned: { learned: { kind: "table", table, otherwise: "jsq" }, heuristics: [], returns: "learned" },
    kept: {
      learned: { kind: "heuristic", spec: "sed" },
      heuristics: [{ policy: "sed" }],
      returns: "heuristic",
    },
  };

  const run = async (name: keyof typeof runs) => {
    await mkdir(path(name), { recursive: true });
    const content = { format: "switchyard.run/2", scenario: { name: "other" }, ...runs[name] };
    await writeFile(path(name, "run.json"), JSON.stringify(content));
    return path(name);
  };

  test.each(["learned", "kept"] as const)("(%s) is refused where it would decide nothing", async (name) => {
    const folder = await run(name);
    for (const [kinds, asked] of [
      ["scale", "asks for scale decisions"],
      ["", "asks for no decisions"],
    ] as const) {
      await expect(policyArgument(folder, [deciding("route"), deciding(kinds)])).rejects.toMatchObject({
        code: "NOTHING_TO_DECIDE",
        what: expect.stringContaining(asked),
        where: folder,
        mend: expect.stringContaining("decide: [...]"),
      });
    }
  });

  test("decides where one kind of several is its own, and wherever nobody asks yet", async () => {
    const folder = await run("learned");
    for (const scenarios of [[deciding("route, scale")], []])
      expect(makePolicy((await policyArgument(folder, scenarios)).source).kinds).toEqual(["route"]);
  });

  test("is no heuristic: of those a scenario may ask nothing", async () => {
    expect((await policyArgument("jsq", [deciding("scale")])).source).toEqual({
      kind: "heuristic",
      spec: "jsq",
    });
  });
});
