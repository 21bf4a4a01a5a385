import type { PolicySummary } from "../experiment/results.js";
import { ink } from "./palette.js";
import { shortName, shortNameExpression } from "./short-name.js";
import { textWidth } from "./text-width.js";

/** A Vega-Lite 6 specification, as JSON. The tests compile every one that the report makes. */
export type ChartSpec = Readonly<Record<string, unknown>>;

export const SANS =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';

/** What all charts share: quiet axes, no frame, the page's type. Fills its container's width. */
export function chart(parts: ChartSpec): ChartSpec {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container",
    autosize: { type: "fit-x", contains: "padding" },
    background: "transparent",
    config: CONFIG,
    ...parts,
  };
}

const CONFIG = {
  font: SANS,
  // The figure around a chart is one image with a description; its parts need no names of their own.
  aria: false,
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    grid: false,
    gridColor: ink("grid"),
    labelColor: ink("muted"),
    labelFontSize: 12,
    labelPadding: 8,
    titleColor: ink("muted"),
    titleFontSize: 12,
    titleFontWeight: 400,
    titlePadding: 10,
  },
  axisX: { grid: true, tickCount: 6 },
  legend: {
    orient: "top",
    direction: "horizontal",
    title: null,
    labelColor: ink("muted"),
    labelFontSize: 12,
    symbolStrokeWidth: 1.5,
    columnPadding: 18,
    offset: 6,
  },
  text: { fontSize: 12 },
};

/** A cost upward: not from 0, since it is differences that are looked for. */
export const costUpward = (field: string, title: string): ChartSpec => ({
  field,
  type: "quantitative",
  title,
  scale: { zero: false, nice: true },
  axis: { grid: true, tickCount: 5 },
});

/**
 * Title and labels of an axis. Figures of a size that would take a line of noughts are written in thousandths or millions, and so on,
 * which the title says; in the usual range as they are.
 */
export function figureAxis(
  title: string,
  figures: readonly number[],
): { readonly title: string; readonly axis: ChartSpec } {
  const most = Math.max(0, ...figures.filter(Number.isFinite).map(Math.abs));
  if (most === 0 || (most >= 1e-3 && most < 1e7)) return { title, axis: {} };
  const power = 3 * Math.floor(Math.log10(most) / 3);
  return {
    title: `${title}, \u00d7 10${superscript(power)}`,
    axis: { labelExpr: `format(datum.value / 1e${power}, '.6~g')` },
  };
}

const superscript = (power: number): string =>
  [...String(power)].map((sign) => (sign === "-" ? "\u207b" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]!)).join("");

/** Height of a chart with a row a policy, pixels. */
export const rowHeight = (count: number): number => 30 * count;

/** Pixels for names beside a chart: few on a phone, where the chart would have none left. */
export const NAME_ROOM = { expr: "containerSize()[0] < 440 ? 104 : 260" };

/** A row a policy, best on top, the learned ones standing out in weight and colour. */
export function policyRows(policies: readonly Pick<PolicySummary, "policy" | "kind">[]): ChartSpec {
  const learned = learnedTest(policies, "datum.value");
  return {
    field: "policy",
    type: "nominal",
    sort: policies.map((policy) => policy.policy),
    title: null,
    axis: {
      labelExpr: shortNameExpression("datum.value"),
      labelLimit: NAME_ROOM,
      labelFontSize: 13,
      labelFontWeight: { condition: { test: learned, value: 600 }, value: 400 },
      labelColor: { condition: { test: learned, value: ink("accent") }, value: ink("ink") },
    },
  };
}

/** Accent for learned policies, a quiet grey for the rest. */
export const byKind = {
  condition: { test: "datum.kind === 'learned'", value: ink("accent") },
  value: ink("neutral"),
};

function learnedTest(policies: readonly Pick<PolicySummary, "policy" | "kind">[], value: string): string {
  const names = policies.filter((policy) => policy.kind === "learned").map((policy) => policy.policy);
  return `indexof(${JSON.stringify(names)}, ${value}) >= 0`;
}

const LEGEND_LABEL = 220;

/** A legend's columns, of equal width: as many as fit into the chart as wide as it is drawn. */
export function legendColumns(names: readonly string[]): ChartSpec {
  const widest = Math.min(LEGEND_LABEL, Math.max(0, ...names.map((name) => textWidth(shortName(name), 12))));
  return {
    labelExpr: shortNameExpression("datum.value"),
    labelLimit: LEGEND_LABEL,
    columns: { expr: `max(1, floor(width / ${Math.ceil(widest + 45)}))` },
  };
}
