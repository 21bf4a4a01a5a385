import type { Settings } from "./domain.js";

/** One setting to be measured, with a share of the whole effort: of the runs, or of the decisions learned from. */
export interface Job {
  readonly trial: number;
  readonly settings: Settings;
  readonly share: number;
}

export interface Trial extends Job {
  /** At the greatest share that it was measured with; NaN is the worst. */
  readonly cost: number;
}

export const worstAsLarge = <T extends { readonly cost: number }>(trial: T): T =>
  Number.isFinite(trial.cost) ? trial : { ...trial, cost: Number.MAX_VALUE };
