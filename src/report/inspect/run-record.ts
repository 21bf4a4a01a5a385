import type { FeatureSpec } from "../../model/features.js";
import type { ScoreSense } from "../../model/score-sense.js";

/**
 * What happened in a run, simulated or recorded, as columns. Times are seconds since the run began; NaN what is unknown; -1 for an
 * index into nothing.
 */
export interface RunRecord {
  readonly title: string;
  /** Who decided; empty where it is not known. */
  readonly policy: string;
  readonly sources: readonly string[];
  readonly pools: readonly { readonly name: string; readonly servers: number | null }[];
  readonly outcomes: readonly string[];
  /** Names of tasks by source and index, where they are the same in all workflows of the source. */
  readonly taskNames: Readonly<Record<string, readonly string[]>>;
  /** In the order in which they ended, or as they stand in a trace. */
  readonly attempts: Attempts;
  readonly workflows: Workflows;
  readonly decisions: Decisions;
  /** What policies saw at decisions of a kind, where that was recorded. */
  readonly candidates: readonly Candidates[];
  readonly spells: readonly Spell[];
  readonly series: Series;
}

export interface Attempts {
  readonly count: number;
  /** Rows in `workflows`. */
  readonly workflow: Int32Array;
  readonly task: Int32Array;
  readonly instance: Int32Array;
  /** From 1. */
  readonly attempt: Int32Array;
  readonly copy: Int32Array;
  readonly pool: Int32Array;
  readonly outcome: Int32Array;
  /** NaN where it is not known when it became ready: then it is not known how long it waited. */
  readonly ready: Float64Array;
  /** NaN where it never began. */
  readonly started: Float64Array;
  readonly ended: Float64Array;
}

export interface Workflows {
  readonly count: number;
  readonly source: Int32Array;
  /** Its number there. */
  readonly serial: Int32Array;
  /** 1 or 0; -1 where it is not known, or had not ended when the run did. */
  readonly succeeded: Int8Array;
  readonly submitted: Float64Array;
  /** Infinity where there is no deadline. */
  readonly due: Float64Array;
  /** NaN where it had not ended. */
  readonly ended: Float64Array;
}

export interface Decisions {
  readonly count: number;
  readonly kinds: readonly string[];
  readonly kind: Int32Array;
  /** Rows in `workflows`; -1 for a decision about no workflow. */
  readonly workflow: Int32Array;
  readonly task: Int32Array;
  readonly pool: Int32Array;
  /** Its number in the run. */
  readonly serial: Int32Array;
  readonly option: Int32Array;
  readonly candidates: Int32Array;
  readonly chosen: Int32Array;
  readonly propensity: Float64Array;
  readonly time: Float64Array;
}

/** Candidates of all decisions of a kind; those of one decision stand together, in order. */
export interface Candidates {
  readonly kind: string;
  readonly spec: FeatureSpec;
  readonly count: number;
  /** Serials of decisions, rising. */
  readonly decision: Int32Array;
  /** What a candidate is: a task of a workflow (a row in `workflows`), a pool, an option. */
  readonly workflow: Int32Array;
  readonly task: Int32Array;
  readonly pool: Int32Array;
  readonly option: Int32Array;
  readonly allowed: Int32Array;
  readonly senses: readonly ScoreSense[];
  readonly sense: Int32Array;
  readonly score: Float64Array;
  /** Features by name, squashed by their scales. */
  readonly features: ReadonlyMap<string, Float64Array>;
}

/** A disturbance from when it began until it ended, or the run did. */
export interface Spell {
  readonly name: string;
  readonly effect: string;
  /** Indices of the pools that it strikes. */
  readonly pools: readonly number[];
  readonly from: number;
  readonly until: number;
}

/** Pools at even moments, where that was recorded. */
export interface Series {
  readonly count: number;
  readonly time: Float64Array;
  readonly pool: Int32Array;
  readonly running: Int32Array;
  readonly waiting: Int32Array;
  readonly servers: Int32Array;
}

/** Rows by group: those of g are `rows[first[g] .. first[g + 1])`, in their order. */
export interface Grouped {
  readonly first: Int32Array;
  readonly rows: Int32Array;
}

/** @param group of each row, or -1 for none */
export function grouped(group: Int32Array, groups: number): Grouped {
  const first = new Int32Array(groups + 1);
  for (const g of group) if (g >= 0) first[g + 1]!++;
  for (let g = 0; g < groups; g++) first[g + 1]! += first[g]!;
  const next = first.slice();
  const rows = new Int32Array(first[groups]!);
  for (let row = 0; row < group.length; row++) {
    const g = group[row]!;
    if (g >= 0) rows[next[g]!++] = row;
  }
  return { first, rows };
}

/** When the last thing that is known of a run happened, seconds. */
export function endOf({ attempts, workflows, decisions, spells, series }: RunRecord): number {
  let end = 0;
  for (const column of [attempts.ended, workflows.ended, workflows.submitted, decisions.time, series.time]) {
    for (const time of column) if (time > end) end = time;
  }
  for (const { until } of spells) if (until > end && until < Number.POSITIVE_INFINITY) end = until;
  return end;
}

/** "order 17" */
export const workflowName = ({ sources, workflows }: RunRecord, workflow: number): string =>
  `${sources[workflows.source[workflow]!] ?? "workflow"} ${workflows.serial[workflow]!}`;

/** The task's name where it has one, else its number. Within a workflow within a workflow, tasks are others. */
export function taskName(
  { sources, taskNames, workflows }: RunRecord,
  workflow: number,
  task: number,
  instance = 0,
): string {
  const names = instance === 0 ? taskNames[sources[workflows.source[workflow]!] ?? ""] : undefined;
  return names?.[task] ?? `task ${task}`;
}
