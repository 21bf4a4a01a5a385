import type { GateVerdict } from "../experiment/gate/gate.js";
import type { BenchmarkResults, BenchmarkSummary, LearningPoint } from "../experiment/results.js";
import { counted } from "../kit/format-number.js";
import { aggregateSection } from "./aggregate-section.js";
import { type Chart, Charts } from "./charts.js";
import { comparisonsSection } from "./comparisons-section.js";
import { gateCard, gateSection } from "./gate-section.js";
import { html } from "./html.js";
import { learningSection } from "./learning-section.js";
import { type PageContent, page, type ReportLibraries } from "./page.js";
import { policySeries } from "./policy-series.js";
import { repeatSection } from "./repeat-section.js";
import { scenarioSection } from "./scenario-section.js";
import { verdictCard } from "./verdict-card.js";

export interface ReportOptions {
  readonly libraries: ReportLibraries;
  /** "Benchmark of ...", "Experiment ..." or "Gate ..." by default. */
  readonly title?: string;
  /** What a gate made of these results: then that comes before all else. */
  readonly gate?: GateVerdict;
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
  const { learningCurve = [], provenance = {}, gate } = options;
  const title = options.title ?? titleOf(results, gate);
  const charts = new Charts();
  const series = policySeries(summary.scenarios);
  const main = html`<ul class="verdicts" aria-label="Verdicts">
${gate !== undefined && gateCard(gate)}
${summary.scenarios.flatMap((scenario) => scenario.verdicts.map((verdict) => verdictCard(scenario, verdict, summary.level)))}
</ul>
${gate !== undefined && gateSection(gate, summary.level)}
${summary.comparisons !== undefined && comparisonsSection(summary.comparisons, summary)}
${summary.aggregate !== null && aggregateSection(summary.aggregate, series, charts)}
${summary.scenarios.map((scenario, i) => scenarioSection(i, scenario, summary.level, results, series, charts))}
${learningCurve.length > 0 && learningSection(learningCurve, charts)}
<section id="reading" aria-labelledby="reading-title">
<h2 id="reading-title">How to read this</h2>
<ul class="notes">${summary.notes.map((note) => html`<li>${note}</li>`)}</ul>
</section>
${repeatSection(results, provenance)}`;
  const contents = [
    ...(gate === undefined ? [] : [["requirements", "What the gate requires"] as const]),
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
    about: gate === undefined ? "benchmark" : "gate",
    heading: title,
    facts: facts(results),
    contents,
    mainly: "results",
    main,
    maker: `Switchyard ${switchyard} on Node ${node}`,
  };
  return { content, charts };
}

function titleOf({ experiment, scenarios }: BenchmarkResults, gate: GateVerdict | undefined): string {
  if (gate !== undefined) return `Gate ${gate.gate}`;
  if (experiment !== undefined) return `Experiment ${experiment.name}`;
  return `Benchmark of ${scenarios.map(({ name }) => name).join(", ")}`;
}

function facts(results: BenchmarkResults): string {
  const decisions = results.cells.reduce((sum, cell) => sum + cell.decisions, 0);
  return [
    counted(results.policies.length, "policy", "policies"),
    counted(results.scenarios.length, "scenario"),
    counted(results.seeds.length, "paired seed"),
    counted(results.cells.length, "run"),
    counted(decisions, "decision"),
  ].join(" · ");
}
