/** How the notebooks show charts and tables. */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

/** Of Deno's kernel: shows what is given by MIME type, and is done when that has left. */
declare const Deno: {
  readonly jupyter: {
    display(bundle: Readonly<Record<string, unknown>>, options: { raw: true }): Promise<void>;
  };
};

/*
 * A cell awaits what it shows. What it merely answers is asked for its pictures afterwards, and may come when the cell has
 * been told to be over: then nobody stores it.
 */
const show = (bundle: Readonly<Record<string, unknown>>): Promise<void> =>
  Deno.jupyter.display(bundle, { raw: true });

const CONFIG = {
  font: "ui-sans-serif, system-ui, sans-serif",
  background: "white",
  padding: 8,
  view: { stroke: null },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 400,
    gridColor: "#ebe8e2",
    domain: false,
    ticks: false,
    labelPadding: 6,
    labelLimit: 260,
  },
  legend: { labelFontSize: 12, title: null, orient: "top" },
  title: { anchor: "start", fontSize: 14, fontWeight: 600, offset: 12 },
  // Okabe and Ito 2008: apart for every common kind of colour blindness.
  range: { category: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"] },
};

/** A Vega-Lite chart, for hosts that draw it, and as SVG for those that do not. */
export async function chart(spec: Readonly<Record<string, unknown>>): Promise<void> {
  const whole = { width: 560, ...spec, config: CONFIG };
  const view = new vega.View(vega.parse(compile(whole as unknown as TopLevelSpec).spec), {
    renderer: "none",
  });
  const svg = await view.toSVG();
  view.finalize();
  await show({
    "application/vnd.vegalite.v5+json": {
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      ...whole,
    },
    "image/svg+xml": svg,
    "text/plain": String(spec["title"] ?? "a chart"),
  });
}

/** Rows as a table; numbers to four digits. */
export async function table(rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const text = (value: unknown) =>
    typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
  const cell = (tag: string, value: unknown) =>
    `<${tag} style="text-align: ${typeof value === "number" ? "right" : "left"}">${text(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</${tag}>`;
  const lines = rows.map((row) => columns.map((column) => row[column]));
  const head = columns
    .map(
      (column, c) =>
        `<th style="text-align: ${typeof lines[0]?.[c] === "number" ? "right" : "left"}">${column}</th>`,
    )
    .join("");
  const body = lines.map((line) => `<tr>${line.map((value) => cell("td", value)).join("")}</tr>`).join("");
  await show({
    "text/html": `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`,
    "text/plain": [columns.join("\t"), ...lines.map((line) => line.map(text).join("\t"))].join("\n"),
  });
}
