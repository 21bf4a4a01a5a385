import { describe, expect, test } from "vitest";
import { parseResults } from "../../src/experiment/read-results.js";
import { type BenchmarkResults, type ExperimentEntry, summarize } from "../../src/experiment/results.js";
import { resultsText } from "../../src/experiment/results-text.js";
import type { StoppingRule } from "../../src/experiment/stopping.js";
import { InputError, InputErrors } from "../../src/kit/errors.js";
import { madeUpResults } from "../support/made-up-results.js";

const results = madeUpResults({ scenarios: 1, seeds: 2 });
const read = (text: string) => parseResults(text, "bench.json");

/** What is said of a text that is refused. */
function refusal(text: string): InputError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("it was read");
}

const changed = (change: (results: BenchmarkResults) => unknown): string => JSON.stringify(change(results));

describe("the file of a benchmark's results", () => {
  test("is read as it was written", () => {
    expect(read(resultsText(results))).toEqual(results);
    expect(summarize(read(resultsText(results)))).toEqual(summarize(results));
  });

  test.each<StoppingRule>([
    { of: "differences", halfWidth: 0.01, relative: true, atMost: 1000 },
    { of: "best", indifference: 0.5, relative: false, atMost: 1000 },
  ])("is read as it was written where runs were added by the rule $of", (stop) => {
    const experiment: ExperimentEntry = {
      name: "rules",
      digest: "00",
      metric: "objective",
      level: 0.95,
      baseline: "best-heuristic",
      comparisons: [],
      stop,
    };
    const scenarios = results.scenarios.map((scenario) => ({ ...scenario, seeds: 2, reached: true }));
    const stopped = { ...results, experiment, scenarios };
    expect(read(resultsText(stopped))).toEqual(stopped);
  });

  test("has null where a run could not say, which is not nought", () => {
    const silent = { ...results.cells[0]!.flowTime, p99: Number.NaN };
    const cells = results.cells.map((cell, i) => (i === 0 ? { ...cell, flowTime: silent } : cell));
    expect(read(resultsText({ ...results, cells })).cells[0]!.flowTime.p99).toBeNaN();
  });

  test("keeps fields that came after this version", () => {
    expect(read(changed((r) => ({ ...r, later: [1] })))).toMatchObject({ later: [1] });
  });

  test.each([
    ["no JSON", "{", "it is not JSON"],
    ["nothing", "null", "no benchmark results"],
    ["another file", `{"format":"switchyard.run/2"}`, "switchyard.run/2"],
    ["a later format", `{"format":"switchyard.benchmark/2"}`, "switchyard.benchmark/2"],
  ])("%s is refused, with what to give instead", (_, text, said) => {
    const error = refusal(text);
    expect(error.code).toBe("BAD_RESULTS");
    expect(error.message).toContain(said);
    expect(error.message).toContain("bench --out");
  });

  test.each([
    ["no cells", (r: BenchmarkResults) => ({ ...r, cells: undefined }), "bench.json > cells"],
    [
      "a cost in words",
      (r: BenchmarkResults) => ({ ...r, cells: [{ ...r.cells[0], objective: "low" }] }),
      "bench.json > cells[0].objective",
    ],
    [
      "a profile with a hole",
      (r: BenchmarkResults) => ({
        ...r,
        cells: [{ ...r.cells[0], profile: { ...r.cells[0]!.profile, waiting: [1] } }],
      }),
      "bench.json > cells[0].profile",
    ],
    [
      "a metric that there is not",
      (r: BenchmarkResults) => ({
        ...r,
        experiment: { name: "x", digest: "", metric: "speed", level: 0.9, baseline: "ppo", comparisons: [] },
      }),
      "bench.json > experiment.metric",
    ],
    [
      "a horizon of no length",
      (r: BenchmarkResults) => ({ ...r, scenarios: [{ ...r.scenarios[0], horizon: 0 }] }),
      "bench.json > scenarios[0].horizon",
    ],
  ])("%s: refused where it stands", (_, change, where) => {
    const error = refusal(changed(change));
    expect(error).toBeInstanceOf(InputErrors);
    expect((error as InputErrors).complaints[0]!.where).toBe(where);
  });
});
