import { formatNumber, formatPercent } from "../kit/format-number.js";
import type { Manifest } from "../policy/runtime/index.js";

type Stated = Omit<Manifest, "files" | "digest">;

/** The model card of a package: purpose, data, metrics with intervals, limits, owner (Mitchell et al. 2019). */
export function renderModelCard(manifest: Stated): string {
  const { name, version, owner, purpose, heads, lineage, table } = manifest;
  return `${[
    `# ${name} ${version}`,
    "",
    purpose,
    "",
    "## Use",
    "",
    ...heads.map(
      ({ kind, network, features }) =>
        `- decides **${kind}**: scores each candidate with a ${network.hidden.join("-")} ${network.activation} network over ${features.context.length} context and ${features.candidate.length} candidate features (${features.id}), and takes the best`,
    ),
    ...(table === undefined
      ? []
      : [
          `- decides **${table.kinds.join(" and ")}**: looks up what to do in each of ${table.states} states, told by counts (${table.key}); in others \`${table.otherwise}\` decides`,
        ]),
    "",
    "## Training",
    "",
    `- scenario \`${lineage.scenario.name}\`, digest \`${lineage.scenario.digest}\``,
    `- minimizes \`${lineage.scenario.objective}\``,
    ...(lineage.trace === null ? [] : [`- trace digest \`${lineage.trace}\``]),
    `- ${lineage.algorithm}, ${lineage.decisions} decisions, seed ${lineage.seed}, backend ${lineage.backend}, Switchyard ${lineage.switchyard}`,
    `- command: \`${lineage.command}\``,
    ...(lineage.commit === null ? [] : [`- commit ${lineage.commit}`]),
    "",
    "## Results",
    "",
    ...benchmarkLines(manifest),
    "",
    "## Limits",
    "",
    "- Measured on the scenario above only. Under other loads, pools or failures it may be worse than a heuristic: benchmark it there first.",
    table === undefined
      ? "- It sees the features listed in `policy.json` and nothing else."
      : "- It sees counts of tasks and servers, and no ages or sizes. It is for the very pools and tasks it was learned for.",
    "",
    "## Owner",
    "",
    owner,
  ].join("\n")}\n`;
}

function benchmarkLines({ benchmark }: Stated): string[] {
  if (benchmark === null) return ["No benchmark is stated."];
  const { scenario, seeds, level, policies, against } = benchmark;
  const interval = (low: number | null, high: number | null, show: (n: number) => string) =>
    low === null || high === null ? "" : ` [${show(low)}, ${show(high)}]`;
  const percent = (share: number) => `${formatPercent(share)} %`;
  return [
    `Objective per workflow on \`${scenario}\`: means over ${seeds} seeds that neither training nor tuning saw, with ${formatPercent(level)} % intervals.`,
    "",
    "| policy | objective |",
    "|---|---|",
    ...policies.map(
      ({ policy, mean, low, high }) =>
        `| ${policy} | ${formatNumber(mean)}${interval(low, high, formatNumber)} |`,
    ),
    ...(against === null
      ? []
      : [
          "",
          `Against the best heuristic (${against.policy}), paired: ${percent(against.change)}${interval(against.low, against.high, percent)}; negative is better.`,
        ]),
  ];
}

/** A package as a person reads it in the terminal. */
export function describePackage(manifest: Manifest): string {
  const { name, version, owner, lineage, heads, files, digest, table } = manifest;
  const lines = [
    `${name} ${version}`,
    `  digest    ${digest}`,
    `  owner     ${owner}`,
    ...heads.map(
      ({ kind, features, network }) =>
        `  decides   ${kind}, by ${features.context.length} + ${features.candidate.length} features (${features.id}) and a ${network.hidden.join("-")} ${network.activation} network`,
    ),
    ...(table === undefined
      ? []
      : [
          `  decides   ${table.kinds.join(", ")}, by a table of ${table.states} states (${table.key}); elsewhere ${table.otherwise}`,
        ]),
    `  trained   on ${lineage.scenario.name}, ${lineage.decisions} decisions, seed ${lineage.seed}, ${lineage.algorithm}, backend ${lineage.backend}`,
    `  by        ${lineage.command}`,
    `  files     ${Object.entries(files)
      .map(([file, { bytes }]) => `${file} (${bytes} bytes)`)
      .join(", ")}`,
    "",
    ...benchmarkLines(manifest),
  ];
  return lines.join("\n");
}
