import { countOf, type PolicyProfile, tailOf } from "../experiment/profiles.js";
import type { ScenarioSummary } from "../experiment/results.js";
import { type ChartSpec, chart, legendColumns } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";
import { dashScale, inkScale, type PolicySeries, policySeries } from "./policy-series.js";

/** Shares that have a name of their own. */
const NAMED = [
  { share: 0.5, name: "median" },
  { share: 0.1, name: "p90" },
  { share: 0.05, name: "p95" },
  { share: 0.01, name: "p99" },
  { share: 0.001, name: "p99.9" },
] as const;
/** The fastest few are not what the chart is about: it begins where this share is slower. */
const BEGINS = 0.98;
/** Points on a line, beyond which they would lie closer than a pixel. */
const FEWEST = 10;

/**
 * The share of workflows that take longer than a time, both on log scales: the whole distribution of flow times, the rare and
 * slow ones as well to see as the usual. Shares of fewer than ten workflows are left out, being luck.
 */
export function flowTimeTailChart(
  scenario: ScenarioSummary,
  profiles: readonly PolicyProfile[],
  series: readonly PolicySeries[] = policySeries([scenario]),
): ChartSpec {
  const coloured = new Set(series.map(({ policy }) => policy));
  const values = profiles.flatMap(({ policy, flowTimes }) => {
    const least = FEWEST / countOf(flowTimes);
    const tail = tailOf(flowTimes);
    const from = Math.max(0, tail.findIndex(({ share }) => share < BEGINS) - 1);
    return tail
      .slice(from)
      .filter(({ value, share }) => value > 0 && share >= least)
      .map(({ value, share }) => ({ policy, coloured: coloured.has(policy), seconds: value, share }));
  });
  const least = Math.min(0.1, ...values.map(({ share }) => share));
  const times = values.map(({ seconds }) => seconds);
  const x = {
    field: "seconds",
    type: "quantitative",
    title: "flow time, seconds (log scale)",
    scale: { type: "log", domain: [Math.min(...times), Math.max(...times)], nice: false, padding: 6 },
    axis: { format: "~s", tickCount: 8 },
  };
  const y = {
    field: "share",
    type: "quantitative",
    title: "share that takes longer",
    scale: { type: "log", domain: [least, 1], nice: false },
    axis: { grid: false, format: "~%", values: [1, 0.1, 0.01, 0.001, 0.0001, 0.00001], labelPadding: 6 },
  };
  const names = NAMED.filter(({ share }) => share >= least);
  const color = {
    field: "policy",
    type: "nominal",
    scale: inkScale(series),
    legend: {
      symbolType: "stroke",
      symbolOpacity: 1,
      symbolStrokeWidth: 3,
      symbolSize: 250,
      ...legendColumns(series.map(({ policy }) => policy)),
      offset: 14,
    },
  };
  const strokeDash = {
    field: "policy",
    type: "nominal",
    scale: dashScale(series),
  };
  return chart({
    params: [PICKED],
    data: { values },
    height: 340,
    layer: [
      {
        data: { values: names },
        mark: { type: "rule", color: ink("grid") },
        encoding: { y },
      },
      {
        data: { values: names },
        mark: {
          type: "text",
          align: "left",
          baseline: "bottom",
          dx: 3,
          dy: -3,
          fontSize: 11,
          color: ink("muted"),
        },
        encoding: { y, x: { value: 0 }, text: { field: "name" } },
      },
      {
        params: [ZOOM],
        transform: [{ filter: "!datum.coloured" }],
        mark: { type: "line", strokeWidth: 1, color: ink("neutral"), clip: true },
        encoding: { x, y, detail: { field: "policy", type: "nominal" }, opacity: faded(0.6) },
      },
      {
        // Nothing depends on it, but a legend hears of clicks only where a selection is bound to it.
        params: [{ name: "named", select: { type: "point", fields: ["policy"] }, bind: "legend" }],
        transform: [{ filter: "datum.coloured" }],
        mark: { type: "line", strokeWidth: 2.25, strokeCap: "butt", clip: true },
        encoding: { x, y, color, strokeDash, opacity: faded() },
      },
      {
        mark: { type: "point", size: 90, opacity: 0, filled: true, clip: true },
        encoding: {
          x,
          y,
          tooltip: [
            { field: "policy" },
            { field: "seconds", title: "longer than, s", format: ".3~g" },
            { field: "share", title: "take", format: ".2~%" },
          ],
        },
      },
    ],
  });
}

/** Drag with the mouse to move, Shift and the wheel to zoom, double click to go back; fingers and the bare wheel scroll the page. */
const ZOOM: ChartSpec = {
  name: "zoom",
  select: {
    type: "interval",
    zoom: "wheel![event.shiftKey]",
    translate: "[pointerdown[event.pointerType !== 'touch'], window:pointerup] > window:pointermove!",
    clear: "dblclick",
  },
  bind: "scales",
};
