import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  benchmarkCharts,
  gateJUnit,
  gateMarkdown,
  InputError,
  resultsText,
  runExperiment,
  runGate,
} from "../../src/index.js";
import { temporaryFolder } from "../support/temporary-folder.js";
import { command, isBuilt } from "./command.js";
import { TINY } from "./training/tiny-scenario.js";

const EXPERIMENT = `
experiment: from-code
scenarios: tiny.yaml
policies: [jsq, random]
seeds: 4
`;
const GATE = `
gate: from-code
scenarios: tiny.yaml
candidate: jsq
champion: jsq+fifo
require: { nonInferior: 5% }
seeds: 4
`;

describe("from code", () => {
  const path = temporaryFolder("run-experiment", {
    "tiny.yaml": TINY,
    "rules.yaml": EXPERIMENT,
    "gate.yaml": GATE,
    "worse.yaml": GATE.replace("candidate: jsq", "candidate: random").replace(
      "champion: jsq+fifo",
      "champion: jsq",
    ),
  });

  test("an experiment file gives results, their summary, and charts; what is kept is not run again", async () => {
    const cache = path("kept");
    const { results, summary, warnings } = await runExperiment(path("rules.yaml"), { cache });
    expect(warnings).toEqual([]);
    expect(results.cells).toHaveLength(8);
    expect(summary.scenarios[0]!.policies.map(({ policy }) => policy).sort()).toEqual(["jsq", "random"]);
    expect(benchmarkCharts(results, summary).length).toBeGreaterThan(3);
    const told: number[] = [];
    const again = await runExperiment(path("rules.yaml"), {
      cache,
      onCell: (_done, _total, found) => told.push(found),
    });
    expect(again.results).toEqual(results);
    expect(told).toEqual([8]);
  });

  test.runIf(isBuilt("experiments from code beside the command line's"))(
    "it is byte for byte what `bench --out` writes",
    async () => {
      const { results } = await runExperiment(path("rules.yaml"));
      const { code, err } = await command(
        "bench",
        path("rules.yaml"),
        "-q",
        "--no-cache",
        "-o",
        path("cli.json"),
      );
      expect(code, err).toBe(0);
      expect(resultsText(results)).toBe(await readFile(path("cli.json"), "utf8"));
    },
    60_000,
  );

  test("a gate file gives its verdict, for people and for CI servers", async () => {
    const { gate, results, verdict } = await runGate(path("gate.yaml"));
    expect(verdict.passed).toBe(true);
    expect(gateJUnit(verdict, gate.requirements.undecided)).toContain('tests="1"');
    expect(gateMarkdown(verdict, results)).toContain("from-code: passed");
    const worse = await runGate(path("worse.yaml"));
    expect(worse.verdict.passed).toBe(false);
  });

  test("what is wrong is told with its place", async () => {
    await expect(runGate(path("rules.yaml"))).rejects.toThrow(/rules.yaml/);
    await expect(runExperiment(path("nowhere.yaml"))).rejects.toBeInstanceOf(InputError);
  });
});
