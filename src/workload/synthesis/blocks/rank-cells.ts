import type { WorkflowRecord } from "./record.js";

/** [works of a record]: where each stands among those it is ranked with, as an interval of shares; width 0 where unknown. */
export interface RankCells {
  readonly low: Float64Array;
  readonly width: Float64Array;
}

/**
 * Ranks of recorded works as intervals of shares: the r-th of n stands for [r / n, (r + 1) / n), equal ones for their
 * intervals together. A share drawn from the interval of a work drawn from the record is uniform: so what the law of the work
 * makes of it has that law, whatever the order of the record keeps of dependence (an empirical copula, Deheuvels 1979).
 * @param group [works], works of one number are ranked together
 */
export function rankCells({ work }: WorkflowRecord, group: Int32Array): RankCells {
  const low = new Float64Array(work.length);
  const width = new Float64Array(work.length);
  const members = new Map<number, number[]>();
  for (let row = 0; row < work.length; row++) {
    if (Number.isNaN(work[row]!)) continue;
    const known = members.get(group[row]!);
    if (known === undefined) members.set(group[row]!, [row]);
    else known.push(row);
  }
  for (const rows of members.values()) {
    rows.sort((a, b) => work[a]! - work[b]!);
    const n = rows.length;
    for (let from = 0; from < n; ) {
      let to = from + 1;
      while (to < n && work[rows[to]!] === work[rows[from]!]) to++;
      for (let k = from; k < to; k++) {
        low[rows[k]!] = from / n;
        width[rows[k]!] = (to - from) / n;
      }
      from = to;
    }
  }
  return { low, width };
}
