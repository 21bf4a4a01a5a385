import { aligned } from "../kit/aligned.js";
import { formatAlike, formatPercent, formatPValue } from "../kit/format-number.js";
import type { BenchmarkSummary, Estimate, PolicySummary, ScenarioSummary } from "./summarize.js";

/** How to mark up text for a terminal, e.g. picocolors' functions. Plain text by default. */
export interface TableStyle {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const PLAIN: TableStyle = {
  bold: (text) => text,
  dim: (text) => text,
  good: (text) => text,
  bad: (text) => text,
};

/** The summary for a terminal: per scenario the verdict and an aligned table, then the notes. Ends with a newline. */
export function renderTable(summary: BenchmarkSummary, style: TableStyle = PLAIN): string {
  const parts = summary.scenarios.map((scenario) => renderScenario(scenario, summary.level, style));
  const notes = summary.notes.map((note) => style.dim(`  ${clean(note)}`));
  return `${[...parts, notes.join("\n")].join("\n\n")}\n`;
}

function renderScenario(scenario: ScenarioSummary, level: number, style: TableStyle): string {
  const verdicts = scenario.verdicts.map(({ outcome, sentence }) => {
    const paint = outcome === "better" ? style.good : outcome === "worse" ? style.bad : style.bold;
    return `  ${paint(clean(sentence))}`;
  });
  const interval = `${formatPercent(level).replace(/\.0$/, "")} % interval`;
  const head = [
    "",
    "policy",
    "objective",
    interval,
    "vs baseline",
    interval,
    "p (Holm)",
    "p95 flow s",
    "success",
  ];
  const formats = {
    cost: formatAlike(scenario.policies.map((policy) => policy.objective.mean)),
    flow: formatAlike(scenario.policies.map((policy) => policy.flowTime.p95)),
  };
  const rows = scenario.policies.map((policy) => cells(policy, formats));
  const table = [head, ...rows].map((row) => row.map(clean));
  const lines = aligned(table, (c) => c !== 1).map((line, r) => {
    const text = `  ${line.trimEnd()}`;
    if (r === 0) return style.dim(text);
    return scenario.policies[r - 1]!.kind === "learned" ? style.bold(text) : text;
  });
  const title = `${style.bold(clean(scenario.scenario))}  ${style.dim(
    clean(`minimize ${scenario.objective}, ${scenario.seeds} ${scenario.seeds === 1 ? "seed" : "seeds"}`),
  )}`;
  return [title, ...verdicts, "", ...lines].join("\n");
}

interface Formats {
  readonly cost: (value: number) => string;
  readonly flow: (value: number) => string;
}

function cells(policy: PolicySummary, format: Formats): string[] {
  const { comparison, objective, flowTime, success } = policy;
  const tag = policy.kind === "learned" ? " (learned)" : "";
  const relative = comparison?.relative;
  return [
    String(policy.rank),
    `${policy.policy}${tag}`,
    format.cost(objective.mean),
    bracket(objective, format.cost),
    comparison === undefined ? "baseline" : relative ? `${signed(formatPercent(relative.mean))} %` : "n/a",
    !relative ? "" : bracket(relative, (value) => signed(formatPercent(value))),
    comparison === undefined ? "" : formatPValue(comparison.adjustedPValue ?? Number.NaN),
    format.flow(flowTime.p95),
    success === null ? "n/a" : `${formatPercent(success)} %`,
  ];
}

function bracket({ low, high }: Estimate, format: (value: number) => string): string {
  return low === null || high === null ? "n/a" : `[${format(low)}, ${format(high)}]`;
}

function signed(text: string): string {
  return /^[-0]/.test(text) && !/[1-9]/.test(text) ? text : text.startsWith("-") ? text : `+${text}`;
}

/** Names come from files: no control character of theirs may reach the terminal. */
function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}
