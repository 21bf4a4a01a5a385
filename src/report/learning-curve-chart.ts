import type { LearningPoint } from "../experiment/results.js";
import { type ChartSpec, chart, costUpward } from "./chart-spec.js";
import { ink } from "./palette.js";

/** A policy that learns nothing, beside one that does. */
export interface Rival {
  readonly policy: string;
  readonly cost: number;
}

/** Cost over training: every measured point, the mean of five around each as a line, and what a rival costs as a dashed one. */
export function learningCurveChart(points: readonly LearningPoint[], rival?: Rival): ChartSpec {
  const x = {
    field: "step",
    type: "quantitative",
    title: "decisions learned from",
    axis: { format: "~s", grid: false },
  };
  const y = (field: string) => costUpward(field, "cost per workflow");
  return chart({
    data: { values: points.map(({ step, cost }) => ({ step, cost })) },
    transform: [
      { window: [{ op: "mean", field: "cost", as: "smooth" }], frame: [-2, 2], sort: [{ field: "step" }] },
    ],
    height: 240,
    encoding: { x },
    layer: [
      ...(rival === undefined ? [] : rivalLayers(rival)),
      {
        mark: { type: "point", filled: true, size: 36, opacity: 0.4, color: ink("neutral") },
        encoding: {
          y: y("cost"),
          tooltip: [
            { field: "step", format: ",d" },
            { field: "cost", format: ".4~g" },
          ],
        },
      },
      {
        mark: {
          type: "line",
          strokeWidth: 2.5,
          color: ink("accent"),
          interpolate: "monotone",
          strokeCap: "round",
        },
        encoding: { y: y("smooth") },
      },
    ],
  });
}

function rivalLayers({ policy, cost }: Rival): ChartSpec[] {
  const data = { values: [{ cost, policy }] };
  const encoding = { x: null, y: costUpward("cost", "cost per workflow") };
  return [
    { data, mark: { type: "rule", strokeDash: [5, 4], strokeWidth: 1.5, color: ink("muted") }, encoding },
    {
      data,
      mark: { type: "text", align: "right", baseline: "bottom", dy: -4, x: "width", color: ink("muted") },
      encoding: { ...encoding, text: { field: "policy" } },
    },
  ];
}
