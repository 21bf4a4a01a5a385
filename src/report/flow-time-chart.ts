import type { FlowTime, ScenarioSummary } from "../experiment/results.js";
import { byKind, type ChartSpec, chart, policyRows, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";

export const QUANTILES = ["p50", "p90", "p95", "p99"] as const satisfies readonly (keyof FlowTime)[];

/** Quantiles of the time in system, averaged over seeds, on a log scale: a line from the median to the 99th of a hundred. */
export function flowTimeChart(scenario: ScenarioSummary): ChartSpec {
  const rows = scenario.policies.flatMap(({ policy, kind, flowTime }) =>
    QUANTILES.filter((quantile) => flowTime[quantile] > 0).map((quantile) => ({
      policy,
      kind,
      quantile,
      seconds: flowTime[quantile],
    })),
  );
  const spans = scenario.policies
    .filter(({ flowTime }) => flowTime.p50 > 0 && flowTime.p99 > 0)
    .map(({ policy, kind, flowTime }) => ({ policy, kind, from: flowTime.p50, to: flowTime.p99 }));
  const x = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    title: "flow time, seconds (log scale)",
    scale: { type: "log", nice: false, padding: 10 },
    axis: { format: "~s", tickCount: 5 },
  });
  return chart({
    params: [PICKED],
    data: { values: rows },
    height: rowHeight(scenario.policies.length),
    encoding: { y: policyRows(scenario.policies) },
    layer: [
      {
        data: { values: spans },
        mark: { type: "rule", strokeWidth: 2, strokeCap: "round" },
        encoding: { x: x("from"), x2: { field: "to" }, color: byKind, opacity: faded(0.5) },
      },
      {
        mark: { type: "point", filled: true, size: 75, stroke: ink("surface"), strokeWidth: 1 },
        encoding: {
          x: x("seconds"),
          fill: byKind,
          opacity: faded(),
          shape: {
            field: "quantile",
            type: "nominal",
            scale: { domain: QUANTILES, range: ["circle", "square", "diamond", "triangle-right"] },
            legend: { symbolFillColor: ink("neutral"), symbolStrokeColor: ink("neutral"), symbolSize: 70 },
          },
          tooltip: [{ field: "policy" }, { field: "quantile" }, { field: "seconds", format: ".4~g" }],
        },
      },
    ],
  });
}
