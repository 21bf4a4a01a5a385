import { quantileSorted } from "simple-statistics";
import { endOf, type RunRecord, workflowName } from "./run-record.js";
import { attemptsByWorkflow, type PARTS, type TimeSpent, whereTimeWent } from "./where-time-went.js";

export type Spent = Readonly<Record<(typeof PARTS)[number], number>>;

export interface WorkflowLine {
  /** Row in the run's workflows. */
  readonly row: number;
  readonly name: string;
  readonly submitted: number;
  readonly flowTime: number;
  readonly attempts: number;
  readonly result: "succeeded" | "failed" | "unknown";
  readonly late: boolean;
  readonly spent: Spent;
}

export interface RunSummary {
  readonly title: string;
  readonly policy: string;
  /** Seconds. */
  readonly span: number;
  readonly workflows: {
    readonly count: number;
    readonly ended: number;
    readonly failed: number;
    readonly late: number;
    readonly flowTime: {
      readonly mean: number;
      readonly p50: number;
      readonly p95: number;
      readonly p99: number;
    };
    /** Summed over those that ended. */
    readonly spent: Spent;
  };
  readonly attempts: { readonly count: number; readonly outcomes: Readonly<Record<string, number>> };
  readonly pools: readonly {
    readonly name: string;
    readonly servers: number | null;
    readonly attempts: number;
    readonly failed: number;
    /** Servers that were busy, averaged over the span. */
    readonly busy: number;
    readonly meanWait: number;
    readonly p99Wait: number;
  }[];
  readonly decisions: Readonly<Record<string, number>>;
  readonly disturbances: readonly {
    readonly name: string;
    readonly effect: string;
    readonly from: number;
    readonly until: number;
    readonly pools: readonly string[];
    /** Share of the attempts that ended there meanwhile and did not succeed. */
    readonly failed: number | null;
  }[];
  /** Longest in the system first. */
  readonly slowest: readonly WorkflowLine[];
}

/** Figures of a run. @param most slowest workflows that are named */
export function summarizeRun(run: RunRecord, most: number): RunSummary {
  const { attempts, workflows, decisions, outcomes } = run;
  const byWorkflow = attemptsByWorkflow(run);
  const spent = whereTimeWent(run, byWorkflow);
  const span = endOf(run);
  const flowTimes = workflows.ended.map((ended, w) => ended - workflows.submitted[w]!);
  const ended = Int32Array.from(flowTimes, (_, w) => w).filter((w) => !Number.isNaN(flowTimes[w]!));
  const sorted = Float64Array.from(ended, (w) => flowTimes[w]!).sort();
  const counted: Record<string, number> = {};
  for (let row = 0; row < attempts.count; row++) {
    const outcome = outcomes[attempts.outcome[row]!] ?? "unknown";
    counted[outcome] = (counted[outcome] ?? 0) + 1;
  }
  const kinds: Record<string, number> = {};
  for (const kind of decisions.kind) kinds[decisions.kinds[kind]!] = (kinds[decisions.kinds[kind]!] ?? 0) + 1;
  const total = (part: keyof Spent) => ended.reduce((sum, w) => sum + spent[part][w]!, 0);
  const slowest = Array.from(ended)
    .sort((a, b) => flowTimes[b]! - flowTimes[a]! || a - b)
    .slice(0, most)
    .map((w) => workflowLine(run, w, byWorkflow.first[w + 1]! - byWorkflow.first[w]!, spent));
  return {
    title: run.title,
    policy: run.policy,
    span,
    workflows: {
      count: workflows.count,
      ended: ended.length,
      failed: ended.reduce((n, w) => n + (workflows.succeeded[w] === 0 ? 1 : 0), 0),
      late: ended.reduce((n, w) => n + (workflows.ended[w]! > workflows.due[w]! ? 1 : 0), 0),
      flowTime: {
        mean: sorted.reduce((sum, time) => sum + time, 0) / sorted.length,
        p50: quantileAt(sorted, 0.5),
        p95: quantileAt(sorted, 0.95),
        p99: quantileAt(sorted, 0.99),
      },
      spent: {
        service: total("service"),
        wasted: total("wasted"),
        waiting: total("waiting"),
        pauses: total("pauses"),
      },
    },
    attempts: { count: attempts.count, outcomes: counted },
    pools: poolFigures(run, span),
    decisions: kinds,
    disturbances: run.spells.map(({ name, effect, from, until, pools }) => ({
      name,
      effect,
      from,
      until,
      pools: pools.map((p) => run.pools[p]!.name),
      failed: failedShare(run, pools, from, until),
    })),
    slowest,
  };
}

/** @param attempts how many it has */
export function workflowLine(run: RunRecord, w: number, attempts: number, spent: TimeSpent): WorkflowLine {
  const { workflows } = run;
  return {
    row: w,
    name: workflowName(run, w),
    submitted: workflows.submitted[w]!,
    flowTime: workflows.ended[w]! - workflows.submitted[w]!,
    attempts,
    result: (["unknown", "failed", "succeeded"] as const)[workflows.succeeded[w]! + 1]!,
    late: workflows.ended[w]! > workflows.due[w]!,
    spent: {
      service: spent.service[w]!,
      wasted: spent.wasted[w]!,
      waiting: spent.waiting[w]!,
      pauses: spent.pauses[w]!,
    },
  };
}

function poolFigures({ pools, attempts, outcomes }: RunRecord, span: number): RunSummary["pools"] {
  return pools.map(({ name, servers }, p) => {
    const waits: number[] = [];
    let [count, failed, busy] = [0, 0, 0];
    for (let row = 0; row < attempts.count; row++) {
      if (attempts.pool[row] !== p) continue;
      count++;
      if (isFault(outcomes[attempts.outcome[row]!])) failed++;
      const time = attempts.ended[row]! - attempts.started[row]!;
      if (time > 0) busy += time;
      const wait = attempts.started[row]! - attempts.ready[row]!;
      if (!Number.isNaN(wait)) waits.push(wait);
    }
    const sorted = Float64Array.from(waits).sort();
    return {
      name,
      servers,
      attempts: count,
      failed,
      busy: span > 0 ? busy / span : 0,
      meanWait: sorted.length > 0 ? sorted.reduce((sum, wait) => sum + wait, 0) / sorted.length : Number.NaN,
      p99Wait: quantileAt(sorted, 0.99),
    };
  });
}

function failedShare(
  { attempts, outcomes }: RunRecord,
  pools: readonly number[],
  from: number,
  until: number,
): number | null {
  let [count, failed] = [0, 0];
  for (let row = 0; row < attempts.count; row++) {
    const end = attempts.ended[row]!;
    if (end < from || end >= until || !pools.includes(attempts.pool[row]!)) continue;
    count++;
    if (isFault(outcomes[attempts.outcome[row]!])) failed++;
  }
  return count > 0 ? failed / count : null;
}

/** Whether an attempt went wrong; one that was cancelled did not, it was only no longer wanted. */
export const isFault = (outcome: string | undefined): boolean =>
  outcome === "failed" || outcome === "timed out";

const quantileAt = (sorted: Float64Array, p: number): number =>
  sorted.length > 0 ? quantileSorted(sorted as unknown as number[], p) : Number.NaN;
