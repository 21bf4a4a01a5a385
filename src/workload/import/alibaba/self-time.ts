/** When something was under way, in any unit. */
export interface Interval {
  readonly start: number;
  readonly time: number;
}

/** What is left of a call's time when the time under its children is taken out, each moment once. */
export function selfTime({ start, time }: Interval, children: readonly Interval[]): number {
  const end = start + time;
  const sorted = [...children].sort((a, b) => a.start - b.start);
  let left = time;
  let covered = start;
  for (const child of sorted) {
    const from = Math.max(covered, child.start);
    const to = Math.min(end, child.start + child.time);
    if (to <= from) continue;
    left -= to - from;
    covered = to;
  }
  return Math.max(0, left);
}
