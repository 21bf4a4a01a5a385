import type { Distribution } from "../../kit/distribution.js";
import type { OpenArrivals } from "../../model/arrivals.js";
import type { BlockPlan } from "./blocks/block-order.js";
import type { WorkflowRecord } from "./blocks/record.js";
import type { Family } from "./families/family.js";

/** How to make a workload up: checked and resolved, units gone. The file format is told in docs/synthesis.md. */
export interface SynthesisSpec {
  readonly name: string;
  /** Independent of what comes, or together with it in blocks of a record. */
  readonly arrivals: OpenArrivals | BlockArrivals;
  /** Workflows that are made unless a length is asked for. */
  readonly workflows: number;
  /** Of the works of two tasks of a workflow, on the scale of their normal scores (a Gaussian copula), 0 to 1. */
  readonly correlation: number;
  readonly types: ReadonlyMap<string, TypeSpec>;
  readonly templates: readonly TemplateSpec[];
}

/**
 * Gaps and contents in the order of a record that is cut into blocks and put together anew (`blocks/block-order.ts`). A work is
 * drawn from its law, at a share about where the recorded one stands among the record's (`blocks/rank-cells.ts`).
 */
export interface BlockArrivals extends BlockPlan {
  readonly kind: "blocks";
  /** Workflows per second on average; recorded gaps are stretched to it. */
  readonly rate: number;
  readonly record: WorkflowRecord;
}

/** What is drawn for a task of a type. */
export interface TypeSpec {
  /** Seconds at speed 1. */
  readonly work: Law;
  /** Cores, and bytes; unknown where absent. */
  readonly cpu?: Law;
  readonly memory?: Law;
  /** Share of the tasks that are recorded as failed; what comes after them is then skipped. */
  readonly failure: number;
}

export interface TemplateSpec {
  readonly name: string;
  /** Its share of the workflows is in proportion to this. */
  readonly weight: number;
  readonly family: Family;
  /** Types of the tasks by their part in the family; a part that is not named has the type of its own name. */
  readonly types: ReadonlyMap<string, TypeShares>;
  /** Laws of work by type that hold in this template only. */
  readonly work: ReadonlyMap<string, Law>;
  /** In place of the spec's. */
  readonly correlation?: number;
  /** Seconds after submission; none where absent. */
  readonly deadline?: Law;
  /** Unknown where absent. */
  readonly priority?: number;
}

/** One of several types, with a share of each. */
export interface TypeShares {
  readonly names: readonly string[];
  readonly weights: readonly number[];
}

/** What a quantity is drawn from: a distribution of a family, or a table of quantiles. */
export type Law = Distribution | QuantileTable;

/**
 * A distribution by its quantiles, linear in between. Where two probabilities have one value, that value has mass.
 */
export interface QuantileTable {
  readonly kind: "quantiles";
  /** From 0 to 1, ascending; the last is below 1 exactly where there is a tail. */
  readonly at: readonly number[];
  /** Never decreasing. */
  readonly values: readonly number[];
  /**
   * Generalised Pareto beyond the last value v: v + scale ((1 - q)^-shape - 1) / shape at the share q of the tail
   * (Pickands 1975). `most` bounds it; Infinity where nothing does.
   */
  readonly tail?: { readonly shape: number; readonly scale: number; readonly most: number };
}
