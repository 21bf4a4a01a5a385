import pc from "picocolors";
import { aligned } from "../kit/aligned.js";
import { formatDuration, formatNumber, formatPercent } from "../kit/format-number.js";
import type { Outcome } from "../sim/outcome.js";

/** Columns of text, aligned: the first to the left, the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const [head, ...lines] = aligned([header, ...rows], (c) => c > 0);
  return [pc.dim(head!), ...lines].join("\n");
}

/** A run as its reader wants it: the objective first, then what made it, then the pools. */
export function renderOutcome(outcome: Outcome, policy: string, objective: string): string {
  const { workflows, metrics, flowTime, wait, pools } = outcome;
  const seconds = formatDuration;
  const share = (n: number) =>
    workflows.submitted > 0 ? `${formatPercent(n / workflows.submitted)} %` : "-";
  const lines = [
    `${pc.bold(outcome.scenario)}  policy ${pc.bold(policy)}  seed ${outcome.seed}`,
    "",
    `objective    ${pc.bold(formatNumber(outcome.objective))} per workflow   ${pc.dim(objective)}`,
    `workflows    ${workflows.submitted} submitted, ${workflows.succeeded} succeeded, ${workflows.failed} failed (${share(workflows.failed)})`,
    `flow time    mean ${seconds(flowTime.mean)}   p50 ${seconds(flowTime.p50)}   p95 ${seconds(flowTime.p95)}   p99 ${seconds(flowTime.p99)}`,
    `wait         mean ${seconds(wait.mean)}   p50 ${seconds(wait.p50)}   p95 ${seconds(wait.p95)}   p99 ${seconds(wait.p99)}`,
    `in system    ${formatNumber(outcome.meanInSystem)} workflows on average`,
    "",
    table(
      ["pool", "utilisation", "mean waiting"],
      pools.map((pool) => [
        pool.name,
        `${formatPercent(pool.utilisation)} %`,
        formatNumber(pool.meanWaiting),
      ]),
    ),
    "",
    table(
      ["metric", "per workflow"],
      // What never happened is no news, unless the objective asks for it.
      Object.entries(metrics)
        .filter(([name, value]) => value !== 0 || objective.includes(name))
        .map(([name, value]) => [name, formatNumber(value)]),
    ),
    "",
    pc.dim(`${outcome.events} events, ${outcome.decisions} decisions, ${outcome.attempts} attempts`),
  ];
  return lines.join("\n");
}
