import type { AggregateSummary, Estimate } from "../experiment/summary.js";
import { formatPercent, formatPValue } from "../kit/format-number.js";
import { performanceProfileChart, scoreChart } from "./aggregate-charts.js";
import type { Charts } from "./charts.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { policyPicker } from "./policy-picker.js";
import type { PolicySeries } from "./policy-series.js";
import { typographic } from "./typographic.js";

/** All scenarios together: scores against each scenario's baseline, their distribution, and ranks. */
export function aggregateSection(
  aggregate: AggregateSummary,
  series: readonly PolicySeries[],
  charts: Charts,
): Html {
  const { policies, sentence, ranks, scenarios } = aggregate;
  const two = (value: number): string => typographic(value.toFixed(2));
  const percent = (value: number): string => formatPercent(value);
  return html`
<section id="together" aria-labelledby="together-title" data-picks>
<h2 id="together-title">All scenarios together</h2>
<p class="lede">${sentence}${ranks !== null && ` Mean ranks differ with p ${formatPValue(ranks.pValue).replace(/^(?=\d)/, "= ")} (Friedman); two of them are told apart from ${ranks.criticalDifference.toFixed(2)} on (Nemenyi).`}</p>
${dataTable({
  caption: `${scenarios} scenarios; a score of 1 is as good as the scenario's baseline, more is better`,
  head: [
    "policy",
    "interquartile mean",
    "interval",
    "mean",
    "short of 1 by",
    "interval",
    "beats baseline",
    "interval",
    "mean rank",
  ],
  rows: policies.map((policy) => ({
    cells: [
      policy.policy,
      html`<strong>${two(policy.interquartileMean.mean)}</strong>`,
      range(policy.interquartileMean, two),
      two(policy.mean.mean),
      two(policy.optimalityGap.mean),
      range(policy.optimalityGap, two),
      `${percent(policy.probabilityOfImprovement.mean)}\u202f%`,
      range(policy.probabilityOfImprovement, percent),
      policy.meanRank.toFixed(1),
    ],
    className: policy.kind,
    pick: policy.policy,
  })),
})}
${policyPicker(
  "of all scenarios",
  policies.map(({ policy }) => policy),
  series,
)}
<div class="charts">
${charts.figure({
  name: "all-scores",
  title: "Score over all scenarios",
  caption: "Interquartile mean with its interval; right of the line is better than the scenarios' baselines.",
  description: `Interval plot of scores. ${sentence}`,
  figures: "above",
  spec: scoreChart(aggregate),
})}
${charts.figure({
  name: "all-profiles",
  title: "Performance profiles",
  caption:
    "The share of runs that score more than so much, with its band; higher is better (Agarwal et al. 2021).",
  description: `Line chart of the share of runs above each score. ${policies
    .slice(0, 3)
    .map(
      ({ policy, probabilityOfImprovement }) =>
        `${policy} beats the baseline in ${percent(probabilityOfImprovement.mean)} % of runs`,
    )
    .join("; ")}.`,
  spec: performanceProfileChart(aggregate, series),
})}
</div>
</section>`;
}

const range = ({ low, high }: Estimate, format: (value: number) => string): string =>
  low === null || high === null ? "n/a" : `${format(low)} to ${format(high)}`;
