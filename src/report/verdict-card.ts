import type { ScenarioSummary, Verdict } from "../experiment/results.js";
import { formatLevel, formatNumber, formatPercent } from "../kit/format-number.js";
import { type Html, html, raw } from "./html.js";
import { typographic, withMinuses } from "./typographic.js";

/** Where nothing learned is among the policies, the news is who leads, and by how much. */
const leads = (scenario: ScenarioSummary, verdict: Verdict): boolean =>
  verdict.outcome === "worse" &&
  scenario.baselineChosen === "best heuristic" &&
  scenario.policies.every(({ kind }) => kind === "heuristic");

/** What a difference comes to, by its interval, in a word and a sign: colour alone tells not everyone. */
export const OUTCOMES = { better: "↓ costs less", worse: "↑ costs more", unclear: "≈ undecided" } as const;

/** What a card tells of a difference. */
export interface DifferenceCard {
  /** What it is about: a scenario. */
  readonly about: string;
  readonly tone: keyof typeof OUTCOMES;
  readonly says: string;
  readonly difference: { readonly mean: number; readonly low: number | null; readonly high: number | null };
  /** Whether the difference is a share of the rival's cost. */
  readonly relative: boolean;
  readonly level: number;
  /** Who is compared with whom. */
  readonly between: readonly [policy: string, rival: string];
  readonly sentence: string;
}

/** The answer in one glance: the difference in large figures, its interval drawn beside zero, and the sentence. */
export function differenceCard(card: DifferenceCard): Html {
  const { about, tone, says, difference, relative, level, between, sentence } = card;
  const { mean, low, high } = difference;
  const figure = (value: number): string =>
    typographic(
      `${value > 0 ? "+" : ""}${relative ? `${formatPercent(value)}\u202f%` : formatNumber(value, 3)}`,
    );
  const interval =
    low !== null &&
    high !== null &&
    html`<div class="range">${formatLevel(level)}\u202f% interval ${figure(low)} to ${figure(high)}, ${between[0]} against ${between[1]}</div>
${strip(mean, low, high)}`;
  return html`<li class="verdict ${tone}">
<div class="scenario"><span>${about}</span><span class="outcome">${says}</span></div>
<div class="figure">${figure(mean)}</div>
${interval}
<p class="sentence">${withMinuses(sentence)}</p>
</li>`;
}

/** What is said of a policy in a scenario, as a card. */
export function verdictCard(scenario: ScenarioSummary, verdict: Verdict, level: number): Html {
  const { comparison } = scenario.policies.find((policy) => policy.policy === verdict.policy)!;
  const { relative, absolute } = comparison!;
  const leader = leads(scenario, verdict);
  return differenceCard({
    about: scenario.scenario,
    tone: leader ? "better" : verdict.outcome,
    says: leader ? `${scenario.baseline} leads` : OUTCOMES[verdict.outcome],
    difference: relative ?? absolute,
    relative: relative !== null,
    level,
    between: [verdict.policy, scenario.baseline],
    sentence: verdict.sentence,
  });
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
