import { countOf, type PolicyProfile, policyProfiles, tailOf } from "../experiment/profiles.js";
import type { BenchmarkResults, PolicySummary, ScenarioSummary } from "../experiment/results.js";
import type { FrontSummary } from "../experiment/summary.js";
import {
  formatAlike,
  formatDuration,
  formatLevel,
  formatNumber,
  formatPercent,
  formatPValue,
} from "../kit/format-number.js";
import { axisTitle } from "./axis-title.js";
import type { Charts } from "./charts.js";
import { costChart } from "./cost-chart.js";
import { dataTable } from "./data-table.js";
import { differenceChart } from "./difference-chart.js";
import { flowTimeChart, QUANTILES } from "./flow-time-chart.js";
import { flowTimeTailChart } from "./flow-time-tail-chart.js";
import { frontChart } from "./front-chart.js";
import { type Html, type HtmlValue, html } from "./html.js";
import { overTimeChart, useOverTime, waitingOverTime } from "./over-time-chart.js";
import { policyPicker } from "./policy-picker.js";
import type { PolicySeries } from "./policy-series.js";
import { typographic } from "./typographic.js";
import { utilisationChart } from "./utilisation-chart.js";

/** What came of one scenario: who is best, by how much, and how the policies differ. */
export function scenarioSection(
  index: number,
  scenario: ScenarioSummary,
  level: number,
  results: BenchmarkResults,
  series: readonly PolicySeries[],
  charts: Charts,
): Html {
  const entry = results.scenarios.find((other) => other.name === scenario.scenario)!;
  const { metric } = scenario;
  const id = `scenario-${index}`;
  const interval = `${formatLevel(level)}\u202f% interval`;
  const best = scenario.policies[0]!;
  const compared = scenario.policies.length > 1;
  const coloured = new Set(series.map(({ policy }) => policy));
  const profiles = new Map(
    policyProfiles(results, scenario.scenario).map((profile) => [profile.policy, profile]),
  );
  const shown = scenario.policies.flatMap(({ policy }) =>
    coloured.has(policy) ? (profiles.get(policy) ?? []) : [],
  );
  return html`
<section id="${id}" aria-labelledby="${id}-title" data-picks>
<h2 id="${id}-title">${scenario.scenario}</h2>
<p class="lede">${metric !== "objective" && html`Compared by the ${axisTitle(metric)}. `}Minimizes <code>${entry.objective}</code> over ${formatDuration(entry.horizon)} of virtual time${entry.warmup > 0 && `, the first ${formatDuration(entry.warmup)} not measured`}.</p>
${policyTable(scenario, metric, interval)}
${compared && html`<p class="aside">${scenario.best.sentence}</p>`}
${
  compared &&
  policyPicker(
    `of ${scenario.scenario}`,
    scenario.policies.map(({ policy }) => policy),
    series,
  )
}
<div class="charts">
${charts.figure({
  name: `${scenario.scenario}-cost`,
  title: "Cost of each policy",
  caption: `Mean over ${scenario.seeds} seeds with its ${interval}${scenario.seeds <= 100 ? "; each tick is one seed" : ""}. Lower is better.`,
  description: `Interval plot of the mean ${axisTitle(metric)}. Least: ${best.policy} with ${formatNumber(best.objective.mean)}; most: ${scenario.policies.at(-1)!.policy} with ${formatNumber(scenario.policies.at(-1)!.objective.mean)}.`,
  figures: "above",
  spec: costChart(scenario, results.cells),
})}
${
  compared &&
  charts.figure({
    name: `${scenario.scenario}-difference`,
    title: `Paired difference from ${scenario.baseline}`,
    caption: `Left of the line costs less. Seed by seed, with its ${interval}: what the seeds have in common cancels out.`,
    description: `Interval plot of each policy's difference from ${scenario.baseline}. ${scenario.verdicts.map((verdict) => verdict.sentence).join(" ")}`,
    figures: "above",
    spec: differenceChart(scenario),
    table: effectTable(scenario),
    tableTitle: "Effect sizes and further tests",
  })
}
${tailFigure(scenario, [...profiles.values()], series, charts)}
${charts.figure({
  name: `${scenario.scenario}-flow-time`,
  title: "Flow time",
  caption: "Quantiles of the time in system, averaged over seeds.",
  description: `Dot plot of flow time quantiles on a log scale. ${best.policy}: median ${formatNumber(best.flowTime.p50)} s, 99th percentile ${formatNumber(best.flowTime.p99)} s.`,
  spec: flowTimeChart(scenario),
  half: true,
  table: flowTimeTable(scenario),
})}
${charts.figure({
  name: `${scenario.scenario}-utilisation`,
  title: "Use of the pools",
  caption: "Share of the servers' time spent busy, averaged over seeds.",
  description: "Heat map of utilisation by policy and pool.",
  spec: utilisationChart(scenario),
  half: true,
  table: poolTable(scenario),
})}
${
  scenario.front !== null &&
  charts.figure({
    name: `${scenario.scenario}-front`,
    title: `${titled(scenario.front.axes[0])} against ${flowTimeOf(scenario.front.axes[1])}`,
    caption:
      "Lower and further left is better. Filled points are beaten in both by none; the line joins them.",
    description: `Scatter plot of two figures by policy. ${scenario.front.sentence}`,
    spec: frontChart(scenario, scenario.front, series),
    table: frontTable(scenario, scenario.front),
  })
}
${overTimeFigures(scenario, shown, entry, charts)}
</div>
</section>`;
}

/** Distributions of flow times, where runs have profiles and something succeeded in them. */
function tailFigure(
  scenario: ScenarioSummary,
  profiles: readonly PolicyProfile[],
  series: readonly PolicySeries[],
  charts: Charts,
): Html | false {
  const seen = profiles.filter(({ flowTimes }) => countOf(flowTimes) >= 10);
  if (seen.length === 0) return false;
  const grey = seen.length - series.length;
  return charts.figure({
    name: `${scenario.scenario}-flow-time-tail`,
    title: "How often workflows take longer",
    caption: `Of all seeds together: the share of workflows that take longer than a time. Lower and further left is better.${grey > 0 ? " The best and the learned policies have colours, the others are grey." : ""}`,
    hint: "Drag to move, Shift and the wheel to zoom, double click to go back.",
    description: `Line chart of the share of workflows that take longer than a time, both on log scales. ${seen
      .slice(0, 2)
      .map(
        (profile) =>
          `${profile.policy}: one in a hundred takes longer than ${formatNumber(slowest(profile, 0.01), 3)} s`,
      )
      .join("; ")}.`,
    spec: flowTimeTailChart(scenario, seen, series),
    table: tailTable(scenario, seen),
  });
}

const SHARES = [0.5, 0.1, 0.05, 0.01, 0.001] as const;

/** The least time of those where the distribution is exact that a share of the workflows at most exceeds. */
const slowest = ({ flowTimes }: PolicyProfile, share: number): number =>
  tailOf(flowTimes).find((point) => point.share <= share)?.value ?? Number.NaN;

function tailTable(scenario: ScenarioSummary, profiles: readonly PolicyProfile[]): Html {
  const byName = new Map(profiles.map((profile) => [profile.policy, profile]));
  const seen = scenario.policies.filter(({ policy }) => byName.has(policy));
  const format = formatAlike(
    seen.map(({ policy }) => slowest(byName.get(policy)!, 0.01)),
    3,
  );
  return dataTable({
    caption: "Seconds that so many take longer than, at most; to the next of eight steps an octave",
    head: ["policy", ...SHARES.map((share) => `${share * 100}\u202f%`), "workflows"],
    rows: seen.map(({ policy, kind }) => {
      const profile = byName.get(policy)!;
      const count = countOf(profile.flowTimes);
      return {
        cells: [
          policy,
          ...SHARES.map((share) => (share * count >= 10 ? format(slowest(profile, share)) : "too few")),
          count.toLocaleString("en"),
        ],
        className: kind,
        pick: policy,
      };
    }),
  });
}

/** How the run went, where runs have profiles. */
function overTimeFigures(
  scenario: ScenarioSummary,
  profiles: readonly PolicyProfile[],
  entry: BenchmarkResults["scenarios"][number],
  charts: Charts,
): readonly Html[] {
  if (profiles.length === 0) return [];
  const some =
    scenario.policies.length > profiles.length
      ? ` The best and the learned of ${scenario.policies.length} policies.`
      : "";
  const warmup = entry.warmup > 0 ? " The dashed line ends the warm-up." : "";
  const waiting = waitingOverTime(profiles);
  const use = useOverTime(profiles);
  const figures = [
    charts.figure({
      name: `${scenario.scenario}-waiting-over-time`,
      title: "Tasks waiting over time",
      caption: `Averaged over seeds; full colour is ${formatNumber(waiting.most, 3)} tasks and more, on a scale of square roots.${some}${warmup}`,
      description: `Heat map of tasks waiting, by policy and over the time of the run.`,
      spec: overTimeChart(waiting, entry),
      table: overTimeTable("Tasks waiting", waiting.blocks, (value) => formatNumber(value, 3), entry),
    }),
  ];
  if (use.blocks.length > 0) {
    figures.push(
      charts.figure({
        name: `${scenario.scenario}-use-over-time`,
        title: "Use of the pools over time",
        caption: `Share of the servers that are busy, averaged over seeds; full colour is all of them.${some}${warmup}`,
        description: "Heat map of utilisation by pool and policy, over the time of the run.",
        spec: overTimeChart(use, entry),
        table: overTimeTable("Busy share", use.blocks, (value) => `${formatPercent(value)}\u202f%`, entry),
      }),
    );
  }
  return figures;
}

function overTimeTable(
  title: string,
  blocks: ReturnType<typeof waitingOverTime>["blocks"],
  format: (value: number) => string,
  { horizon }: BenchmarkResults["scenarios"][number],
): Html {
  return dataTable({
    caption: `${title}: mean over the run, and the part of the run with most`,
    head: ["policy", "where", "mean", "most", "around"],
    names: 2,
    rows: blocks.flatMap((block) =>
      block.rows.map(({ policy, figures }) => {
        const most = Math.max(...figures);
        const middle = ((figures.indexOf(most) + 0.5) * horizon) / figures.length;
        return {
          cells: [
            policy,
            block.title,
            format(figures.reduce((sum, figure) => sum + figure, 0) / figures.length),
            format(most),
            formatDuration(Number(middle.toPrecision(2))),
          ],
          pick: policy,
        };
      }),
    ),
  });
}

function policyTable(scenario: ScenarioSummary, metric: string, interval: string): Html {
  const cost = formatAlike(scenario.policies.map((policy) => policy.objective.mean));
  const flow = formatAlike(scenario.policies.map(({ flowTime }) => flowTime.p99));
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
      flow(flowTime.p99),
      success === null ? "n/a" : `${formatPercent(success)}\u202f%`,
    ];
  };
  return dataTable({
    caption: `${scenario.seeds} paired ${scenario.seeds === 1 ? "seed" : "seeds"}; ${
      scenario.baselineChosen === "by name"
        ? "baseline chosen by name"
        : `the baseline is the ${scenario.baselineChosen}`
    }`,
    head: ["rank", "policy", metric, interval, "vs baseline", interval, "p (Holm)", "p99 flow, s", "success"],
    names: 2,
    rows: scenario.policies.map((policy) => ({
      cells: row(policy),
      header: 1,
      className: policy.kind,
      pick: policy.policy,
    })),
  });
}

/** How large the differences are beside their noise, and what tests say that ask for less than the t-test. */
function effectTable(scenario: ScenarioSummary): Html {
  const p = (value: number | null): string => formatPValue(value ?? Number.NaN);
  const fixed = (value: number): string => typographic(value.toFixed(2));
  return dataTable({
    caption: `Against ${scenario.baseline}: Cohen's d of the pairs with its interval, the seeds on which a policy costs less, and p-values (t-test by Holm and by Benjamini and Hochberg, signed ranks by Wilcoxon)`,
    head: ["policy", "d", "interval", "size", "cheaper on", "p (Holm)", "p (BH)", "p (ranks)", "p99 by"],
    rows: scenario.policies.flatMap(({ policy, kind, comparison }) => {
      if (comparison === undefined) return [];
      const { effect, relativeP99, adjustedPValue, falseDiscoveryPValue, signedRankPValue } = comparison;
      const { d } = effect;
      return [
        {
          cells: [
            policy,
            d === null ? "n/a" : fixed(d.mean),
            d === null || d.low === null || d.high === null ? "n/a" : `${fixed(d.low)} to ${fixed(d.high)}`,
            effect.size ?? "n/a",
            `${effect.cheaperSeeds} of ${scenario.seeds}`,
            p(adjustedPValue),
            p(falseDiscoveryPValue),
            p(signedRankPValue),
            relativeP99 === null
              ? "n/a"
              : typographic(`${relativeP99.mean > 0 ? "+" : ""}${formatPercent(relativeP99.mean)}\u202f%`),
          ],
          className: kind,
          pick: policy,
        },
      ];
    }),
  });
}

const flowTimeOf = (axis: string): string => (/^p\d+$/.test(axis) ? `${axis} flow time` : axis);
const titled = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function frontTable(scenario: ScenarioSummary, { axes, points }: FrontSummary): Html {
  const [x, y] = [0, 1].map((axis) => formatAlike(points.map((point) => (axis === 0 ? point.x : point.y))));
  return dataTable({
    caption: `Means of both, and how sure it is that no other policy is better in both: the share of resamples of the ${scenario.seeds} seeds`,
    head: ["policy", ...axes, "not beaten", "sure"],
    rows: points.map(({ policy, onFront, confidence, ...point }) => ({
      cells: [
        policy,
        x!(point.x),
        y!(point.y),
        onFront ? "yes" : "no",
        `${formatPercent(confidence)}\u202f%`,
      ],
      pick: policy,
    })),
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
      pick: policy,
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
      pick: policy,
    })),
  });
}
