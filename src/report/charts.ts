import type { ChartSpec } from "./chart-spec.js";
import { type Html, html } from "./html.js";

/** The charts of a page in order of appearance; the page holds their specifications once, as JSON. */
export class Charts {
  readonly specs: ChartSpec[] = [];

  figure(chart: {
    readonly title: string;
    readonly caption: string;
    /** What the picture says, for those who do not see it. */
    readonly description: string;
    readonly spec: ChartSpec;
    readonly half?: boolean;
    readonly table?: Html;
  }): Html {
    const id = this.specs.push(chart.spec) - 1;
    return html`
<figure class="${chart.half ? "half" : ""}" aria-labelledby="chart-${id}">
<figcaption><h3 id="chart-${id}">${chart.title}</h3><p>${chart.caption}</p></figcaption>
<div class="chart" data-chart="${id}" role="img" aria-label="${chart.description}"><noscript><p>Scripts are off: see the table.</p></noscript></div>
${chart.table !== undefined && html`<details><summary>The same as a table</summary>${chart.table}</details>`}
</figure>`;
  }
}
