import type { ScenarioSummary } from "../experiment/results.js";
import type { FrontSummary } from "../experiment/summary.js";
import { axisTitle } from "./axis-title.js";
import { type ChartSpec, chart, figureFormat } from "./chart-spec.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";
import { inkScale, type PolicySeries, policySeries } from "./policy-series.js";
import { shortName } from "./short-name.js";

const MOST_NAMED = 8;

/**
 * A point a policy by two figures, lower being better in both, and a stair along those that no other beats in both. Filled points
 * are on the front. Where the second figure is the 99th percentile, its interval is drawn too.
 */
export function frontChart(
  scenario: ScenarioSummary,
  front: FrontSummary,
  series: readonly PolicySeries[] = policySeries([scenario]),
): ChartSpec {
  const [xAxis, yAxis] = front.axes;
  const coloured = new Set(series.map(({ policy }) => policy));
  const summaries = new Map(scenario.policies.map((policy) => [policy.policy, policy]));
  const ends = front.points.map(({ x }) => x).filter(Number.isFinite);
  const middle = (Math.min(...ends) + Math.max(...ends)) / 2;
  // Names of many would lie on one another.
  const named = (policy: string, onFront: boolean): boolean =>
    front.points.length <= MOST_NAMED ||
    onFront ||
    policy === scenario.baseline ||
    summaries.get(policy)?.kind === "learned";
  const values = front.points
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
    .map(({ policy, x, y, onFront, confidence }) => {
      const p99 = yAxis === "p99" ? summaries.get(policy)?.p99 : null;
      return {
        policy,
        x,
        y,
        low: p99?.low ?? y,
        high: p99?.high ?? y,
        onFront,
        confidence,
        coloured: coloured.has(policy),
        label: named(policy, onFront) ? shortName(policy) : "",
        right: x > middle,
      };
    });
  const stair = values.filter(({ onFront }) => onFront).sort((a, b) => a.x - b.x || b.y - a.y);
  const x = {
    field: "x",
    type: "quantitative",
    title: axisTitle(xAxis),
    scale: { zero: false, nice: true, padding: 24 },
    axis: { grid: true, tickCount: 6, ...figureFormat(front.points.map((point) => point.x)) },
  };
  const y = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    title: axisTitle(yAxis),
    scale: { zero: false, nice: true, padding: 16 },
    axis: { grid: true, tickCount: 5, ...figureFormat(front.points.map((point) => point.y)) },
  });
  const colour = {
    condition: {
      test: "datum.coloured",
      field: "policy",
      type: "nominal",
      scale: inkScale(series),
      legend: null,
    },
    value: ink("neutral"),
  };
  /** Names beside points, towards the middle so that none is cut off, on a halo. */
  const names = (right: boolean): ChartSpec[] =>
    [{ stroke: ink("surface"), strokeWidth: 4 }, {}].map((halo) => ({
      transform: [{ filter: `datum.right === ${right}` }],
      mark: {
        type: "text",
        align: right ? "right" : "left",
        dx: right ? -10 : 10,
        dy: -9,
        fontSize: 12,
        color: ink("ink"),
        ...halo,
      },
      encoding: { x, y: y("y"), text: { field: "label" }, opacity: faded() },
    }));
  return chart({
    params: [PICKED],
    data: { values },
    height: 320,
    layer: [
      {
        data: { values: stair },
        mark: {
          type: "line",
          interpolate: "step-after",
          color: ink("neutral"),
          strokeWidth: 1.5,
          strokeDash: [4, 4],
        },
        encoding: { x, y: y("y"), order: { field: "x" } },
      },
      {
        mark: { type: "rule", strokeWidth: 1.5 },
        encoding: { x, y: y("low"), y2: { field: "high" }, color: colour, opacity: faded(0.6) },
      },
      {
        mark: { type: "point", size: 110, strokeWidth: 2 },
        encoding: {
          x,
          y: y("y"),
          stroke: colour,
          fill: colour,
          fillOpacity: { condition: { test: "datum.onFront", value: 1 }, value: 0 },
          opacity: faded(),
          tooltip: [
            { field: "policy" },
            { field: "x", title: xAxis, format: ".4~g" },
            { field: "y", title: yAxis, format: ".4~g" },
            { field: "onFront", title: "not beaten in both" },
            { field: "confidence", title: "so sure is it", format: ".0%" },
          ],
        },
      },
      ...[true, false].flatMap((right) =>
        values.some((value) => value.right === right) ? names(right) : [],
      ),
    ],
  });
}
