/** What a bench measured: one line of its report. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** More is better. */
  readonly unit: string;
  /** How many times as fast as peers, by name. */
  readonly ratios?: Readonly<Record<string, number>>;
  /** What was computed, in one number: the same on every run of a size. */
  readonly checksum: number;
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

export function render(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .flatMap(({ name, value, unit, ratios = {}, checksum }) => [
      `${name.padEnd(width)}  ${Math.round(value).toLocaleString("en-US").padStart(12)} ${unit}, checksum ${checksum}`,
      ...Object.entries(ratios).map(
        ([peer, ratio]) => `${"".padEnd(width)}  ${ratio.toFixed(2).padStart(12)} x ${peer}`,
      ),
    ])
    .join("\n");
}
