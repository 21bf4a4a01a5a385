import type { TopLevelSpec } from "vega-lite";
import type { ChartSpec } from "./chart-spec.js";
import { inked, LIGHT, type Palette } from "./palette.js";

export interface SvgOptions {
  /** Pixels, for charts that fill their container; 720 by default. */
  readonly width?: number;
  readonly palette?: Palette;
}

/** A chart as a static SVG document, drawn by Vega's headless view. The same chart gives the same text. */
export async function svgChart(
  spec: ChartSpec,
  { width = 720, palette = LIGHT }: SvgOptions = {},
): Promise<string> {
  // Half a second to load, for those who draw only.
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const sized = { ...inked(spec, palette), ...(spec["width"] === "container" ? { width } : {}) };
  const view = new vega.View(vega.parse(compile(sized as unknown as TopLevelSpec).spec), {
    renderer: "none",
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
