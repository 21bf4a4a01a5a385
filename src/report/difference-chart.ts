import type { ScenarioSummary } from "../experiment/results.js";
import { formatNumber, formatPercent } from "../kit/format-number.js";
import { byKind, type ChartSpec, chart, figureAxis, policyRows, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";
import { typographic } from "./typographic.js";

/**
 * Each policy's paired difference from the baseline with its interval: what it costs more or less, in percent where
 * all percentages exist, else in the objective's unit. An interval that touches the line at zero decides nothing.
 */
export function differenceChart(scenario: ScenarioSummary): ChartSpec {
  const compared = scenario.policies.filter((policy) => policy.comparison !== undefined);
  const relative = compared.every((policy) => policy.comparison!.relative !== null);
  const format = relative
    ? (value: number) => `${formatPercent(value)} %`
    : (value: number) => formatNumber(value, 3);
  const rows = compared.map(({ policy, kind, comparison }) => {
    const { mean, low, high } = relative ? comparison!.relative! : comparison!.absolute;
    return {
      policy,
      kind,
      mean,
      low: low ?? mean,
      high: high ?? mean,
      label: typographic(`${mean > 0 ? "+" : ""}${format(mean)}`),
      interval:
        low === null || high === null ? "none: one seed" : typographic(`${format(low)} to ${format(high)}`),
    };
  });
  const x = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    ...(relative
      ? { title: null, axis: { labelExpr: "replace(format(datum.value, '+.0%'), '+0%', '0') + ''" } }
      : figureAxis(
          scenario.objective,
          rows.map(({ mean }) => mean),
        )),
    scale: { zero: true, nice: true, padding: 58 },
  });
  return chart({
    params: [PICKED],
    data: { values: rows },
    height: rowHeight(compared.length),
    encoding: { y: policyRows(compared) },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: "rule", strokeWidth: 1.5, color: ink("ink") },
        encoding: { x: { datum: 0 }, y: null },
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
        encoding: {
          x: x("mean"),
          fill: byKind,
          opacity: faded(),
          tooltip: [{ field: "policy" }, { field: "label", title: "difference" }, { field: "interval" }],
        },
      },
      // The figure stands on the far side of its interval, so that it never lies on the line at zero.
      ...(rows.some(({ mean }) => mean < 0) ? [figures("datum.mean < 0", "low", "right")] : []),
      ...(rows.some(({ mean }) => mean >= 0) ? [figures("datum.mean >= 0", "high", "left")] : []),
    ],
  });

  function figures(filter: string, field: string, align: "left" | "right"): ChartSpec {
    return {
      transform: [{ filter }],
      mark: { type: "text", align, baseline: "middle", dx: align === "left" ? 10 : -10, fontSize: 12 },
      encoding: {
        x: x(field),
        text: { field: "label" },
        opacity: faded(),
        color: { condition: { test: "datum.kind === 'learned'", value: ink("accent") }, value: ink("muted") },
      },
    };
  }
}
