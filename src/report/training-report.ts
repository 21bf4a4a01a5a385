import type { FinalComparison } from "../experiment/final-comparison.js";
import type { LearningPoint } from "../experiment/results.js";
import { formatNumber } from "../kit/format-number.js";
import { type Chart, Charts } from "./charts.js";
import { dataTable } from "./data-table.js";
import { type Html, html } from "./html.js";
import { learningSection } from "./learning-section.js";
import { type PageContent, page, type ReportLibraries } from "./page.js";
import { differenceCard, OUTCOMES } from "./verdict-card.js";

/** What a page about a training says. */
export interface TrainedRun {
  readonly scenario: { readonly name: string; readonly digest: string; readonly objective: string };
  readonly algorithm: string;
  readonly backend: string;
  readonly switchyard: string;
  readonly command: string;
  readonly seed: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly finished: boolean;
  readonly decisions: number;
  /** The learned policy's best in validation, and what heuristics cost there, best first. */
  readonly best: { readonly cost: number };
  readonly heuristics: readonly { readonly policy: string; readonly cost: number }[];
  readonly curve: readonly LearningPoint[];
  readonly comparison: FinalComparison | null;
  readonly returns: "learned" | "heuristic";
  /** Why it was called off, where it was. */
  readonly diverged: { readonly what: string } | null;
}

export interface TrainingReportOptions {
  readonly libraries: ReportLibraries;
  /** "Training in ..." by default. */
  readonly title?: string;
}

/** One self-contained HTML page about a training: what it came to, how it went, and how to repeat it. */
export function trainingReport(run: TrainedRun, { libraries, title }: TrainingReportOptions): string {
  const { content, charts } = contentOf(run, title ?? `Training in ${run.scenario.name}`);
  return page(content, charts, libraries);
}

/** The charts of that page by themselves. */
export const trainingCharts = (run: TrainedRun): readonly Chart[] => contentOf(run, "").charts.all;

function contentOf(
  run: TrainedRun,
  title: string,
): { readonly content: PageContent; readonly charts: Charts } {
  const { scenario, algorithm, backend, curve, decisions, finished } = run;
  const charts = new Charts();
  const main = html`${outcome(run)}
${curve.length > 0 && learningSection(curve, charts, run.heuristics[0])}
${validationSection(run)}
${repeatSection(run)}`;
  const facts = [
    `${algorithm} on ${backend}`,
    `${decisions.toLocaleString("en")} decisions${finished ? "" : ", stopped before its end"}`,
    `minimizes ${scenario.objective}`,
  ];
  const content = {
    title,
    about: "training",
    heading: title,
    facts: facts.join(" · "),
    contents: [
      ...(curve.length > 0 ? [["learning", "Learning"] as const] : []),
      ["validation", "Validation"],
      ["repeat", "How to repeat this"],
    ],
    mainly: "figures",
    main,
  } as const;
  return { content, charts };
}

/** The answer first: what was learned beside the best heuristic, on seeds that chose neither. */
function outcome({ comparison, returns, diverged, scenario }: TrainedRun): Html {
  const warning = diverged !== null && html`<p class="lede">Training was called off: ${diverged.what}</p>`;
  if (comparison === null) {
    return html`${warning}<p class="lede">What was learned has not been compared with the best heuristic on fresh seeds yet.</p>`;
  }
  const { seeds, learned, heuristic, difference, change = null } = comparison;
  const tone = difference.high < 0 ? "better" : difference.low > 0 ? "worse" : "unclear";
  return html`${warning}<ul class="verdicts" aria-label="Verdict">${differenceCard({
    about: scenario.name,
    tone,
    says: OUTCOMES[tone],
    difference: change ?? difference,
    relative: change !== null,
    level: 0.95,
    between: ["the learned policy", heuristic.policy],
    sentence: `On ${seeds} fresh seeds, which chose neither, the learned policy costs ${formatNumber(learned)} and ${heuristic.policy} ${formatNumber(heuristic.cost)}; the run gives the ${returns === "learned" ? "learned policy" : "heuristic"}.`,
  })}</ul>`;
}

function validationSection({ best, heuristics }: TrainedRun): Html {
  return html`
<section id="validation" aria-labelledby="validation-title">
<h2 id="validation-title">Validation</h2>
<p class="lede">On the validation seeds, which chose the best of what was learned and of the heuristics: both look a little better here than they are.</p>
${dataTable({
  caption: "Cost per workflow",
  head: ["policy", "cost"],
  rows: [{ policy: "learned", cost: best.cost }, ...heuristics].map(({ policy, cost }) => ({
    cells: [policy, formatNumber(cost)],
  })),
})}
</section>`;
}

function repeatSection({ command, scenario, seed, switchyard, settings }: TrainedRun): Html {
  const facts = [
    ["seed", String(seed)],
    ["Switchyard", switchyard],
    ...settingsOf(settings).filter(([name]) => name !== "seed"),
  ];
  return html`
<section id="repeat" aria-labelledby="repeat-title">
<h2 id="repeat-title">How to repeat this</h2>
<pre><code>${command}</code></pre>
<dl><dt>scenario</dt><dd><code class="digest">${scenario.digest}</code></dd>${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
</section>`;
}

/** Settings one by one, those within others under both names. */
function settingsOf(
  settings: Readonly<Record<string, unknown>>,
  within = "",
): [name: string, value: string][] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const whole = `${within}${name}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return settingsOf(value as Readonly<Record<string, unknown>>, `${whole}.`);
    }
    return [[whole, Array.isArray(value) ? value.join(", ") : String(value)]];
  });
}
