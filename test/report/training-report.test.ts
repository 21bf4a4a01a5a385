import { describe, expect, test } from "vitest";
import { type TrainedRun, trainingCharts, trainingReport } from "../../src/report/index.js";

const LIBRARIES = { vega: "", vegaLite: "", vegaEmbed: "" };
const RUN: TrainedRun = {
  scenario: { name: "payments", digest: "ab12", objective: "flowTime" },
  algorithm: "ppo",
  backend: "simd",
  switchyard: "0.1.0",
  command: "switchyard train payments.yaml <x>",
  seed: 7,
  settings: { discount: 0.01 },
  finished: true,
  decisions: 60_000,
  best: { cost: 2.5 },
  heuristics: [
    { policy: "sed", cost: 2.75 },
    { policy: "jsq", cost: 3 },
  ],
  curve: [
    { step: 1000, cost: 4 },
    { step: 60_000, cost: 2.5 },
  ],
  comparison: {
    seeds: 20,
    learned: 2.6,
    heuristic: { policy: "sed", cost: 2.8 },
    difference: { mean: -0.2, low: -0.3, high: -0.1 },
    change: { mean: -0.071, low: -0.11, high: -0.036 },
    winner: "learned",
  },
  returns: "learned",
  diverged: null,
};

describe("the page of a training", () => {
  const text = trainingReport(RUN, { libraries: LIBRARIES });

  test("says first what was learned beside the best heuristic, on fresh seeds", () => {
    expect(text).toContain("↓ costs less");
    expect(text).toContain("−7.1\u202f%");
    expect(text).toContain("−11.0\u202f% to −3.6\u202f%, the learned policy against sed");
    expect(text.indexOf("costs less")).toBeLessThan(text.indexOf("Cost while learning"));
    const undecided = { ...RUN.comparison!, difference: { mean: -0.2, low: -0.5, high: 0.1 } };
    expect(trainingReport({ ...RUN, comparison: undecided }, { libraries: LIBRARIES })).toContain(
      "≈ undecided",
    );
  });

  test("has the curve, the heuristics in validation, and how to repeat it, escaped", () => {
    expect(text).toContain(">jsq<");
    expect(text).toContain("train payments.yaml &lt;x&gt;");
    expect(text).toContain("ab12");
    expect(text).toContain("discount");
  });

  test("does without what is not there yet, and says why a run was called off", () => {
    const early = { ...RUN, comparison: null, curve: [], diverged: { what: "queues grow" } };
    const page = trainingReport(early, { libraries: LIBRARIES });
    expect(page).toContain("has not been compared");
    expect(page).toContain("called off: queues grow");
    expect(page).not.toContain("Cost while learning");
    expect(trainingCharts(early)).toEqual([]);
  });

  test("says by how much in the cost's own unit where a run of before has no share", () => {
    const { change: _, ...before } = RUN.comparison!;
    const page = trainingReport({ ...RUN, comparison: before }, { libraries: LIBRARIES });
    expect(page).toContain("−0.300 to −0.100, the learned policy against sed");
  });

  test("tells settings one by one, those within others by both names", () => {
    const settings = { hidden: [64, 64], ppo: { clip: 0.2, epochs: 4 } };
    const page = trainingReport({ ...RUN, settings }, { libraries: LIBRARIES });
    expect(page).toContain("<dt>hidden</dt><dd>64, 64</dd>");
    expect(page).toContain("<dt>ppo.clip</dt><dd>0.2</dd>");
  });

  test("has its charts by themselves too", () => {
    expect(trainingCharts(RUN).map(({ name }) => name)).toEqual(["learning"]);
  });
});
