import type { TopLevelSpec } from "vega-lite";
import type { ChartSpec } from "./chart-spec.js";
import { escapeHtml } from "./html.js";
import { inked, LIGHT, type Palette } from "./palette.js";
import { textWidth } from "./text-width.js";

export interface SvgOptions {
  /** Pixels, for charts that fill their container; 720 by default. */
  readonly width?: number;
  readonly palette?: Palette;
  /** CSS family list; that of the page by default. */
  readonly font?: string;
  /** Written above the chart, so that it stands alone; nothing is by default. */
  readonly heading?: { readonly title: string; readonly caption: string };
  /** What the picture says, for those who do not see it. */
  readonly description?: string;
}

const PADDING = 20;
const CAPTION_SIZE = 13;

/** A chart as a static SVG document, drawn by Vega's headless view. The same chart gives the same text. */
export async function svgChart(
  spec: ChartSpec,
  { width = 720, palette = LIGHT, font, heading, description }: SvgOptions = {},
): Promise<string> {
  // Half a second to load, for those who draw only.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  // Where there is no canvas Vega takes every letter to be as wide as an M.
  (vega as unknown as { textMetrics: { width: typeof itemWidth } }).textMetrics.width = itemWidth;
  const alone: ChartSpec =
    heading === undefined
      ? {}
      : { title: titleOf(heading, width - 2 * PADDING), background: "var(--surface)", padding: PADDING };
  const config = { ...(spec["config"] as ChartSpec), ...(font === undefined ? {} : { font }) };
  const sized = spec["width"] === "container" ? { width } : {};
  const whole = inked({ ...spec, ...seen(spec), ...sized, config, ...alone }, palette);
  const view = new vega.View(vega.parse(compile(whole as unknown as TopLevelSpec).spec), {
    renderer: "none",
  });
  try {
    const svg = await view.toSVG();
    return described(renumbered(svg), heading?.title ?? "", description).replaceAll(
      '<g class="mark-rect role-mark heat_marks"',
      '$& shape-rendering="crispEdges"',
    );
  } finally {
    view.finalize();
  }
}

/** Layers that are there to be pointed at are of no use in a picture. */
function seen({ layer }: ChartSpec): ChartSpec {
  if (layer === undefined) return {};
  const layers = layer as readonly { readonly mark?: { readonly opacity?: number } }[];
  return { layer: layers.filter(({ mark }) => mark?.opacity !== 0) };
}

function titleOf({ title, caption }: NonNullable<SvgOptions["heading"]>, width: number): ChartSpec {
  return {
    text: title,
    subtitle: lines(caption, width),
    anchor: "start",
    frame: "bounds",
    fontSize: 16,
    fontWeight: 600,
    color: "var(--ink)",
    subtitleFontSize: CAPTION_SIZE,
    subtitleColor: "var(--muted)",
    subtitleLineHeight: 18,
    subtitlePadding: 6,
    offset: 18,
  };
}

function lines(text: string, width: number): string[] {
  const found: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, CAPTION_SIZE) > width) {
      found.push(line);
      line = word;
    } else line = longer;
  }
  return [...found, line];
}

/** An item of Vega's scene: text that is wider than its limit is cut to it. */
interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: number | string;
  readonly limit?: number;
}

function itemWidth({ fontSize = 11, fontWeight, limit = 0 }: TextItem, text: unknown): number {
  const bold = fontWeight === "bold" || Number(fontWeight) >= 600;
  const width = textWidth(String(text ?? ""), fontSize, bold);
  return limit > 0 ? Math.min(width, limit) : width;
}

/** Vega numbers clips on from one drawing to the next: here each begins anew. */
function renumbered(svg: string): string {
  const ids = [...new Set(Array.from(svg.matchAll(/ id="((?:clip|gradient_)\d+)"/g), ([, id]) => id!))];
  return svg.replace(
    /( id="|url\(#)((?:clip|gradient_)\d+)/g,
    (_, before: string, id: string) => `${before}part${ids.indexOf(id)}`,
  );
}

/** One image with a name and a description for who cannot see it. */
function described(svg: string, title: string, description: string | undefined): string {
  if (description === undefined) return svg;
  return svg.replace(
    /^<svg([^>]*)>/,
    `<svg$1 role="img" aria-labelledby="title desc"><title id="title">${escapeHtml(title)}</title><desc id="desc">${escapeHtml(description)}</desc>`,
  );
}
