import type { AggregateSummary } from "../experiment/summary.js";
import { byKind, type ChartSpec, chart, legendColumns, policyRows, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";
import { dashScale, inkScale, type PolicySeries } from "./policy-series.js";

/** Interquartile mean of each policy's scores with its interval, and a line at 1. */
export function scoreChart({ policies }: AggregateSummary): ChartSpec {
  const values = policies.map(({ policy, kind, interquartileMean: { mean, low, high } }) => ({
    policy,
    kind,
    mean,
    low: low ?? mean,
    high: high ?? mean,
  }));
  const x = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    title: "baseline's cost / policy's cost",
    scale: { zero: false, nice: true, padding: 12 },
  });
  return chart({
    params: [PICKED],
    data: { values },
    height: rowHeight(policies.length),
    encoding: { y: policyRows(policies) },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: "rule", strokeWidth: 1.5, color: ink("ink") },
        encoding: { x: { datum: 1 }, y: null },
      },
      {
        mark: { type: "rule", strokeWidth: 3, strokeCap: "round" },
        encoding: { x: x("low"), x2: { field: "high" }, color: byKind, opacity: faded() },
      },
      {
        mark: { type: "point", filled: true, size: 110, stroke: ink("surface"), strokeWidth: 1.5 },
        encoding: {
          x: x("mean"),
          fill: byKind,
          opacity: faded(),
          tooltip: [
            { field: "policy" },
            { field: "mean", title: "interquartile mean", format: ".3~g" },
            { field: "low", title: "interval from", format: ".3~g" },
            { field: "high", title: "to", format: ".3~g" },
          ],
        },
      },
    ],
  });
}

/** The share of runs whose score lies above a threshold, with its band. */
export function performanceProfileChart(
  { policies, thresholds }: AggregateSummary,
  series: readonly PolicySeries[],
): ChartSpec {
  const coloured = new Set(series.map(({ policy }) => policy));
  const values = policies.flatMap(({ policy, profile }) =>
    profile.map(({ mean, low, high }, i) => ({
      policy,
      coloured: coloured.has(policy),
      score: thresholds[i],
      share: mean,
      low: low ?? mean,
      high: high ?? mean,
    })),
  );
  const x = {
    field: "score",
    type: "quantitative",
    title: "score",
    scale: { zero: false, nice: false },
    axis: { grid: true, tickCount: 8 },
  };
  const y = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    title: "share of runs that score more",
    scale: { domain: [0, 1] },
    axis: { grid: true, format: ".0%", tickCount: 5 },
  });
  const names = series.map(({ policy }) => policy);
  const color = {
    field: "policy",
    type: "nominal",
    scale: inkScale(series),
    legend: {
      symbolType: "stroke",
      symbolOpacity: 1,
      symbolStrokeWidth: 3,
      symbolSize: 250,
      ...legendColumns(names),
      offset: 14,
    },
  };
  // A layer of nothing would have no extent to draw axes for.
  const grey = {
    transform: [{ filter: "!datum.coloured" }],
    mark: { type: "line", strokeWidth: 1, color: ink("neutral") },
    encoding: { x, y: y("share"), detail: { field: "policy", type: "nominal" }, opacity: faded(0.6) },
  };
  return chart({
    params: [PICKED],
    data: { values },
    height: 280,
    layer: [
      {
        transform: [{ filter: "datum.coloured" }],
        mark: { type: "area", interpolate: "linear" },
        encoding: {
          x,
          y: y("low"),
          y2: { field: "high" },
          color,
          opacity: faded(0.12),
        },
      },
      ...(values.some((value) => !value.coloured) ? [grey] : []),
      {
        params: [{ name: "named", select: { type: "point", fields: ["policy"] }, bind: "legend" }],
        transform: [{ filter: "datum.coloured" }],
        mark: { type: "line", strokeWidth: 2.25 },
        encoding: {
          x,
          y: y("share"),
          color,
          strokeDash: { field: "policy", type: "nominal", scale: dashScale(series) },
          opacity: faded(),
        },
      },
      {
        mark: { type: "point", size: 80, opacity: 0, filled: true },
        encoding: {
          x,
          y: y("share"),
          tooltip: [
            { field: "policy" },
            { field: "score", title: "score above", format: ".3~g" },
            { field: "share", format: ".1%" },
          ],
        },
      },
    ],
  });
}
