import type { CellFigure } from "../cell-figure.js";

/** What a candidate has to show to take the champion's place. */
export interface Requirements {
  /** How much worse it may be: by the metric in its unit, or a share of the champion's mean. */
  readonly margin?: { readonly value: number; readonly relative: boolean };
  /** Whether it must be better than the champion: in every scenario, or in one at least. */
  readonly superior?: "every" | "some";
  /** What its own figures must keep to, whatever the champion's are. */
  readonly limits: readonly Limit[];
  /** Probability with which a candidate that should not pass does so at the most. */
  readonly alpha: number;
  /** What it comes to where a requirement can neither be shown nor refuted. */
  readonly undecided: "fail" | "pass";
}

export interface Limit {
  readonly figure: CellFigure;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** The bound as it was written: `2 s`, `1%`. */
  readonly shown: string;
}

export type CheckVerdict = "pass" | "fail" | "undecided";

/** One requirement in one scenario, or in all of them. */
export interface Check {
  readonly kind: "non-inferior" | "superior" | "limit";
  /** Absent where it is about all of them together. */
  readonly scenario?: string;
  /** What is required, as a sentence without subject: "costs at most 2 % more than sed". */
  readonly requirement: string;
  readonly verdict: CheckVerdict;
  /** What was found. */
  readonly found: string;
  /** What was estimated, and its interval at level 1 - 2 alpha, each of whose ends is a bound at 1 - alpha; null where it has none. */
  readonly estimate?: { readonly mean: number; readonly low: number | null; readonly high: number | null };
}

export interface GateVerdict {
  readonly gate: string;
  readonly candidate: string;
  readonly champion: string;
  readonly passed: boolean;
  readonly reason: string;
  readonly checks: readonly Check[];
  /** What a reader must know; sentences. */
  readonly notes: readonly string[];
}
