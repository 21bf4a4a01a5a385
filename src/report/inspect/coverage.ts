/**
 * How many spans there were over time, as a pyramid of means: level 0 has a bin a step, each level above it half as many. At any zoom
 * some level has about a bin a pixel.
 */
export interface Coverage {
  /** Seconds of a bin at level 0. */
  readonly step: number;
  readonly levels: readonly Float32Array[];
}

/**
 * In one pass over the spans, whatever their length: a span adds one to every bin from its first on, takes it back after its last,
 * and the two bins at its ends are put right.
 * @param counts whether a span counts
 */
export function coverage(
  from: Float64Array,
  until: Float64Array,
  first: number,
  last: number,
  end: number,
  bins: number,
  counts: (span: number) => boolean,
): Coverage {
  const step = end > 0 ? end / bins : 1;
  const full = new Float64Array(bins + 2);
  const part = new Float64Array(bins + 2);
  for (let i = first; i < last; i++) {
    const [a, b] = [from[i]! / step, until[i]! / step];
    if (!(b > a) || !counts(i)) continue;
    const [binA, binB] = [Math.min(bins, Math.floor(a)), Math.min(bins, Math.floor(b))];
    full[binA]! += 1;
    part[binA]! -= a - binA;
    full[binB]! -= 1;
    part[binB]! += b - binB;
  }
  const base = new Float32Array(bins);
  let open = 0;
  for (let bin = 0; bin < bins; bin++) {
    open += full[bin]!;
    base[bin] = Math.max(0, open + part[bin]!);
  }
  return { step, levels: pyramid(base, (a, b) => (a + b) / 2) };
}

/** How many instants fall into each bin, as a pyramid of sums. */
export function tallies(
  at: Float64Array,
  first: number,
  last: number,
  end: number,
  bins: number,
  counts: (index: number) => boolean,
): Coverage {
  const step = end > 0 ? end / bins : 1;
  const base = new Float32Array(bins);
  for (let i = first; i < last; i++) {
    if (counts(i)) base[Math.min(bins - 1, Math.floor(at[i]! / step))]! += 1;
  }
  return { step, levels: pyramid(base, (a, b) => a + b) };
}

function pyramid(base: Float32Array, join: (a: number, b: number) => number): Float32Array[] {
  const levels = [base];
  for (let below = base; below.length > 1; ) {
    const level = new Float32Array(Math.ceil(below.length / 2));
    for (let i = 0; i < level.length; i++) {
      level[i] = join(below[2 * i]!, below[Math.min(2 * i + 1, below.length - 1)]!);
    }
    levels.push((below = level));
  }
  return levels;
}

/** The finest level whose bins are at least so many seconds wide. */
export function levelFor({ step, levels }: Coverage, width: number): number {
  const level = Math.ceil(Math.log2(Math.max(1, width / step)) - 1e-9);
  return Math.max(0, Math.min(level, levels.length - 1));
}

/** The first index in [low, high) whose value is above `value`; high where none is. Values never fall. */
export function after(values: Float64Array, value: number, low = 0, high = values.length): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
