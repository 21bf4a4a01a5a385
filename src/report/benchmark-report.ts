import type { BenchmarkResults, BenchmarkSummary, LearningPoint } from "../experiment/results.js";
import { aggregateSection } from "./aggregate-section.js";
import { type Chart, Charts } from "./charts.js";
import { comparisonsSection } from "./comparisons-section.js";
import { html } from "./html.js";
import { learningSection } from "./learning-section.js";
import { type PageContent, page, type ReportLibraries } from "./page.js";
import { policySeries } from "./policy-series.js";
import { repeatSection } from "./repeat-section.js";
import { scenarioSection } from "./scenario-section.js";
import { verdictCard } from "./verdict-card.js";

export interface ReportOptions {
  readonly libraries: ReportLibraries;
  /** "Benchmark of ..." or "Experiment ..." by default. */
  readonly title?: string;
  /** Drawn where present. */
  readonly learningCurve?: readonly LearningPoint[];
  /** Further facts about where the numbers come from, by label: `{ backend: "simd", "wall time": "212 s" }`. */
  readonly provenance?: Readonly<Record<string, string>>;
}

/**
 * One self-contained HTML page about a benchmark: the verdict first, then per scenario the table and the charts, how
 * to read them and how to repeat them. Opens from a file, offline, and prints. Its content security policy forbids
 * every request and every script but its own, by hash; expressions in charts are interpreted, not compiled.
 *
 * @param summary of these very results
 */
export function benchmarkReport(
  results: BenchmarkResults,
  summary: BenchmarkSummary,
  options: ReportOptions,
): string {
  const { content, charts } = contentOf(results, summary, options);
  return page(content, charts, options.libraries);
}

/** The charts of a benchmark's page by themselves, each with a name, a title and what is said of it. */
export function benchmarkCharts(
  results: BenchmarkResults,
  summary: BenchmarkSummary,
  options: Omit<ReportOptions, "libraries"> = {},
): readonly Chart[] {
  return contentOf(results, summary, options).charts.all;
}

function contentOf(
  results: BenchmarkResults,
  summary: BenchmarkSummary,
  options: Omit<ReportOptions, "libraries">,
): { readonly content: PageContent; readonly charts: Charts } {
  const { learningCurve = [], provenance = {} } = options;
  const title =
    options.title ??
    (results.experiment === undefined
      ? `Benchmark of ${results.scenarios.map((scenario) => scenario.name).join(", ")}`
      : `Experiment ${results.experiment.name}`);
  const charts = new Charts();
  const series = policySeries(summary.scenarios);
  const main = html`<ul class="verdicts" aria-label="Verdicts">
${summary.scenarios.flatMap((scenario) => scenario.verdicts.map((verdict) => verdictCard(scenario, verdict, summary.level)))}
</ul>
${summary.comparisons !== undefined && comparisonsSection(summary.comparisons, summary.level)}
${summary.aggregate !== null && aggregateSection(summary.aggregate, series, charts)}
${summary.scenarios.map((scenario, i) => scenarioSection(i, scenario, summary.level, results, series, charts))}
${learningCurve.length > 0 && learningSection(learningCurve, charts)}
<section id="reading" aria-labelledby="reading-title">
<h2 id="reading-title">How to read this</h2>
<ul class="notes">${summary.notes.map((note) => html`<li>${note}</li>`)}</ul>
</section>
${repeatSection(results, provenance)}`;
  const contents = [
    ...(summary.comparisons === undefined ? [] : [["asked", "Comparisons asked for"] as const]),
    ...(summary.aggregate === null ? [] : [["together", "All scenarios together"] as const]),
    ...summary.scenarios.map(({ scenario }, i) => [`scenario-${i}`, scenario] as const),
    ...(learningCurve.length > 0 ? [["learning", "Learning"] as const] : []),
    ["reading", "How to read this"] as const,
    ["repeat", "How to repeat this"] as const,
  ];
  const { switchyard, node } = results.createdWith;
  const content = {
    title,
    about: "benchmark",
    heading: title,
    facts: facts(results),
    contents,
    mainly: "results",
    main,
    maker: `Switchyard ${switchyard} on Node ${node}`,
  };
  return { content, charts };
}

function facts(results: BenchmarkResults): string {
  const count = (n: number, one: string, many: string): string =>
    `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const decisions = results.cells.reduce((sum, cell) => sum + cell.decisions, 0);
  return [
    count(results.policies.length, "policy", "policies"),
    count(results.scenarios.length, "scenario", "scenarios"),
    count(results.seeds.length, "paired seed", "paired seeds"),
    count(results.cells.length, "run", "runs"),
    count(decisions, "decision", "decisions"),
  ].join(" · ");
}
