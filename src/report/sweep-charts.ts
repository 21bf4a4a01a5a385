import type { Importance } from "../experiment/sweep/importance.js";
import { completed, type Trial } from "../experiment/sweep/sweep.js";
import { type ChartSpec, chart, costUpward, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";

/** An axis of parallel coordinates: a setting, or the cost. */
export interface Axis {
  readonly name: string;
  /** Place of a trial on it, from 0 to 1; null where it has none. */
  readonly place: (trial: Trial) => number | null;
  readonly label: (trial: Trial) => string;
  /** What stands at its lower and its upper end. */
  readonly ends: readonly [string, string];
}

/** Every trial as a line over all settings to its cost; the best ones stand out in colour, width and order. */
export function parallelCoordinates(
  ranked: readonly Trial[],
  axes: readonly Axis[],
  best: number,
): ChartSpec {
  const rows = ranked.flatMap((trial, rank) =>
    axes.flatMap((axis) => {
      const place = axis.place(trial);
      if (place === null) return [];
      return [
        { trial: trial.trial, rank, axis: axis.name, place, value: axis.label(trial), good: rank < best },
      ];
    }),
  );
  const x = {
    field: "axis",
    type: "nominal",
    sort: axes.map(({ name }) => name),
    title: null,
    axis: { grid: true, domain: false, labelAngle: 0, labelFontSize: 12, labelLimit: 180, labelPadding: 22 },
    scale: { type: "point", padding: 0.35 },
  };
  const y = { field: "place", type: "quantitative", axis: null, scale: { domain: [0, 1] } };
  const tooltip = [
    { field: "trial", title: "trial" },
    { field: "axis", title: "setting" },
    { field: "value", title: "value" },
  ];
  const lines = (good: boolean): ChartSpec => ({
    transform: [{ filter: `datum.good === ${good}` }],
    mark: {
      type: "line",
      strokeWidth: good ? 2.25 : 1,
      opacity: good ? 0.9 : 0.35,
      color: ink(good ? "accent" : "neutral"),
      strokeCap: "round",
    },
    encoding: { x, y, detail: { field: "trial", type: "nominal" }, tooltip },
  });
  const ends = (end: 0 | 1): ChartSpec => ({
    data: { values: axes.map((axis) => ({ axis: axis.name, place: end, text: axis.ends[end] })) },
    mark: { type: "text", dy: end === 0 ? 14 : -12, fontSize: 11, color: ink("muted") },
    encoding: { x, y, text: { field: "text" } },
  });
  return chart({
    data: { values: rows },
    height: 300,
    layer: [
      lines(false),
      lines(true),
      {
        transform: [{ filter: "datum.good" }],
        mark: { type: "point", filled: true, size: 30, color: ink("accent"), opacity: 1 },
        encoding: { x, y, tooltip },
      },
      ends(0),
      ends(1),
    ],
  });
}

/** How much each setting matters: a bar each, the greatest on top. */
export function importanceChart(importances: readonly Importance[]): ChartSpec {
  return chart({
    data: { values: importances.map(({ path, share }) => ({ path, share })) },
    height: rowHeight(importances.length),
    encoding: {
      y: {
        field: "path",
        type: "nominal",
        sort: importances.map(({ path }) => path),
        title: null,
        axis: { labelLimit: 260, labelFontSize: 13, labelColor: ink("ink") },
      },
      x: {
        field: "share",
        type: "quantitative",
        title: "share of the variance, by itself",
        scale: { domain: [0, 1] },
        axis: { format: ".0%", tickCount: 5 },
      },
    },
    layer: [
      { mark: { type: "bar", height: 12, cornerRadius: 2, color: ink("accent") } },
      {
        mark: { type: "text", align: "left", dx: 6, color: ink("muted") },
        encoding: { text: { field: "share", format: ".0%" } },
      },
    ],
  });
}

/** The cost of each trial in the order of trying, and the best so far as a stair. */
export function progressChart(trials: readonly Trial[]): ChartSpec {
  let best = Number.POSITIVE_INFINITY;
  const values = completed(trials).map(({ trial, cost }) => ({
    trial,
    cost,
    best: (best = Math.min(best, cost)),
  }));
  const x = { field: "trial", type: "quantitative", title: "trial", axis: { grid: false, tickMinStep: 1 } };
  const y = (field: string) => costUpward(field, "cost");
  return chart({
    data: { values },
    height: 220,
    encoding: { x },
    layer: [
      {
        mark: { type: "point", filled: true, size: 26, opacity: 0.5, color: ink("neutral") },
        encoding: { y: y("cost"), tooltip: [{ field: "trial" }, { field: "cost", format: ".4~g" }] },
      },
      {
        mark: { type: "line", strokeWidth: 2.25, color: ink("accent"), interpolate: "step-after" },
        encoding: { y: y("best") },
      },
    ],
  });
}
