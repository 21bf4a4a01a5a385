import { type ExplainedDecision, explainDecision } from "./decision.js";
import { type RunRecord, taskName } from "./run-record.js";
import type { WorkflowLine } from "./summary.js";

export interface AttemptTold {
  readonly task: string;
  readonly attempt: number;
  readonly copy: boolean;
  readonly pool: string | null;
  readonly outcome: string | null;
  readonly ready: number | null;
  readonly started: number | null;
  readonly ended: number;
}

/** All that is known of one workflow, in order of time. */
export interface WorkflowStory extends WorkflowLine {
  readonly due: number | null;
  readonly attempted: readonly AttemptTold[];
  readonly decided: readonly ExplainedDecision[];
}

/** @param rows of its attempts */
export function attemptsTold(run: RunRecord, w: number, rows: Int32Array): AttemptTold[] {
  const { attempts, pools, outcomes } = run;
  return Array.from(rows)
    .sort(
      (a, b) => attempts.ready[a]! - attempts.ready[b]! || attempts.ended[a]! - attempts.ended[b]! || a - b,
    )
    .map((row) => ({
      task: taskName(run, w, attempts.task[row]!, attempts.instance[row]!),
      attempt: attempts.attempt[row]!,
      copy: attempts.copy[row]! > 0,
      pool: pools[attempts.pool[row]!]?.name ?? null,
      outcome: outcomes[attempts.outcome[row]!] ?? null,
      ready: known(attempts.ready[row]!),
      started: known(attempts.started[row]!),
      ended: attempts.ended[row]!,
    }));
}

/** Decisions about a workflow, explained. */
export function decisionsAbout(run: RunRecord, w: number): ExplainedDecision[] {
  const found: ExplainedDecision[] = [];
  for (let row = 0; row < run.decisions.count; row++) {
    if (run.decisions.workflow[row] === w) found.push(explainDecision(run, row));
  }
  return found;
}

const known = (time: number): number | null => (Number.isFinite(time) ? time : null);
