import type { ScenarioSummary, Verdict } from "../experiment/results.js";
import { formatLevel, formatNumber, formatPercent } from "../kit/format-number.js";
import { type Html, html, raw } from "./html.js";
import { typographic } from "./typographic.js";

/** Where nothing learned is among the policies, the news is who leads, and by how much. */
const leads = (scenario: ScenarioSummary, verdict: Verdict): boolean =>
  verdict.outcome === "worse" &&
  scenario.baselineChosen === "best heuristic" &&
  scenario.policies.every(({ kind }) => kind === "heuristic");

const OUTCOMES = { better: "↓ costs less", worse: "↑ costs more", unclear: "≈ undecided" } as const;

/** The answer in one glance: the difference in large figures, its interval drawn beside zero, and the sentence. */
export function verdictCard(scenario: ScenarioSummary, verdict: Verdict, level: number): Html {
  const { comparison } = scenario.policies.find((policy) => policy.policy === verdict.policy)!;
  const { relative, absolute } = comparison!;
  const shown = relative ?? absolute;
  const figure = (value: number): string =>
    typographic(
      `${value > 0 ? "+" : ""}${relative ? `${formatPercent(value)}\u202f%` : formatNumber(value, 3)}`,
    );
  const interval =
    shown.low === null || shown.high === null
      ? undefined
      : html`<div class="range">${formatLevel(level)}\u202f% interval ${figure(shown.low)} to ${figure(shown.high)}, ${verdict.policy} against ${scenario.baseline}</div>
${strip(shown.mean, shown.low, shown.high)}`;
  const leader = leads(scenario, verdict);
  return html`<li class="verdict ${leader ? "better" : verdict.outcome}">
<div class="scenario"><span>${scenario.scenario}</span><span class="outcome">${leader ? `${scenario.baseline} leads` : OUTCOMES[verdict.outcome]}</span></div>
<div class="figure">${figure(shown.mean)}</div>
${interval}
<p class="sentence">${verdict.sentence.replace(/(?<=[\s[])-(?=\d)/g, "\u2212")}</p>
</li>`;
}

/** The interval on a line with zero marked. The text beside it says the same, so it is hidden from screen readers. */
function strip(mean: number, low: number, high: number): Html {
  const from = Math.min(low, 0);
  const span = Math.max(high, 0) - from || 1;
  const at = (value: number): string => (4 + (92 * (value - from)) / span).toFixed(2);
  return raw(
    `<svg aria-hidden="true" focusable="false"><g stroke-linecap="round">` +
      `<line x1="0" x2="100%" y1="14" y2="14" stroke="var(--line)"/>` +
      `<line x1="${at(0)}%" x2="${at(0)}%" y1="3" y2="25" stroke="var(--muted)"/>` +
      `<text x="${at(0)}%" y="40" text-anchor="middle" font-size="12" fill="var(--muted)">0</text>` +
      `<line x1="${at(low)}%" x2="${at(high)}%" y1="14" y2="14" stroke="var(--tone)" stroke-width="5"/>` +
      `<circle cx="${at(mean)}%" cy="14" r="7" fill="var(--tone)" stroke="var(--wash)" stroke-width="2"/>` +
      `</g></svg>`,
  );
}
