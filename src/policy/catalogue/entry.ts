import type { DecisionKind } from "../../model/scenario.js";
import type { Policy } from "../policy.js";
import type { Weights } from "../weights.js";

/** A number that a heuristic can be tuned by. */
export interface Knob {
  readonly name: string;
  readonly default: number;
  /** Least and greatest value that makes sense. */
  readonly range: readonly [number, number];
  readonly integer?: boolean;
  /** Values worth trying when it is tuned. */
  readonly grid: readonly number[];
  readonly meaning: string;
}

/** Numbers that a heuristic takes by task type or pool. Its first may be written without their name: `cmu(gold=3)`. */
export interface WeightsKnob {
  readonly name: string;
  readonly of: "task type" | "pool";
  /** Of what is not named. */
  readonly default: number;
  readonly range: readonly [number, number];
  readonly meaning: string;
}

export interface Heuristic {
  readonly name: string;
  readonly kinds: readonly DecisionKind[];
  readonly meaning: string;
  readonly knobs: readonly Knob[];
  readonly weights: readonly WeightsKnob[];
  /** @param weights as many as `this.weights` */
  make(knobs: Readonly<Record<string, number>>, ...weights: readonly Weights[]): Policy;
}

interface Tunable {
  readonly knobs?: readonly Knob[];
  readonly weights?: readonly WeightsKnob[];
}

/** An entry without weights. */
export const entry = (
  name: string,
  kinds: readonly DecisionKind[],
  meaning: string,
  make: (knobs: Readonly<Record<string, number>>) => Policy,
  knobs: readonly Knob[] = [],
): Heuristic => ({ name, kinds, meaning, knobs, weights: [], make: (given) => make(given) });

/** An entry with numbers by name, and perhaps knobs. */
export const weighted = (
  name: string,
  kinds: readonly DecisionKind[],
  meaning: string,
  make: Heuristic["make"],
  { knobs = [], weights = [] }: Tunable,
): Heuristic => ({ name, kinds, meaning, knobs, weights, make });

/** A knob that is 0 or 1. */
export const choice = (name: string, meaning: string, preset = 0): Knob => ({
  name,
  default: preset,
  range: [0, 1],
  integer: true,
  grid: [0, 1],
  meaning,
});
