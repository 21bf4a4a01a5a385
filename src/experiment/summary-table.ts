import { formatAlike, formatLevel, formatPercent, formatPValue } from "../kit/format-number.js";
import type {
  AggregateSummary,
  AskedComparison,
  BenchmarkSummary,
  Estimate,
  PolicySummary,
  ScenarioSummary,
} from "./summary.js";
import { clean, PLAIN, type TableStyle, tableLines } from "./table-lines.js";

/** The summary for a terminal: per scenario the verdict and an aligned table, then the notes. Ends with a newline. */
export function renderTable(summary: BenchmarkSummary, style: TableStyle = PLAIN): string {
  const parts = summary.scenarios.map((scenario) => renderScenario(scenario, summary.level, style));
  if (summary.aggregate !== null) parts.push(renderAggregate(summary.aggregate, style));
  if (summary.comparisons !== undefined)
    parts.push(renderComparisons(summary.comparisons, summary.level, style));
  const notes = summary.notes.map((note) => style.dim(`  ${clean(note)}`));
  return `${[...parts, notes.join("\n")].join("\n\n")}\n`;
}

function renderScenario(scenario: ScenarioSummary, level: number, style: TableStyle): string {
  const verdicts = scenario.verdicts.map(({ outcome, sentence }) => {
    const paint = outcome === "better" ? style.good : outcome === "worse" ? style.bad : style.bold;
    return `  ${paint(clean(sentence))}`;
  });
  const interval = `${formatLevel(level)} % interval`;
  const head = [
    "",
    "policy",
    "objective",
    "±",
    "vs baseline",
    interval,
    "p (Holm)",
    "d",
    "cheaper on",
    "p99 flow s",
    "±",
    "success",
  ];
  const formats = {
    cost: formatAlike(scenario.policies.map((policy) => policy.objective.mean)),
    flow: formatAlike(scenario.policies.map((policy) => policy.p99?.mean ?? Number.NaN)),
    seeds: scenario.seeds,
  };
  const rows = scenario.policies.map((policy) => cells(policy, formats));
  const lines = tableLines([head, ...rows], (c) => c !== 1, style, boldIfLearned(scenario.policies, style));
  const title = `${style.bold(clean(scenario.scenario))}  ${style.dim(
    clean(`minimize ${scenario.objective}, ${scenario.seeds} ${scenario.seeds === 1 ? "seed" : "seeds"}`),
  )}`;
  const { best, front } = scenario;
  const asides = [best.sentence, ...(front === null ? [] : [front.sentence])].map(
    (text) => `  ${clean(text)}`,
  );
  return [title, ...verdicts, ...(scenario.policies.length > 1 ? asides : []), "", ...lines].join("\n");
}

function renderComparisons(
  comparisons: readonly AskedComparison[],
  level: number,
  style: TableStyle,
): string {
  const interval = `${formatLevel(level)} % interval`;
  const head = ["scenario", "policy", "against", "difference", interval, "p (Holm)", "p (signed rank)"];
  const rows = comparisons.map(({ scenario, policy, against, comparison }) => {
    const { relative, absolute, adjustedPValue, signedRankPValue } = comparison;
    const format = relative === null ? formatAlike([absolute.mean]) : formatPercent;
    const shown = (value: number): string => signed(format(value));
    const difference = relative ?? absolute;
    return [
      scenario,
      policy,
      against,
      `${shown(difference.mean)}${relative === null ? "" : " %"}`,
      bracket(difference, shown),
      formatPValue(adjustedPValue ?? Number.NaN),
      formatPValue(signedRankPValue),
    ];
  });
  const lines = tableLines([head, ...rows], (c) => c > 2, style);
  return [style.bold("Comparisons asked for"), "", ...lines].join("\n");
}

interface Formats {
  readonly cost: (value: number) => string;
  readonly flow: (value: number) => string;
  readonly seeds: number;
}

function cells(policy: PolicySummary, format: Formats): string[] {
  const { comparison, objective, p99, success } = policy;
  const tag = policy.kind === "learned" ? " (learned)" : "";
  const relative = comparison?.relative;
  const effect = comparison?.effect;
  return [
    String(policy.rank),
    `${policy.policy}${tag}`,
    format.cost(objective.mean),
    arm(objective, format.cost),
    comparison === undefined ? "baseline" : relative ? `${signed(formatPercent(relative.mean))} %` : "n/a",
    !relative ? "" : bracket(relative, (value) => signed(formatPercent(value))),
    comparison === undefined ? "" : formatPValue(comparison.adjustedPValue ?? Number.NaN),
    effect === undefined ? "" : effect.d === null ? "n/a" : signed(effect.d.mean.toFixed(1)),
    effect === undefined ? "" : `${effect.cheaperSeeds}/${format.seeds}`,
    p99 === null ? "n/a" : format.flow(p99.mean),
    p99 === null ? "" : arm(p99, format.flow),
    success === null ? "n/a" : `${formatPercent(success)} %`,
  ];
}

/** Half the width of a symmetric interval. */
function arm({ mean, high }: Estimate, format: (value: number) => string): string {
  return high === null ? "n/a" : format(high - mean);
}

function renderAggregate(aggregate: AggregateSummary, style: TableStyle): string {
  const two = (value: number) => value.toFixed(2);
  const head = ["policy", "IQM", "interval", "mean", "gap", "interval", "better", "interval", "mean rank"];
  const rows = aggregate.policies.map((policy) => {
    const { interquartileMean, mean, optimalityGap, probabilityOfImprovement, meanRank } = policy;
    return [
      `${policy.policy}${policy.kind === "learned" ? " (learned)" : ""}`,
      two(interquartileMean.mean),
      bracket(interquartileMean, two),
      two(mean.mean),
      two(optimalityGap.mean),
      bracket(optimalityGap, two),
      `${formatPercent(probabilityOfImprovement.mean)} %`,
      bracket(probabilityOfImprovement, formatPercent),
      meanRank.toFixed(1),
    ];
  });
  const lines = tableLines([head, ...rows], (c) => c !== 0, style, boldIfLearned(aggregate.policies, style));
  const { ranks } = aggregate;
  const told =
    ranks === null
      ? []
      : [
          `  Ranks: Friedman's p ${formatPValue(ranks.pValue)}; mean ranks less than ${ranks.criticalDifference.toFixed(1)} apart are not told apart (Nemenyi).`,
        ];
  return [style.bold("All scenarios"), `  ${clean(aggregate.sentence)}`, ...told, "", ...lines].join("\n");
}

const boldIfLearned =
  (policies: readonly Pick<PolicySummary, "kind">[], style: TableStyle) =>
  (line: string, row: number): string =>
    policies[row]!.kind === "learned" ? style.bold(line) : line;

function bracket({ low, high }: Estimate, format: (value: number) => string): string {
  return low === null || high === null ? "n/a" : `[${format(low)}, ${format(high)}]`;
}

function signed(text: string): string {
  return /^[-0]/.test(text) && !/[1-9]/.test(text) ? text : text.startsWith("-") ? text : `+${text}`;
}
