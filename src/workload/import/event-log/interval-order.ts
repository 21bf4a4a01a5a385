/** When something ran, from its begin to its end, on any clock. */
export interface Interval {
  readonly begin: bigint;
  readonly end: bigint;
}

/**
 * For each interval, those directly before it: they had ended when it began, and nothing lies between (the transitive
 * reduction of the interval order, Fishburn 1970). What touches is in order; intervals of no length at one instant follow one
 * another as they are given.
 * @returns null where these are more than `most` in all
 */
export function directlyBefore(
  intervals: readonly Interval[],
  most: number,
): readonly (readonly number[])[] | null {
  const moments = intervals.flatMap(({ begin, end }, i): Moment[] => [
    { at: begin, phase: begin === end ? POINT : BEGIN, i, begins: true },
    { at: end, phase: begin === end ? POINT : END, i, begins: false },
  ]);
  moments.sort(
    (a, b) =>
      (a.at < b.at ? -1 : a.at > b.at ? 1 : 0) || a.phase - b.phase || a.i - b.i || (a.begins ? -1 : 1),
  );
  const before: (readonly number[])[] = intervals.map(() => []);
  const rank = new Int32Array(intervals.length);
  let count = 0;
  /** What has ended, less what ended before the latest begin of these. */
  let front: { readonly i: number; readonly ended: number }[] = [];
  let latestBegin = -1;
  for (let r = 0; r < moments.length; r++) {
    const { i, begins } = moments[r]!;
    if (begins) {
      rank[i] = r;
      before[i] = front.map((each) => each.i);
      count += front.length;
      if (count > most) return null;
      continue;
    }
    if (rank[i]! > latestBegin) {
      latestBegin = rank[i]!;
      front = front.filter(({ ended }) => ended > latestBegin);
    }
    front.push({ i, ended: r });
  }
  return before;
}

interface Moment {
  readonly at: bigint;
  readonly phase: number;
  readonly i: number;
  readonly begins: boolean;
}

/** Within an instant: what ends there, what is there only, what begins there. */
const END = 0;
const POINT = 1;
const BEGIN = 2;
