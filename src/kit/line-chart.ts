export interface LineChartOptions {
  readonly width: number;
  readonly height: number;
  /** A level to be compared with, drawn through. */
  readonly level?: number;
}

const LEVEL = "╌";
/** Eighths of a cell, from below. */
const STEPS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/**
 * A line of numbers as text: rows from the top, each `width` long. The scale is of the values and the
 * level, but for outliers above: values over `MOST_SPREAD` times the span from the least to the median are drawn at the top,
 * so that a bad beginning does not flatten the rest. Of few values each has up to four columns; of more values than columns
 * some are left out, but never the last.
 */
export function lineChart(values: readonly number[], { width, height, level }: LineChartOptions): LineChart {
  const shown = spread(
    values.filter((value) => Number.isFinite(value)),
    width,
  );
  const levels = level !== undefined && Number.isFinite(level) ? [level] : [];
  if (shown.length === 0)
    return { rows: Array.from({ length: height }, () => " ".repeat(width)), least: 0, most: 0 };
  const sorted = [...shown].sort((a, b) => a - b);
  const least = Math.min(sorted[0]!, ...levels);
  const middle = Math.max(sorted[Math.floor(sorted.length / 2)]!, ...levels);
  const cut = least + MOST_SPREAD * (middle - least);
  const most = middle > least ? Math.min(cut, Math.max(sorted.at(-1)!, middle)) : sorted.at(-1)!;
  const eighths = height * STEPS.length;
  const heightOf = (value: number): number => {
    const share = most > least ? (Math.min(value, most) - least) / (most - least) : 0.5;
    return Math.min(eighths - 1, Math.floor(share * eighths));
  };
  const levelRow = levels.length > 0 ? Math.floor(heightOf(levels[0]!) / STEPS.length) : -1;
  const rows = Array.from({ length: height }, (_, fromTop) => {
    const row = height - 1 - fromTop;
    let text = "";
    for (let column = 0; column < width; column++) {
      const value = shown[column];
      const at = value === undefined ? -1 : heightOf(value);
      if (at >= 0 && Math.floor(at / STEPS.length) === row) text += STEPS[at % STEPS.length]!;
      else text += row === levelRow ? LEVEL : " ";
    }
    return text;
  });
  return { rows, least, most };
}

export interface LineChart {
  readonly rows: readonly string[];
  /** What the lowest and the highest row stand for. */
  readonly least: number;
  readonly most: number;
}

const MOST_SPREAD = 4;

/** Columns that a value has at the most. */
const MOST_COLUMNS = 4;

function spread(values: readonly number[], width: number): number[] {
  const columns = Math.min(MOST_COLUMNS, Math.floor(width / values.length));
  if (columns >= 1) return values.flatMap((value) => new Array<number>(columns).fill(value));
  return Array.from(
    { length: width },
    (_, i) => values[Math.round((i * (values.length - 1)) / (width - 1))]!,
  );
}
