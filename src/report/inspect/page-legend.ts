import type { Feature } from "../../model/features.js";
import type { PackedLayout } from "./packed.js";
import type { RunRecord } from "./run-record.js";
import type { RunSummary } from "./summary.js";

/** What a page knows besides its columns. */
export interface PageLegend {
  readonly summary: RunSummary;
  /** Seconds in a unit of time of the columns. */
  readonly tick: number;
  readonly end: number;
  readonly sources: readonly string[];
  readonly pools: readonly {
    readonly name: string;
    readonly servers: number | null;
    readonly lanes: number;
  }[];
  readonly workflowLanes: number;
  readonly outcomes: readonly string[];
  readonly taskNames: Readonly<Record<string, readonly string[]>>;
  readonly kinds: readonly string[];
  readonly specs: readonly {
    readonly kind: string;
    readonly senses: readonly string[];
    readonly context: readonly Feature[];
    readonly candidate: readonly Feature[];
  }[];
  readonly spells: RunRecord["spells"];
  /** Rows of the page of the slowest workflows. */
  readonly slowest: readonly number[];
  /** Of how many decisions the candidates are kept, and of how many they were recorded. */
  readonly kept: readonly [number, number];
  readonly layout: PackedLayout;
}

/** Bits of an attempt's flags. */
export const BEGUN = 1;
export const READY_KNOWN = 2;
export const SECOND_COPY = 4;
/** What a workflow's result has more where it missed its deadline. */
export const LATE = 4;
