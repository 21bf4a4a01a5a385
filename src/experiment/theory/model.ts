import type { Scenario } from "../../model/scenario.js";
import type { Policy } from "../../policy/policy.js";
import type { Outcome } from "../../sim/outcome.js";
import type { Probe, Watch } from "./probe.js";

/** A case as scenarios, with how each of its figures is read off a run of one of them. */
export interface TheoryModel {
  /** The first is the case itself; others measure what needs a run of its own. A figure is taken from the first that has it. */
  readonly experiments: readonly Experiment[];
}

export interface Experiment {
  /** Empty for the case itself. */
  readonly name: string;
  /** Its horizon and warm-up are defaults, for who runs the file; `verify` chooses its own. */
  readonly scenario: Scenario;
  /** As a user would name it, or made anew. */
  readonly policy: string | (() => Policy);
  readonly watch: Watch;
  readonly figures: Book;
  /** Jobs per second: what the length of a first run is chosen by. */
  readonly rate: number;
  /** Seconds after which the system has forgotten where it began. */
  readonly memory: number;
  /** Figures and controls are twice its own less those of this scenario, which has half as many servers: the limit of many. */
  readonly half?: Scenario;
  /** Many runs from the beginning, each so many seconds long, rather than one long run. */
  readonly restart?: number;
  /** Quantities whose mean is known beforehand: they tell by how much a run was out of the ordinary. */
  readonly controls?: readonly Control[];
}

export interface Reading {
  readonly outcome: Outcome;
  readonly probe: Probe;
}

export type Figure = (reading: Reading) => number;

/** Finds the figure of a name; undefined where there is none. */
export type Book = (name: string) => Figure | undefined;

export interface Control {
  readonly mean: number;
  readonly read: Figure;
  /** Figures that it tells of: those that go with it along a straight line, as far as it may stray. */
  readonly figures: readonly string[];
}

/** A book of figures by name, and by pattern: what a pattern's groups catch is given to its maker. */
export function book(
  named: Readonly<Record<string, Figure>>,
  patterns: readonly (readonly [RegExp, (...groups: string[]) => Figure | undefined])[] = [],
): Book {
  return (name) => {
    if (Object.hasOwn(named, name)) return named[name];
    for (const [pattern, make] of patterns) {
      const match = pattern.exec(name);
      const figure = match === null ? undefined : make(...match.slice(1));
      if (figure !== undefined) return figure;
    }
    return undefined;
  };
}

/** The first book that has a figure has it. */
export const books =
  (...all: readonly Book[]): Book =>
  (name) => {
    for (const one of all) {
      const figure = one(name);
      if (figure !== undefined) return figure;
    }
    return undefined;
  };
