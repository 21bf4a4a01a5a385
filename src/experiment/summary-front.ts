import { formatPercent } from "../kit/format-number.js";
import { SequentialStream } from "../kit/sequential-stream.js";
import { type CellFigure, cellFigure, isQuantile } from "./cell-figure.js";
import type { BenchmarkCell } from "./results.js";
import { mean, paretoConfidence, paretoFront } from "./statistics/index.js";
import type { FrontAxes, FrontSummary } from "./summary.js";

interface Runs {
  readonly policy: string;
  readonly cells: readonly BenchmarkCell[];
}

/** Confidence below which a policy off the front is not spoken of. */
const SPOKEN_OF = 0.2;
const MOST_NAMED = 5;

/**
 * Which policies no other beats on both axes. By default money against the 99th percentile of flow time; where no money is spent,
 * or all spend the same, the objective instead.
 */
export function summarizeFront(
  scenario: string,
  runs: readonly Runs[],
  asked?: FrontAxes,
): FrontSummary | null {
  if (runs.length < 2) return null;
  const axes = asked ?? ([spend(runs) ? "cost" : "objective", "p99"] as const);
  const figures = runs.map(({ cells }) => axes.map((axis) => cells.map((cell) => cellFigure(cell, axis))));
  const means = figures.map((point) => point.map(mean));
  const on = paretoFront(means);
  const confidence = paretoConfidence(figures, { stream: new SequentialStream(`front of ${scenario}`) });
  const points = runs.map(({ policy }, i) => ({
    policy,
    x: means[i]![0]!,
    y: means[i]![1]!,
    onFront: on[i]!,
    confidence: confidence[i]!,
  }));
  return { axes, points, sentence: inWords(axes, points) };
}

function inWords(axes: FrontAxes, points: FrontSummary["points"]): string {
  const [x, y] = axes.map(titleOf);
  const distinct = points.filter(
    (point, i) => points.findIndex((p) => p.x === point.x && p.y === point.y) === i,
  );
  const front = distinct.filter((point) => point.onFront).sort((a, b) => a.x - b.x);
  if (front.length === 0) return `${x} against ${y}: unknown for some run of every policy.`;
  const near = distinct.filter((point) => !point.onFront && point.confidence >= SPOKEN_OF);
  const maybe = near.length === 0 ? "" : `; perhaps also ${named(near)}`;
  return `${x} against ${y}: not beaten in both ${front.length === 1 ? "is" : "are"} ${named(front)}${maybe}.`;
}

/** With how sure it is; the surest of many. */
function named(points: FrontSummary["points"]): string {
  const sure = points.toSorted((a, b) => b.confidence - a.confidence).slice(0, MOST_NAMED);
  const names = points
    .filter((point) => sure.includes(point))
    .map(({ policy, confidence }) => `${policy} (${formatPercent(confidence).replace(/\.0+$/, "")} %)`)
    .join(", ");
  return points.length > sure.length ? `${names} and ${points.length - sure.length} more` : names;
}

const titleOf = (figure: CellFigure): string => (isQuantile(figure) ? `${figure} flow time` : figure);

/** Whether policies differ in the money they spend. */
function spend(runs: readonly Runs[]): boolean {
  const spent = runs.map(({ cells }) => mean(cells.map((cell) => cellFigure(cell, "cost"))));
  return spent.some((value) => value !== spent[0] && !Number.isNaN(value));
}
