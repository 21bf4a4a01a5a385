import type { ChartSpec } from "./chart-spec.js";
import { type Html, html } from "./html.js";

/** A chart with what is said of it. */
export interface Chart {
  /** Of a file that holds it: letters, digits, dots, dashes. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** What the picture says, for those who do not see it. */
  readonly description: string;
  readonly spec: ChartSpec;
}

/** The charts of a page in order of appearance; the page holds their specifications once, as JSON. */
export class Charts {
  readonly all: Chart[] = [];

  get specs(): readonly ChartSpec[] {
    return this.all.map(({ spec }) => spec);
  }

  figure({
    name,
    title,
    caption,
    description,
    spec,
    hint,
    half,
    table,
    tableTitle = "The same as a table",
    figures = table === undefined ? undefined : "below",
  }: Chart & {
    /** What can be done with it on a screen. */
    readonly hint?: string;
    readonly half?: boolean;
    readonly table?: Html;
    /** What the table is called where it says more than the chart. */
    readonly tableTitle?: string;
    /** Where the table of the same figures is, if not in `table`. */
    readonly figures?: "above" | "below";
  }): Html {
    const id = this.all.push({ name: this.unused(fileName(name)), title, caption, description, spec }) - 1;
    return html`
<figure class="${half ? "half" : ""}" aria-labelledby="chart-${id}">
<figcaption><h3 id="chart-${id}">${title}</h3><p>${caption}${hint !== undefined && html` <span class="hint">${hint}</span>`}</p></figcaption>
<div class="chart" data-chart="${id}" role="img" aria-label="${description}${figures !== undefined && ` All figures are in the table ${figures}.`}"><noscript><p>Scripts are off: see the table.</p></noscript></div>
${table !== undefined && html`<details><summary>${tableTitle}</summary>${table}</details>`}
</figure>`;
  }

  private unused(name: string): string {
    const taken = (candidate: string) => this.all.some((chart) => chart.name === candidate);
    if (!taken(name)) return name;
    let n = 2;
    while (taken(`${name}-${n}`)) n++;
    return `${name}-${n}`;
  }
}

const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}.-]+/gu, "-")
    .replace(/^[.-]+|-+$/g, "")
    .slice(0, 100) || "chart";
