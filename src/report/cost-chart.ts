import { cellFigure } from "../experiment/cell-figure.js";
import type { BenchmarkCell, ScenarioSummary } from "../experiment/results.js";
import { axisTitle } from "./axis-title.js";
import { byKind, type ChartSpec, chart, figureAxis, policyRows, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";

/** Mean objective, or another metric that policies are compared by, of each policy with its interval, over a faint tick for every seed (up to 100 of them). */
export function costChart(scenario: ScenarioSummary, cells: readonly BenchmarkCell[]): ChartSpec {
  const kinds = new Map(scenario.policies.map((policy) => [policy.policy, policy.kind]));
  const runs = cells
    .filter((cell) => cell.scenario === scenario.scenario && scenario.seeds <= 100)
    .map((cell) => ({
      policy: cell.policy,
      kind: kinds.get(cell.policy),
      seed: cell.seed,
      cost: cellFigure(cell, scenario.metric),
    }));
  const means = scenario.policies.map(({ policy, kind, objective }) => ({
    policy,
    kind,
    mean: objective.mean,
    low: objective.low ?? objective.mean,
    high: objective.high ?? objective.mean,
  }));
  const x = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    scale: { zero: false, nice: true, padding: 8 },
    ...figureAxis(
      axisTitle(scenario.metric),
      means.map(({ mean }) => mean),
    ),
  });
  const tooltip = [
    { field: "policy", title: "policy" },
    { field: "mean", title: "mean", format: ".4~g" },
    { field: "low", title: "interval from", format: ".4~g" },
    { field: "high", title: "to", format: ".4~g" },
  ];
  return chart({
    params: [PICKED],
    data: { values: means },
    height: rowHeight(scenario.policies.length),
    encoding: { y: policyRows(scenario.policies) },
    layer: [
      {
        data: { values: runs },
        mark: { type: "tick", thickness: 1, size: 12 },
        encoding: {
          x: x("cost"),
          color: byKind,
          opacity: faded(0.28),
          tooltip: [{ field: "policy" }, { field: "seed" }, { field: "cost", format: ".4~g" }],
        },
      },
      {
        mark: { type: "rule", strokeWidth: 3, strokeCap: "round" },
        encoding: { x: x("low"), x2: { field: "high" }, color: byKind, opacity: faded() },
      },
      {
        mark: {
          type: "point",
          filled: true,
          size: 110,
          stroke: ink("surface"),
          strokeWidth: 1.5,
        },
        encoding: { x: x("mean"), fill: byKind, opacity: faded(), tooltip },
      },
    ],
  });
}
