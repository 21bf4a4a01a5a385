import type { TraceSummary } from "../workload/trace/index.js";
import { type ChartSpec, chart, rowHeight } from "./chart-spec.js";
import { ink } from "./palette.js";
import { timeUnit } from "./time-unit.js";

/** Types drawn; the table has the others. */
export const TYPES_DRAWN = 20;

/** Workflows submitted in each interval of the trace. */
export function arrivalsChart({ arrivals, workflows, span }: TraceSummary): ChartSpec {
  const { interval, counts } = arrivals;
  const [unit, size] = timeUnit(span);
  const values = counts.map((count, i) => ({
    from: (i * interval) / size,
    to: ((i + 1) * interval) / size,
    count,
  }));
  return chart({
    data: { values },
    height: 180,
    layer: [
      {
        mark: { type: "bar", color: ink("accent"), binSpacing: 1 },
        encoding: {
          x: {
            field: "from",
            type: "quantitative",
            title: `${unit} since the first submission`,
            axis: { grid: false },
            bin: "binned",
          },
          x2: { field: "to" },
          y: { field: "count", type: "quantitative", title: "workflows", axis: { grid: true, tickCount: 4 } },
          tooltip: [
            { field: "from", title: `from, ${unit}`, format: ".4~g" },
            { field: "to", title: `to, ${unit}`, format: ".4~g" },
            { field: "count", title: "workflows" },
          ],
        },
      },
      {
        data: { values: [{ mean: workflows / Math.max(1, counts.length) }] },
        mark: { type: "rule", color: ink("muted"), strokeDash: [4, 4] },
        encoding: { y: { field: "mean", type: "quantitative" } },
      },
    ],
  });
}

/** Work of the tasks of each type on a log scale: a thin line from the 5th to the 99th of a hundred, a thick one for the middle half, a point at the median. */
export function workChart({ types }: TraceSummary): ChartSpec {
  const values = types
    .filter(({ work }) => work.count > 0 && work.p99 > 0)
    .slice(0, TYPES_DRAWN)
    .map(({ name, tasks, work }) => {
      // A log scale has no place for 0; what is below a microsecond stands at it.
      const at = (value: number) => Math.max(value, 1e-6);
      return {
        type: name,
        tasks,
        p5: at(work.p5),
        p25: at(work.p25),
        p50: at(work.p50),
        p75: at(work.p75),
        p99: at(work.p99),
        mean: work.mean,
      };
    });
  const x = (field: string): ChartSpec => ({
    field,
    type: "quantitative",
    title: "work, seconds at speed 1 (log scale)",
    scale: { type: "log", nice: false, padding: 10 },
    axis: { format: "~g", tickCount: 6 },
  });
  const rule = (from: string, to: string, strokeWidth: number): ChartSpec => ({
    mark: { type: "rule", strokeWidth, strokeCap: "round", color: ink("neutral") },
    encoding: { x: x(from), x2: { field: to } },
  });
  return chart({
    data: { values },
    height: rowHeight(Math.max(1, values.length)),
    encoding: {
      y: {
        field: "type",
        type: "nominal",
        sort: values.map(({ type }) => type),
        title: null,
        axis: { labelLimit: 220, labelFontSize: 13, labelColor: ink("ink") },
      },
    },
    layer: [
      rule("p5", "p99", 1.5),
      rule("p25", "p75", 5),
      {
        mark: {
          type: "point",
          filled: true,
          size: 80,
          opacity: 1,
          color: ink("accent"),
          stroke: ink("surface"),
          strokeWidth: 1,
        },
        encoding: {
          x: x("p50"),
          tooltip: [
            { field: "type" },
            { field: "tasks", format: "," },
            { field: "mean", title: "mean, s", format: ".4~g" },
            ...["p5", "p25", "p50", "p75", "p99"].map((q) => ({
              field: q,
              title: `${q}, s`,
              format: ".4~g",
            })),
          ],
        },
      },
    ],
  });
}

/** Critical path against work, a point a workflow: how far above the diagonal it stands is how parallel it is. */
export function parallelismChart({ sample }: TraceSummary): ChartSpec {
  const values = sample.filter(({ work, criticalPath }) => work > 0 && criticalPath > 0);
  const ends = values.flatMap(({ work, criticalPath }) => [work, criticalPath]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const axis = (field: string, title: string): ChartSpec => ({
    field,
    type: "quantitative",
    title,
    scale: { type: "log", nice: false, padding: 10 },
    axis: { format: "~g", tickCount: 5, grid: true },
  });
  return chart({
    data: { values },
    height: 280,
    layer: [
      {
        data: {
          values: values.length > 0 ? [least, most].map((at) => ({ criticalPath: at, work: at })) : [],
        },
        mark: { type: "line", color: ink("muted"), strokeDash: [4, 4], strokeWidth: 1 },
        encoding: {
          x: axis("criticalPath", "critical path, seconds (log scale)"),
          y: axis("work", "total work, seconds (log scale)"),
        },
      },
      {
        mark: { type: "point", filled: true, size: 36, opacity: 0.45, color: ink("accent") },
        encoding: {
          x: axis("criticalPath", "critical path, seconds (log scale)"),
          y: axis("work", "total work, seconds (log scale)"),
          tooltip: [
            { field: "template" },
            { field: "tasks" },
            { field: "work", title: "work, s", format: ".4~g" },
            { field: "criticalPath", title: "critical path, s", format: ".4~g" },
          ],
        },
      },
    ],
  });
}
