import type { CellFigure } from "../cell-figure.js";
import type { StoppingRule } from "../stopping.js";

/** A text in a file, with where it stands, for complaints that come after the file has been read. */
export interface Sited {
  readonly text: string;
  /** `experiment.yaml:3:5 > policies[0]` */
  readonly where: string;
}

/** Values put into the text of a scenario: by path, such as `pools.fast.servers`. */
export interface Override {
  readonly name: string;
  readonly where: string;
  readonly settings: readonly (readonly [path: string, value: unknown])[];
}

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/** A comparison that is asked for: names as in `policies`, or as policies are called in results. */
export interface AskedComparison {
  readonly policy: Sited;
  readonly against: Sited;
}

/** What experiments and gates have in common: what runs, and how often. */
export interface RunPlan {
  readonly name: string;
  /** Scenario files, relative to the folder of this one. */
  readonly scenarios: readonly Sited[];
  /** Each scenario runs under each of these; none is one that changes nothing. */
  readonly overrides: readonly Override[];
  readonly seeds: SeedRange;
  readonly metric: CellFigure;
  readonly stop?: StoppingRule;
}

/** An experiment file: see `docs/experiments.md`. */
export interface Experiment extends RunPlan {
  /** Specs of heuristics, or paths relative to the folder of the file; null for every heuristic that applies. */
  readonly policies: readonly Sited[] | null;
  /** A policy, or `best-heuristic`. */
  readonly baseline: Sited;
  /** Where there are none, every policy is compared with the baseline. */
  readonly comparisons: readonly AskedComparison[];
  readonly level: number;
}
