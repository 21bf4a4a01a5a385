import pc from "picocolors";
import { formatCount, formatNumber, formatPercent } from "../../kit/format-number.js";
import type { ExplainedDecision } from "../../report/inspect/decision.js";
import type { AttemptTold, WorkflowStory } from "../../report/inspect/story.js";
import type { RunSummary, Spent } from "../../report/inspect/summary.js";
import { table } from "../render.js";

/** A span to four digits, in seconds up to two minutes. */
const span = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return "n/a";
  if (seconds >= 7200) return `${formatNumber(seconds / 3600)} h`;
  if (seconds >= 120) return `${formatNumber(seconds / 60)} min`;
  if (seconds > 0 && seconds < 0.1) return `${formatNumber(seconds * 1000)} ms`;
  return seconds === 0 ? "0 s" : `${formatNumber(seconds)} s`;
};
const clock = (seconds: number): string => `${seconds.toFixed(3)} s`;
const share = (part: number, whole: number): string => (whole > 0 ? `${formatPercent(part / whole)} %` : "-");

/** A run in a terminal: where time went, the pools, what struck them, and who suffered most. */
export function renderRun(summary: RunSummary): string {
  const { workflows, attempts, pools, disturbances, slowest, decisions } = summary;
  const { flowTime, spent } = workflows;
  const outcomes = Object.entries(attempts.outcomes).map(([name, n]) => `${formatCount(n)} ${name}`);
  const asked = Object.entries(decisions).map(([kind, n]) => `${formatCount(n)} ${kind}`);
  const lines = [
    `${pc.bold(summary.title)}${summary.policy === "" ? "" : `  policy ${pc.bold(summary.policy)}`}  ${span(summary.span)}`,
    "",
    `workflows   ${formatCount(workflows.count)}: ${formatCount(workflows.failed)} failed, ${formatCount(workflows.late)} late, ${formatCount(workflows.count - workflows.ended)} unfinished`,
    `attempts    ${formatCount(attempts.count)}: ${outcomes.join(", ")}`,
    ...(asked.length > 0 ? [`decisions   ${asked.join(", ")}`] : []),
    `flow time   mean ${span(flowTime.mean)}   p50 ${span(flowTime.p50)}   p95 ${span(flowTime.p95)}   p99 ${span(flowTime.p99)}`,
    `it went to  ${timeShares(spent)}`,
    "",
    table(
      ["pool", "servers", "busy", "attempts", "failed", "mean wait", "p99 wait"],
      pools.map((pool) => [
        pool.name,
        pool.servers === null ? "?" : String(pool.servers),
        formatNumber(pool.busy),
        formatCount(pool.attempts),
        share(pool.failed, pool.attempts),
        span(pool.meanWait),
        span(pool.p99Wait),
      ]),
    ),
  ];
  if (disturbances.length > 0) {
    lines.push(
      "",
      table(
        ["disturbance", "effect", "pools", "from", "lasts", "attempts failed there"],
        disturbances.map((d) => [
          d.name,
          d.effect,
          d.pools.join(", "),
          clock(d.from),
          span(d.until - d.from),
          d.failed === null ? "-" : `${formatPercent(d.failed)} %`,
        ]),
      ),
    );
  }
  if (slowest.length > 0) {
    lines.push(
      "",
      table(
        ["slowest", "submitted", "flow time", "service", "wasted", "waiting", "pauses", "attempts", ""],
        slowest.map((w) => [
          w.name,
          clock(w.submitted),
          span(w.flowTime),
          span(w.spent.service),
          span(w.spent.wasted),
          span(w.spent.waiting),
          span(w.spent.pauses),
          String(w.attempts),
          [w.result === "failed" ? "failed" : "", w.late ? "late" : ""].filter(Boolean).join(", "),
        ]),
      ),
    );
  }
  return lines.join("\n");
}

function timeShares(spent: Spent): string {
  const total = spent.service + spent.wasted + spent.waiting + spent.pauses;
  return [
    `service ${share(spent.service, total)}`,
    `attempts in vain ${share(spent.wasted, total)}`,
    `waiting ${share(spent.waiting, total)}`,
    `pauses ${share(spent.pauses, total)}`,
  ].join("   ");
}

/** One workflow, event by event. */
export function renderStory(story: WorkflowStory): string {
  const end = story.submitted + story.flowTime;
  const lines = [
    `${pc.bold(story.name)}  ${story.result}${story.late ? `, ${pc.bold("late")}` : ""}  ${span(story.flowTime)} in the system`,
    `it went to  ${timeShares(story.spent)}`,
    "",
  ];
  /** At one instant what ends comes before what is decided of it, and that before what begins. */
  const events: [at: number, rank: number, text: string][] = [[story.submitted, 0, "submitted"]];
  for (const decision of story.decided)
    events.push([decision.time, 2, `${pc.dim(`decision ${decision.serial}`)} ${because(decision)}`]);
  for (const attempt of story.attempted) {
    const name = `${attempt.task}${attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : ""}${attempt.copy ? ", second copy" : ""}`;
    if (attempt.started !== null)
      events.push([attempt.started, 3, `${name} starts at ${attempt.pool}${waited(attempt)}`]);
    const took = attempt.started === null ? "" : ` after ${span(attempt.ended - attempt.started)}`;
    events.push([attempt.ended, 1, `${name} ${attempt.outcome ?? "ends"}${took}`]);
  }
  if (story.due !== null && (Number.isNaN(end) || story.due < end))
    events.push([story.due, 4, pc.bold("due")]);
  if (Number.isFinite(end)) events.push([end, 5, story.result === "unknown" ? "ended" : story.result]);
  const ordered = events.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const width = Math.max(...ordered.map(([at]) => clock(at).length));
  for (const [at, , text] of ordered) lines.push(`${clock(at).padStart(width)}  ${text}`);
  return lines.join("\n");
}

const waited = ({ ready, started }: AttemptTold): string =>
  ready !== null && started! > ready ? `, having waited ${span(started! - ready)}` : "";

const because = ({ kind, because }: ExplainedDecision): string => `${kind}: ${because}`;

/** One decision: who stood for it, how each was scored, and what the policy saw. */
export function renderDecision(decision: ExplainedDecision): string {
  const { candidates, sense, context } = decision;
  const about = decision.workflow === null ? "" : ` of ${decision.workflow}, ${decision.task}`;
  const lines = [
    `${pc.bold(`decision ${decision.serial}`)}  ${decision.kind}${about}  at ${clock(decision.time)}`,
    decision.because,
  ];
  if (decision.propensity !== null)
    lines.push(`it was answered so with probability ${formatNumber(decision.propensity)}`);
  if (candidates.length === 0) return lines.join("\n");
  const scored = candidates.some(({ score }) => score !== null);
  const likely = candidates.some(({ probability }) => probability !== null) && sense === "logit";
  const names = Object.keys(candidates[0]!.features);
  // What differs between candidates is what can have decided.
  const differing = names.filter(
    (name) => new Set(candidates.map(({ features }) => features[name])).size > 1,
  );
  lines.push(
    "",
    table(
      ["candidate", ...(scored ? [`score (${sense})`] : []), ...(likely ? ["preference"] : []), ...differing],
      candidates.map((candidate) => [
        `${candidate.chosen ? "> " : "  "}${candidate.label}${candidate.allowed ? "" : " (not allowed)"}`,
        ...(scored ? [candidate.score === null ? "-" : formatNumber(candidate.score)] : []),
        ...(likely
          ? [candidate.probability === null ? "-" : `${formatPercent(candidate.probability)} %`]
          : []),
        ...differing.map((name) => formatNumber(candidate.features[name]!)),
      ]),
    ),
  );
  const same = names.filter((name) => !differing.includes(name));
  if (same.length > 0) {
    lines.push("", pc.dim("the same for all:"), ...figures(same, candidates[0]!.features));
  }
  if (Object.keys(context).length > 0)
    lines.push("", pc.dim("the state:"), ...figures(Object.keys(context), context));
  return lines.join("\n");
}

function figures(names: readonly string[], values: Readonly<Record<string, number>>): string[] {
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `  ${name.padEnd(width)}  ${formatNumber(values[name]!)}`);
}
