import { type Dimension, placeOf } from "../experiment/sweep/domain.js";
import type { Importance } from "../experiment/sweep/importance.js";
import { completed, rankedTrials, type Trial } from "../experiment/sweep/sweep.js";
import { formatNumber, formatPercent } from "../kit/format-number.js";
import { type Chart, Charts } from "./charts.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { type PageContent, page, type ReportLibraries } from "./page.js";
import { type Axis, importanceChart, parallelCoordinates, progressChart } from "./sweep-charts.js";

export interface SweptSettings {
  /** Of the scenario. */
  readonly name: string;
  readonly objective: string;
  /** What was measured, in a few words: "sed over 8 runs". */
  readonly subject: string;
  readonly method: string;
  readonly dimensions: readonly Dimension[];
  readonly trials: readonly Trial[];
  readonly importances: readonly Importance[];
}

/** Trials that are drawn in colour, and rows of the table. */
const BEST = 5;
const ROWS = 50;

/** One self-contained HTML page about a sweep: which settings are good, which of them matter, and all trials. */
export function sweepReport(swept: SweptSettings, libraries: ReportLibraries): string {
  const { content, charts } = contentOf(swept);
  return page(content, charts, libraries);
}

/** The charts of that page by themselves. */
export const sweepCharts = (swept: SweptSettings): readonly Chart[] => contentOf(swept).charts.all;

function contentOf(swept: SweptSettings): { readonly content: PageContent; readonly charts: Charts } {
  const { name, subject, objective, method, dimensions, trials } = swept;
  const charts = new Charts();
  const ranked = rankedTrials(trials);
  const whole = ranked.filter(({ share }) => share === 1);
  const main = html`${bestSection(swept, ranked, charts)}
${mattersSection(swept, whole, charts)}
${trialsSection(swept, ranked)}`;
  const facts = [
    subject,
    `${trials.length} trials by ${method}`,
    `${dimensions.length} settings`,
    `minimizes ${objective}`,
  ];
  const content = {
    title: `Sweep of ${name}`,
    about: "sweep",
    heading: `Sweep of ${name}`,
    facts: facts.join(" · "),
    contents: [
      ["best", "All settings"],
      ["matters", "What matters"],
      ["trials", "Trials"],
    ],
    mainly: "figures",
    main,
  } as const;
  return { content, charts };
}

function bestSection({ dimensions }: SweptSettings, ranked: readonly Trial[], charts: Charts): Html {
  const [best] = ranked;
  if (best === undefined) return html``;
  const said = dimensions.map(({ path }) => `${path} = ${best.settings[path]}`).join(", ");
  const compared = completed(ranked);
  const costs = compared.map(({ cost }) => cost);
  return html`
<ul class="verdicts" aria-label="The best settings"><li class="verdict better">
<div class="scenario"><span>The best of ${costs.length} settings</span><span class="outcome">trial ${best.trial}</span></div>
<div class="figure">${formatNumber(best.cost)}</div>
<div class="range">cost per workflow; the others went up to ${formatNumber(Math.max(...costs))}</div>
<p class="settings"><code>${said}</code></p>
<p class="sentence">It looks a little better here than it is, for these runs chose it: try it on fresh seeds by <code>switchyard bench</code>.</p>
</li></ul>
<section id="best" aria-labelledby="best-title">
<h2 id="best-title">All settings</h2>
<div class="charts">
${charts.figure({
  name: "sweep-trials",
  title: "All trials, from their settings to their cost",
  caption: `A line a trial; the best ${Math.min(BEST, costs.length)} in colour. Low cost is at the bottom of the last axis.`,
  description: `Parallel coordinates of ${costs.length} trials over ${dimensions.length} settings and the cost; the best is ${said}.`,
  spec: parallelCoordinates(compared, [...dimensions.map(axisOf), costAxis(costs)], BEST),
})}
</div>
</section>`;
}

function mattersSection(
  { importances, trials }: SweptSettings,
  whole: readonly Trial[],
  charts: Charts,
): Html {
  return html`
<section id="matters" aria-labelledby="matters-title">
<h2 id="matters-title">What matters</h2>
<div class="charts">
${
  importances.length === 0
    ? html`<p class="lede">Too few trials were measured to the end to tell (${whole.length}).</p>`
    : charts.figure({
        name: "sweep-importance",
        title: "How much each setting matters",
        caption:
          "First-order parts of a functional analysis of variance of a random forest over the trials, costs taken by rank (Hutter, Hoos and Leyton-Brown 2014). What is missing to the whole is in combinations.",
        description: importances.map(({ path, share }) => `${path}: ${formatPercent(share)} %`).join(", "),
        spec: importanceChart(importances),
      })
}
${charts.figure({
  name: "sweep-progress",
  title: "Trial by trial",
  caption: "The cost of each trial, and the best so far as a line.",
  description: "The cost of each trial in the order of trying, with the best so far.",
  spec: progressChart(trials),
})}
</div>
</section>`;
}

function trialsSection({ dimensions }: SweptSettings, ranked: readonly Trial[]): Html {
  return html`
<section id="trials" aria-labelledby="trials-title">
<h2 id="trials-title">Trials</h2>
${dataTable({
  caption:
    ranked.length > ROWS
      ? `The best ${ROWS} of ${ranked.length}; trials.ndjson has all`
      : "All trials, best first",
  head: ["trial", ...dimensions.map(({ path }) => path), "effort", "cost"],
  rows: ranked.slice(0, ROWS).map(({ trial, settings, share, cost }) => ({
    cells: [
      String(trial),
      ...dimensions.map(({ path }) => String(settings[path])),
      `${formatPercent(share)} %`,
      formatNumber(cost),
    ],
  })),
})}
</section>`;
}

function axisOf({ path, domain }: Dimension): Axis {
  const [low, high] =
    domain.kind === "choice"
      ? [String(domain.values[0]), String(domain.values.at(-1))]
      : [domain.low, domain.high].map((end) => (domain.integer ? String(end) : formatNumber(end, 3)));
  return {
    // Room is scarce under an axis: the end of a path tells most.
    name: path.split(".").slice(-2).join("."),
    place: ({ settings }) => placeOf(domain, settings[path]!),
    label: ({ settings }) => String(settings[path]),
    ends: [low!, high!],
  };
}

function costAxis(costs: readonly number[]): Axis {
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  return {
    name: "cost",
    place: ({ cost }) => (most > least ? (cost - least) / (most - least) : 0.5),
    label: ({ cost }) => formatNumber(cost),
    ends: [formatNumber(least), formatNumber(most)],
  };
}
