/** What a bench measured: one line of its report. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Of rates more is better. */
  readonly unit: string;
  /** The value's 95 % interval. */
  readonly interval?: readonly [low: number, high: number];
  /** How many times as fast as peers, by name. */
  readonly ratios?: Readonly<Record<string, number>>;
  /** What was wanted of it. */
  readonly goals?: readonly Goal[];
  /** What was computed, in one number: the same on every run of a size. */
  readonly checksum: number;
}

/** A number that was to stay within a bound, at least or at most. */
export interface Goal {
  readonly what: string;
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly met: boolean;
}

/** `smoke` runs in the tests, so that no bench rots; `real` is what is reported. */
export type Size = "smoke" | "real";

export const size = <T>(which: Size, of: Readonly<Record<Size, T>>): T => of[which];

/** A figure with its ratios to peers. */
export function against(figure: Figure, ...peers: readonly Figure[]): Figure {
  return {
    ...figure,
    ratios: Object.fromEntries(peers.map(({ name, value }) => [name, figure.value / value])),
  };
}

/** NaN meets no bound. */
export const atLeast = (bound: number, what: string, value: number): Goal => ({
  what,
  value,
  atLeast: bound,
  met: value >= bound,
});

export const atMost = (bound: number, what: string, value: number): Goal => ({
  what,
  value,
  atMost: bound,
  met: value <= bound,
});

export function render(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const indent = "".padEnd(width);
  return figures
    .flatMap(({ name, value, unit, ratios = {}, goals = [], checksum }) => [
      `${name.padEnd(width)}  ${readable(value).padStart(12)} ${unit}, checksum ${checksum}`,
      ...Object.entries(ratios).map(
        ([peer, ratio]) => `${indent}  ${ratio.toFixed(2).padStart(12)} x ${peer}`,
      ),
      ...goals.map(
        ({ what, value, atLeast, atMost, met }) =>
          `${indent}  ${readable(value).padStart(12)} ${what}, ` +
          `${atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`}: ${met ? "met" : "MISSED"}`,
      ),
    ])
    .join("\n");
}

const readable = (value: number): string =>
  Math.abs(value) < 1000 ? value.toPrecision(3) : Math.round(value).toLocaleString("en-US");
