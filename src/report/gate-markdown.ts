import type { GateVerdict } from "../experiment/gate/gate.js";
import type { BenchmarkResults } from "../experiment/results.js";

const MARKS = { pass: "✅ shown", fail: "❌ refuted", undecided: "❔ undecided" } as const;

/** A gate's verdict in Markdown: for the summary of a CI job, or a comment on a pull request. */
export function gateMarkdown(verdict: GateVerdict, results: BenchmarkResults): string {
  const { gate, candidate, champion, passed, reason, checks, notes } = verdict;
  const rows = checks.map(({ verdict: found, scenario = "all", requirement, found: shown }) =>
    row([MARKS[found], scenario, requirement, shown]),
  );
  const seeds = results.scenarios.map((scenario) => scenario.seeds ?? results.seeds.length);
  const counts = [...new Set(seeds)];
  const packages = results.policies.filter(({ digest }) => digest !== undefined);
  return [
    `## ${passed ? "✅" : "❌"} Gate ${text(gate)}: ${passed ? "passed" : "failed"}`,
    "",
    `**${text(candidate)}** against **${text(champion)}**: ${text(reason)}.`,
    "",
    row(["", "scenario", "the candidate …", "found"]),
    row(["---", "---", "---", "---"]),
    ...rows,
    "",
    ...notes.map((note) => `- ${text(note)}`),
    "",
    "<details><summary>What ran</summary>",
    "",
    ...(results.command === undefined ? [] : [`- command: ${code(results.command)}`]),
    `- switchyard ${text(results.createdWith.switchyard)}, Node ${text(results.createdWith.node)}`,
    `- gate file: ${code(results.experiment?.digest ?? "")}`,
    `- seeds: ${counts.length === 1 ? `${counts[0]}` : `${Math.min(...counts)} to ${Math.max(...counts)}`}, from ${results.seeds[0]} on`,
    ...results.scenarios.map(({ name, digest }) => `- scenario ${text(name)}: ${code(digest)}`),
    ...packages.map(({ name, digest }) => `- policy ${text(name)}: ${code(digest!)}`),
    "",
    "</details>",
    "",
  ].join("\n");
}

const row = (cells: readonly string[]): string => `| ${cells.map(text).join(" | ")} |`;

/** Names come from files: none may break a table, or be taken for markup. */
const text = (value: string): string =>
  value.replace(/[\p{Cc}\s]+/gu, " ").replace(/[\\`*_{}[\]<>|~#]/g, (sign) => `\\${sign}`);

const code = (value: string): string => `\`${value.replace(/[\p{Cc}`|]/gu, "?")}\``;
