import { InputError, suggest } from "../kit/errors.js";
import { DECISION_KINDS, type DecisionKind } from "../model/scenario.js";
import { combined } from "./combined.js";
import { edf } from "./heuristics/edf.js";
import { fifo } from "./heuristics/fifo.js";
import { jsq } from "./heuristics/jsq.js";
import { leastWorkLeft } from "./heuristics/least-work-left.js";
import { powerOfD } from "./heuristics/power-of-d.js";
import { random } from "./heuristics/random.js";
import { roundRobin } from "./heuristics/round-robin.js";
import { shortestExpectedDelay } from "./heuristics/shortest-expected-delay.js";
import { sjf } from "./heuristics/sjf.js";
import { upwardRank } from "./heuristics/upward-rank.js";
import { weightedRandom } from "./heuristics/weighted-random.js";
import type { Policy } from "./policy.js";

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

export interface Heuristic {
  readonly name: string;
  readonly kinds: readonly DecisionKind[];
  readonly meaning: string;
  readonly knobs: readonly Knob[];
  make(knobs: Readonly<Record<string, number>>): Policy;
}

const entry = (
  name: string,
  kinds: readonly DecisionKind[],
  meaning: string,
  make: (knobs: Readonly<Record<string, number>>) => Policy,
  knobs: readonly Knob[] = [],
): Heuristic => ({ name, kinds, meaning, knobs, make });

/** Every heuristic that ships, by the name a user writes. */
export const HEURISTICS: readonly Heuristic[] = [
  entry("random", DECISION_KINDS, "any allowed candidate, uniformly", random),
  entry(
    "weighted-random",
    ["route"],
    "a pool at random, in proportion to its good capacity",
    weightedRandom,
    [
      {
        name: "exponent",
        default: 1,
        range: [0, 16],
        grid: [0, 0.5, 1, 1.5, 2, 3, 4],
        meaning: "power of the capacity: 0 uniform, 1 in proportion, more favours large pools",
      },
    ],
  ),
  entry("round-robin", ["route"], "pools in turn", roundRobin),
  entry("jsq", ["route"], "the pool with the fewest tasks for each server", jsq),
  entry("power-of-d", ["route"], "the shorter queue of d sampled pools", powerOfD, [
    {
      name: "d",
      default: 2,
      range: [1, 1e6],
      integer: true,
      grid: [2, 3],
      meaning: "how many pools are sampled",
    },
  ]),
  entry("least-work-left", ["route"], "the pool with the least backlog in seconds", leastWorkLeft),
  entry("sed", ["route"], "the pool where the task is expected to end first", shortestExpectedDelay, [
    {
      name: "price",
      default: 0,
      range: [0, 1e9],
      grid: [0, 0.25, 0.5, 1, 2],
      meaning: "seconds charged per unit of money",
    },
    {
      name: "failure",
      default: 0,
      range: [0, 1e9],
      grid: [0, 0.5, 1, 1.5, 2, 3, 4, 8, 16],
      meaning: "seconds charged per expected failed attempt",
    },
  ]),
  entry("fifo", ["dispatch"], "the task that has waited longest", fifo),
  entry("sjf", ["dispatch"], "the smallest waiting task", sjf),
  entry("edf", ["dispatch"], "the waiting task that is due first", edf),
  entry(
    "upward-rank",
    ["route", "dispatch"],
    "HEFT: longest path ahead first, to where it ends earliest",
    upwardRank,
  ),
];

const PART = /^([a-z][a-z0-9-]*)(?:\(([^()]*)\))?$/;

/**
 * A policy from what a user writes: `jsq`, `sed(failure=4)`, `upward-rank`, `sed+sjf`.
 * @throws {InputError} on an unknown name or knob, or a value out of range
 */
export function heuristic(spec: string): Policy {
  return combined(splitParts(spec).map((part) => single(part, spec)));
}

/** Splits at the plus signs that stand outside parentheses. */
function splitParts(spec: string): string[] {
  return spec.split(/\+(?![^(]*\))/).map((part) => part.trim());
}

function single(part: string, spec: string): Policy {
  const match = PART.exec(part);
  const found = HEURISTICS.find((h) => h.name === match?.[1]);
  if (match === null || found === undefined) {
    throw new InputError("UNKNOWN_POLICY", {
      what: `no policy is called "${part}"`,
      where: spec === part ? "policy" : `policy ${spec}`,
      mend: suggest(
        "policies",
        match?.[1] ?? part,
        HEURISTICS.map((h) => h.name),
      ),
    });
  }
  const knobs: Record<string, number> = {};
  for (const setting of (match[2] ?? "").split(",").filter((text) => text.trim() !== "")) {
    const [name, text] = setting.split("=").map((side) => side.trim());
    const knob = found.knobs.find((k) => k.name === name);
    if (knob === undefined) {
      throw new InputError("UNKNOWN_KNOB", {
        what: `${found.name} has no knob "${name}"`,
        where: `policy ${spec}`,
        mend: suggest(
          "knobs",
          name ?? "",
          found.knobs.map((k) => k.name),
        ),
      });
    }
    const value = text === undefined || text === "" ? Number.NaN : Number(text);
    const [low, high] = knob.range;
    if (!(value >= low && value <= high) || (knob.integer === true && !Number.isInteger(value))) {
      throw new InputError("BAD_KNOB", {
        what: `${knob.name} is "${text ?? ""}"`,
        where: `policy ${spec}`,
        mend: `${knob.meaning}: ${knob.integer === true ? "an integer" : "a number"} from ${low} to ${high}`,
      });
    }
    knobs[knob.name] = value;
  }
  return found.make(knobs);
}

/** Every setting on the grid of a heuristic's knobs, as specs; just its name where it has none. */
export function tuningGrid({ name, knobs }: Heuristic): string[] {
  let settings: string[][] = [[]];
  for (const knob of knobs) {
    settings = settings.flatMap((rest) => knob.grid.map((value) => [...rest, `${knob.name}=${value}`]));
  }
  return settings.map((setting) => (setting.length === 0 ? name : `${name}(${setting.join(",")})`));
}
