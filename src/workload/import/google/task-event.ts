/** What happens to a task of a Borg cell (Reiss, Wilkes and Hellerstein 2011, "Google cluster-usage traces: format + schema"). */
export const EVENT = {
  submit: 0,
  schedule: 1,
  evict: 2,
  fail: 3,
  finish: 4,
  kill: 5,
  lost: 6,
  updatePending: 7,
  updateRunning: 8,
} as const;

export interface TaskEvent {
  /** Seconds; -Infinity before the trace, Infinity after it. */
  readonly time: number;
  readonly job: string;
  readonly task: string;
  /** Null while it is nowhere. */
  readonly machine: string | null;
  readonly event: number;
  readonly user: string;
  readonly class: string;
  /** NaN where unknown. */
  readonly priority: number;
  readonly where: string;
}

export const isEnd = (event: number): boolean => event >= EVENT.evict && event <= EVENT.lost;
