import type { AskedComparison, BenchmarkSummary, Estimate } from "../experiment/summary.js";
import { formatLevel, formatNumber, formatPercent, formatPValue } from "../kit/format-number.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { typographic } from "./typographic.js";

/** What an experiment asked: each comparison that it names, all p-values adjusted together. */
export function comparisonsSection(
  comparisons: readonly AskedComparison[],
  { scenarios, level }: BenchmarkSummary,
): Html {
  const seedsOf = new Map(scenarios.map(({ scenario, seeds }) => [scenario, seeds]));
  const interval = `${formatLevel(level)}\u202f% interval`;
  return html`
<section id="asked" aria-labelledby="asked-title">
<h2 id="asked-title">Comparisons asked for</h2>
${dataTable({
  caption: "Negative is in the first policy's favour; p-values are adjusted for all of these together (Holm)",
  head: ["scenario", "policy", "against", "verdict", "difference", interval, "p (Holm)", "d", "cheaper on"],
  names: 4,
  rows: comparisons.map(({ scenario, policy, against, comparison }) => {
    const { absolute, relative, adjustedPValue, effect } = comparison;
    const shown = relative ?? absolute;
    const format = (value: number): string =>
      typographic(
        `${value > 0 ? "+" : ""}${relative === null ? formatNumber(value, 3) : formatPercent(value)}`,
      );
    const unit = relative === null ? "" : "\u202f%";
    return {
      cells: [
        scenario,
        policy,
        against,
        verdictOf(absolute, adjustedPValue, level),
        html`<strong>${format(shown.mean)}${unit}</strong>`,
        shown.low === null || shown.high === null ? "n/a" : `${format(shown.low)} to ${format(shown.high)}`,
        formatPValue(adjustedPValue ?? Number.NaN),
        effect.d === null ? "n/a" : typographic(effect.d.mean.toFixed(2)),
        `${effect.cheaperSeeds} of ${seedsOf.get(scenario)}`,
      ],
      header: 1,
    };
  }),
})}
</section>`;
}

/** By the interval, and not without the p-value that counts all comparisons. */
function verdictOf({ low, high }: Estimate, adjusted: number | null, level: number): string {
  if (low === null || high === null || adjusted === null || adjusted > 1 - level) return "undecided";
  return high < 0 ? "costs less" : low > 0 ? "costs more" : "undecided";
}
