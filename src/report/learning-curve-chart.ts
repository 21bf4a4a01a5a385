import type { LearningPoint } from "../experiment/results.js";
import { type ChartSpec, chart, costUpward } from "./chart-spec.js";
import { ink } from "./palette.js";

/** Cost over training: every measured point, and the mean of five around each as a line. */
export function learningCurveChart(points: readonly LearningPoint[]): ChartSpec {
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
      {
        mark: { type: "point", filled: true, size: 22, opacity: 0.4, color: ink("neutral") },
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
