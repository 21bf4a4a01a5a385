import type { PolicySummary } from "../experiment/results.js";
import { ink } from "./palette.js";

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

/** Height of a chart with a row a policy, pixels. */
export const rowHeight = (count: number): number => 30 * count;

/** A row a policy, best on top, the learned ones standing out in weight and colour. */
export function policyRows(policies: readonly PolicySummary[]): ChartSpec {
  const learned = learnedTest(policies, "datum.value");
  return {
    field: "policy",
    type: "nominal",
    sort: policies.map((policy) => policy.policy),
    title: null,
    axis: {
      labelLimit: 260,
      labelFontSize: 13,
      labelFontWeight: { condition: { test: learned, value: 650 }, value: 400 },
      labelColor: { condition: { test: learned, value: ink("accent") }, value: ink("ink") },
    },
  };
}

/** Accent for learned policies, a quiet grey for the rest. */
export const byKind = {
  condition: { test: "datum.kind === 'learned'", value: ink("accent") },
  value: ink("neutral"),
};

function learnedTest(policies: readonly PolicySummary[], value: string): string {
  const names = policies.filter((policy) => policy.kind === "learned").map((policy) => policy.policy);
  return `indexof(${JSON.stringify(names)}, ${value}) >= 0`;
}
