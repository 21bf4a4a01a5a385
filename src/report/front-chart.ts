import type { ScenarioSummary } from "../experiment/results.js";
import type { FrontSummary } from "../experiment/summary.js";
import { axisTitle } from "./axis-title.js";
import { type ChartSpec, chart, figureAxis } from "./chart-spec.js";
import { labelPlaces } from "./label-places.js";
import { ink } from "./palette.js";
import { faded, PICKED } from "./picked.js";
import { inkScale, type PolicySeries, policySeries } from "./policy-series.js";
import { shortName } from "./short-name.js";

const MOST_NAMED = 8;
const HEIGHT = 320;
/** Pixels across in which names must find room: those of the narrowest chart on a screen or on paper, and of one on a phone. */
const WIDE = 540;
const NARROW = 240;
/** A name's place in the chart as wide as it is drawn. */
const PLACE = "(width < 440 ? datum.narrow : datum.wide)";

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
  // Names of many would lie on one another.
  const named = (policy: string, onFront: boolean): boolean =>
    front.points.length <= MOST_NAMED ||
    onFront ||
    policy === scenario.baseline ||
    summaries.get(policy)?.kind === "learned";
  const weightOf = ({ policy, onFront }: FrontSummary["points"][number]): number =>
    4 * Number(summaries.get(policy)?.kind === "learned") +
    2 * Number(onFront) +
    Number(policy === scenario.baseline);
  const drawn = front.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const unplaced = drawn
    // Who matters most is named first: where there is room for some only, it is theirs.
    .toSorted((a, b) => weightOf(b) - weightOf(a))
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
      };
    });
  const domains = {
    x: roomy(
      drawn.map(({ x }) => x),
      0.04,
    ),
    y: roomy(
      unplaced.flatMap(({ low, high }) => [low, high]),
      0.06,
    ),
  };
  const [wide, narrow] = [WIDE, NARROW].map((width) =>
    labelPlaces(
      unplaced.map((point) => ({
        x: (width * (point.x - domains.x[0])) / (domains.x[1] - domains.x[0]),
        y: (HEIGHT * (domains.y[1] - point.y)) / (domains.y[1] - domains.y[0]),
        label: point.label,
      })),
      { width, height: HEIGHT },
    ),
  );
  const values = unplaced.map((point, i) => ({ ...point, wide: wide![i], narrow: narrow![i] }));
  const stair = values.filter(({ onFront }) => onFront).sort((a, b) => a.x - b.x || b.y - a.y);
  const xFigures = figureAxis(axisTitle(xAxis), domains.x);
  const yFigures = figureAxis(axisTitle(yAxis), domains.y);
  const x = {
    field: "x",
    type: "quantitative",
    title: xFigures.title,
    scale: { domain: domains.x, nice: false, zero: false },
    axis: { grid: true, tickCount: 6, ...xFigures.axis },
  };
  const y = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    title: yFigures.title,
    scale: { domain: domains.y, nice: false, zero: false },
    axis: { grid: true, tickCount: 5, ...yFigures.axis },
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
  /** Names where there is room for them, on a halo. */
  const names: ChartSpec[] = (["left", "center", "right"] as const).flatMap((align) =>
    [{ stroke: ink("surface"), strokeWidth: 4 }, {}].map((halo) => ({
      transform: [{ filter: `${PLACE} !== null && ${PLACE}.align === '${align}'` }],
      mark: {
        type: "text",
        align,
        dx: { expr: `${PLACE}.dx` },
        dy: { expr: `${PLACE}.dy` },
        fontSize: 12,
        color: ink("ink"),
        ...halo,
      },
      encoding: { x, y: y("y"), text: { field: "label" }, opacity: faded() },
    })),
  );
  return chart({
    params: [PICKED],
    data: { values },
    height: HEIGHT,
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
      ...names,
    ],
  });
}

/** A scale's ends with some air on either side. */
function roomy(values: readonly number[], air: number): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const more = high > low ? air * (high - low) : Math.abs(low) * air || 1;
  return [low - more, high + more];
}
