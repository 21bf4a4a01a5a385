import type {
  BenchmarkResults,
  BenchmarkSummary,
  LearningPoint,
  PolicySummary,
  ScenarioSummary,
} from "../experiment/results.js";
import {
  formatAlike,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPValue,
} from "../kit/format-number.js";
import { Charts } from "./charts.js";
import { costChart } from "./cost-chart.js";
import { dataTable } from "./data-table.js";
import { differenceChart } from "./difference-chart.js";
import { flowTimeChart, QUANTILES } from "./flow-time-chart.js";
import { type Html, type HtmlValue, html } from "./html.js";
import { learningCurveChart } from "./learning-curve-chart.js";
import { page, type ReportLibraries } from "./page.js";
import { typographic } from "./typographic.js";
import { utilisationChart } from "./utilisation-chart.js";
import { verdictCard } from "./verdict-card.js";

export interface ReportOptions {
  readonly libraries: ReportLibraries;
  /** "Benchmark of ..." by default. */
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
  const { libraries, learningCurve = [], provenance = {} } = options;
  const title =
    options.title ?? `Benchmark of ${results.scenarios.map((scenario) => scenario.name).join(", ")}`;
  const charts = new Charts();
  const main = html`<ul class="verdicts" aria-label="Verdicts">
${summary.scenarios.flatMap((scenario) => scenario.verdicts.map((verdict) => verdictCard(scenario, verdict, summary.level)))}
</ul>
${summary.scenarios.map((scenario, i) => scenarioSection(i, scenario, summary.level, results, charts))}
${learningCurve.length > 0 && learningSection(learningCurve, charts)}
<section id="reading" aria-labelledby="reading-title">
<h2 id="reading-title">How to read this</h2>
<ul class="notes">${summary.notes.map((note) => html`<li>${note}</li>`)}</ul>
</section>
${repeatSection(results, provenance)}`;
  const contents = [
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
  return page(content, charts, libraries);
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

function scenarioSection(
  index: number,
  scenario: ScenarioSummary,
  level: number,
  results: BenchmarkResults,
  charts: Charts,
): Html {
  const entry = results.scenarios.find((other) => other.name === scenario.scenario)!;
  const id = `scenario-${index}`;
  const interval = `${formatPercent(level).replace(/\.0$/, "")}\u202f% interval`;
  const best = scenario.policies[0]!;
  const compared = scenario.policies.length > 1;
  return html`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${scenario.scenario}</h2>
<p class="lede">Minimizes <code>${scenario.objective}</code> over ${formatDuration(entry.horizon)} of virtual time${entry.warmup > 0 && `, the first ${formatDuration(entry.warmup)} not measured`}.</p>
${policyTable(scenario, interval)}
<div class="charts">
${charts.figure({
  title: "Cost of each policy",
  caption: `Mean over ${scenario.seeds} seeds with its ${interval}${scenario.seeds <= 100 ? "; each tick is one seed" : ""}. Lower is better.`,
  description: `Interval plot of the mean objective per workflow. Least: ${best.policy} with ${formatNumber(best.objective.mean)}; most: ${scenario.policies.at(-1)!.policy} with ${formatNumber(scenario.policies.at(-1)!.objective.mean)}. All figures are in the table above.`,
  spec: costChart(scenario, results.cells),
})}
${
  compared &&
  charts.figure({
    title: `Paired difference from ${scenario.baseline}`,
    caption: `Left of the line costs less. Seed by seed, with its ${interval}: what the seeds have in common cancels out.`,
    description: `Interval plot of each policy's difference from ${scenario.baseline}. ${scenario.verdicts.map((verdict) => verdict.sentence).join(" ")} All figures are in the table above.`,
    spec: differenceChart(scenario),
  })
}
${charts.figure({
  title: "Flow time",
  caption: "Quantiles of the time in system, averaged over seeds.",
  description: `Dot plot of flow time quantiles on a log scale. ${best.policy}: median ${formatNumber(best.flowTime.p50)} s, 99th percentile ${formatNumber(best.flowTime.p99)} s. All figures are in the table below.`,
  spec: flowTimeChart(scenario),
  half: true,
  table: flowTimeTable(scenario),
})}
${charts.figure({
  title: "Use of the pools",
  caption: "Share of the servers' time spent busy, averaged over seeds.",
  description: "Heat map of utilisation by policy and pool. All figures are in the table below.",
  spec: utilisationChart(scenario),
  half: true,
  table: poolTable(scenario),
})}
</div>
</section>`;
}

function policyTable(scenario: ScenarioSummary, interval: string): Html {
  const cost = formatAlike(scenario.policies.map((policy) => policy.objective.mean));
  const flow = formatAlike(scenario.policies.map(({ flowTime }) => flowTime.p95));
  const range = (
    ends: { low: number | null; high: number | null },
    format: (value: number) => string,
  ): string =>
    ends.low === null || ends.high === null
      ? "n/a"
      : typographic(`${format(ends.low)} to ${format(ends.high)}`);
  const percent = (value: number): string => `${value > 0 ? "+" : ""}${formatPercent(value)}`;

  const row = (policy: PolicySummary): HtmlValue[] => {
    const { comparison, objective, flowTime, success } = policy;
    const tags = [policy.kind === "learned" && "learned", policy.policy === scenario.baseline && "baseline"];
    const relative = comparison?.relative;
    return [
      policy.rank,
      html`${policy.policy}${tags.map((tag) => tag && html`<span class="tag">${tag}</span>`)}`,
      html`<strong>${cost(objective.mean)}</strong>`,
      range(objective, cost),
      relative
        ? html`<strong>${typographic(percent(relative.mean))}\u202f%</strong>`
        : comparison
          ? "n/a"
          : "–",
      relative ? range(relative, percent) : "–",
      comparison ? formatPValue(comparison.adjustedPValue ?? Number.NaN) : "–",
      flow(flowTime.p95),
      success === null ? "n/a" : `${formatPercent(success)}\u202f%`,
    ];
  };
  return dataTable({
    caption: `${scenario.seeds} paired ${scenario.seeds === 1 ? "seed" : "seeds"}; ${
      scenario.baselineChosen === "by name"
        ? "baseline chosen by name"
        : `the baseline is the ${scenario.baselineChosen}`
    }`,
    head: [
      "",
      "policy",
      "objective",
      interval,
      "vs baseline",
      interval,
      "p (Holm)",
      "p95 flow, s",
      "success",
    ],
    names: 2,
    rows: scenario.policies.map((policy) => ({ cells: row(policy), header: 1, className: policy.kind })),
  });
}

function flowTimeTable(scenario: ScenarioSummary): Html {
  const columns = ["mean", ...QUANTILES] as const;
  const format = formatAlike(
    scenario.policies.flatMap((policy) => columns.map((column) => policy.flowTime[column])),
  );
  return dataTable({
    caption: "Flow time, seconds",
    head: ["policy", ...columns],
    rows: scenario.policies.map(({ policy, kind, flowTime }) => ({
      cells: [policy, ...columns.map((column) => format(flowTime[column]))],
      className: kind,
    })),
  });
}

function poolTable(scenario: ScenarioSummary): Html {
  const pools = scenario.policies[0]!.pools.map((pool) => pool.name);
  return dataTable({
    caption: "Busy share of each pool's servers, and mean number of tasks waiting there",
    head: ["policy", ...pools.flatMap((pool) => [`${pool} busy`, `${pool} waiting`])],
    rows: scenario.policies.map(({ policy, kind, pools }) => ({
      cells: [
        policy,
        ...pools.flatMap((pool) => [
          `${formatPercent(pool.utilisation)}\u202f%`,
          formatNumber(pool.meanWaiting, 3),
        ]),
      ],
      className: kind,
    })),
  });
}

function learningSection(points: readonly LearningPoint[], charts: Charts): Html {
  const first = points[0]!;
  const last = points.at(-1)!;
  // A long run is thinned in its table, not in its chart.
  const every = Math.ceil(points.length / 100);
  return html`
<section id="learning" aria-labelledby="learning-title">
<h2 id="learning-title">Learning</h2>
<p class="lede">${last.step.toLocaleString("en")} decisions.</p>
<div class="charts">
${charts.figure({
  title: "Cost while learning",
  caption:
    "Each dot is the greedy policy's mean over the validation seeds; the line is the mean of five around it.",
  description: `Line chart of cost over training, from ${formatNumber(first.cost)} after ${first.step.toLocaleString("en")} decisions to ${formatNumber(last.cost)} after ${last.step.toLocaleString("en")}.`,
  spec: learningCurveChart(points),
  table: dataTable({
    caption: every === 1 ? "Training measurements" : `Every ${every}th training measurement`,
    head: ["decisions", "cost per workflow"],
    names: 0,
    rows: points
      .filter((_, i) => i % every === 0 || i === points.length - 1)
      .map(({ step, cost }) => ({
        cells: [step.toLocaleString("en"), formatNumber(cost)],
      })),
  }),
})}
</div>
</section>`;
}

function repeatSection(results: BenchmarkResults, provenance: Readonly<Record<string, string>>): Html {
  const { machine } = results;
  const rows: (readonly [string, string])[] = [
    ["seeds", ranges(results.seeds)],
    ["Switchyard", results.createdWith.switchyard],
    ["Node", results.createdWith.node],
  ];
  if (machine !== undefined) {
    const { platform, architecture, cpu, cores, memory } = machine;
    const parts = [
      `${platform} ${architecture}`,
      cpu,
      cores !== undefined && `${cores} ${cores === 1 ? "core" : "cores"}`,
      memory !== undefined && `${formatNumber(memory / 2 ** 30, 3)} GiB`,
    ];
    rows.push(["machine", parts.filter((part) => typeof part === "string").join(", ")]);
  }
  rows.push(...Object.entries(provenance));
  const noted = results.policies.filter(
    (policy) => policy.digest !== undefined || policy.tunedFrom !== undefined,
  );
  return html`
<section id="repeat" aria-labelledby="repeat-title">
<h2 id="repeat-title">How to repeat this</h2>
<p class="lede">The same scenario, policies and seeds give the same numbers on any machine. Equal digests mean equal inputs.</p>
${results.command !== undefined && html`<pre><code>${results.command}</code></pre>`}
<dl>${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
${dataTable({
  caption: "Scenarios",
  head: ["scenario", "digest"],
  names: 2,
  rows: results.scenarios.map(({ name, digest }) => ({
    cells: [name, html`<code class="digest">${digest}</code>`],
  })),
})}
${
  noted.length > 0 &&
  dataTable({
    caption: "Policies that were learned or tuned",
    head: ["policy", "kind", "digest or tuning"],
    names: 3,
    rows: noted.map(({ name, kind, digest, tunedFrom }) => ({
      cells: [
        name,
        kind,
        html`${digest !== undefined && html`<code class="digest">${digest}</code>`} ${tunedFrom}`,
      ],
    })),
  })
}
</section>`;
}

/** 1, 2, 3, 7 -> "1–3, 7" */
function ranges(seeds: readonly number[]): string {
  const sorted = [...seeds].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let from = 0, to: number; from < sorted.length; from = to) {
    for (to = from + 1; to < sorted.length && sorted[to] === sorted[to - 1]! + 1; ) to++;
    parts.push(to - from > 2 ? `${sorted[from]}–${sorted[to - 1]}` : sorted.slice(from, to).join(", "));
  }
  return parts.join(", ");
}
