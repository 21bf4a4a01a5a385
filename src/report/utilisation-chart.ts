import type { ScenarioSummary } from "../experiment/results.js";
import { type ChartSpec, chart, policyRows, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";

/** How busy each policy keeps each pool: a cell with its figure, the darker the busier. */
export function utilisationChart(scenario: ScenarioSummary): ChartSpec {
  const rows = scenario.policies.flatMap(({ policy, kind, pools }) =>
    pools.map(({ name, utilisation, meanWaiting }) => ({
      policy,
      kind,
      pool: name,
      utilisation,
      meanWaiting,
    })),
  );
  const pools = scenario.policies[0]?.pools.map((pool) => pool.name) ?? [];
  return chart({
    params: [PICKED],
    data: { values: rows },
    height: rowHeight(scenario.policies.length),
    encoding: {
      y: policyRows(scenario.policies),
      x: {
        field: "pool",
        type: "nominal",
        sort: pools,
        title: null,
        axis: { orient: "top", labelAngle: 0, labelLimit: 120, grid: false },
      },
    },
    layer: [
      {
        mark: { type: "rect", stroke: ink("surface"), strokeWidth: 3, cornerRadius: 5 },
        encoding: {
          fill: { value: ink("accent") },
          opacity: faded(),
          fillOpacity: {
            field: "utilisation",
            type: "quantitative",
            scale: { domain: [0, 1], range: [0.03, 0.5] },
            legend: null,
          },
          tooltip: [
            { field: "policy" },
            { field: "pool" },
            { field: "utilisation", format: ".1%" },
            { field: "meanWaiting", title: "tasks waiting, mean", format: ".3~g" },
          ],
        },
      },
      {
        mark: { type: "text", baseline: "middle", fontSize: 12 },
        encoding: {
          text: { field: "utilisation", type: "quantitative", format: ".0%" },
          color: { value: ink("ink") },
          opacity: faded(),
        },
      },
    ],
  });
}
