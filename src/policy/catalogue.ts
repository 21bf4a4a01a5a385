import { InputError, suggest } from "../kit/errors.js";
import { DECISION_KINDS } from "../model/scenario.js";
import { ADMITTING } from "./catalogue/admitting.js";
import { DISPATCHING } from "./catalogue/dispatching.js";
import { entry, type Heuristic, type Knob } from "./catalogue/entry.js";
import { BRANCHING, HEDGING, RETRYING } from "./catalogue/recovering.js";
import { ROUTING } from "./catalogue/routing.js";
import { SCALING } from "./catalogue/scaling.js";
import { combined } from "./combined.js";
import { random } from "./heuristics/random.js";
import { upwardRank } from "./heuristics/upward-rank.js";
import type { Policy } from "./policy.js";
import { Weights } from "./weights.js";

export type { Heuristic, Knob, WeightsKnob } from "./catalogue/entry.js";

/** Every heuristic that ships, by the name a user writes. */
export const HEURISTICS: readonly Heuristic[] = [
  entry("random", DECISION_KINDS, "any allowed candidate, uniformly", random),
  ...ROUTING,
  entry(
    "upward-rank",
    ["route", "dispatch"],
    "HEFT: longest path ahead first, to where it ends earliest",
    upwardRank,
  ),
  ...DISPATCHING,
  ...ADMITTING,
  ...BRANCHING,
  ...RETRYING,
  ...HEDGING,
  ...SCALING,
];

/** A name, and settings in parentheses: anything but parentheses, separated by commas. */
const PART = /^([a-z][a-z0-9-]*)(?:\(([^()]*)\))?$/;

/**
 * A policy from what a user writes: `jsq`, `sed(failure=4)`, `cmu(gold=3,basic=1)`, `sed+sjf`. Of several parts each decision
 * goes to the first that makes its kind.
 * @throws {InputError} on an unknown name or knob, or a value out of range
 */
export function heuristic(spec: string): Policy {
  return combined(specParts(spec).map((part) => single(part, spec)));
}

/** Splits at the plus signs that stand outside parentheses. */
function splitParts(spec: string): string[] {
  return spec.split(/\+(?![^(]*\))/).map((part) => part.trim());
}

/** A part of a spec: the heuristic, and its settings as they were written. */
export interface SpecPart {
  readonly heuristic: Heuristic;
  readonly settings: readonly { readonly name: string; readonly text: string }[];
}

/** What a spec is made of. @throws {InputError} UNKNOWN_POLICY */
export function specParts(spec: string): SpecPart[] {
  return splitParts(spec).map((part) => readPart(part, spec));
}

function readPart(part: string, spec: string): SpecPart {
  const match = PART.exec(part);
  const found = HEURISTICS.find((h) => h.name === match?.[1]);
  if (match === null || found === undefined) {
    throw new InputError("UNKNOWN_POLICY", {
      what: `no policy is called "${part}"`,
      where: spec === part ? "policy" : `policy ${spec}`,
      mend: `${suggest(
        "policies",
        match?.[1] ?? part,
        HEURISTICS.map((h) => h.name),
      )} (all of them: switchyard policy list)`,
    });
  }
  const written = (match[2] ?? "").split(",").filter((text) => text.trim() !== "");
  return {
    heuristic: found,
    settings: written.map((setting) => {
      const equals = setting.lastIndexOf("=");
      const name = (equals < 0 ? setting : setting.slice(0, equals)).trim();
      return { name, text: equals < 0 ? "" : setting.slice(equals + 1).trim() };
    }),
  };
}

function single({ heuristic: found, settings }: SpecPart, spec: string): Policy {
  const knobs: Record<string, number> = {};
  const weights = found.weights.map(() => new Map<string, number>());
  for (const { name, text } of settings) {
    const knob = found.knobs.find((k) => k.name === name);
    if (knob !== undefined) {
      if (Object.hasOwn(knobs, name)) throw givenTwice(name, spec);
      knobs[name] = number(text, name, knob, spec);
      continue;
    }
    const [place, key] = weightNamed(found, name, spec);
    if (weights[place]!.has(key)) throw givenTwice(name, spec);
    weights[place]!.set(key, number(text, name, found.weights[place]!, spec));
  }
  return found.make(knobs, ...found.weights.map((each, k) => new Weights(each.default, weights[k])));
}

const givenTwice = (name: string, spec: string): InputError =>
  new InputError("BAD_KNOB", {
    what: `${name} is given twice`,
    where: `policy ${spec}`,
    mend: "give it once",
  });

/** Which of a heuristic's weights a setting is, and for whom: `theta.gold`, or just `gold` for the first. */
function weightNamed({ name: heuristic, knobs, weights }: Heuristic, name: string, spec: string) {
  for (const [place, each] of weights.entries()) {
    if (name.startsWith(`${each.name}.`)) return [place, name.slice(each.name.length + 1)] as const;
  }
  if (weights.length > 0 && name !== "") return [0, name] as const;
  throw new InputError("UNKNOWN_KNOB", {
    what: `${heuristic} has no knob "${name}"`,
    where: `policy ${spec}`,
    mend: suggest(
      "knobs",
      name,
      knobs.map((k) => k.name),
    ),
  });
}

/** The value of a setting, within the range of its knob. */
function number(
  text: string,
  name: string,
  knob: Pick<Knob, "range" | "integer" | "meaning">,
  spec: string,
): number {
  const value = text === "" ? Number.NaN : Number(text);
  const [low, high] = knob.range;
  if (!(value >= low && value <= high) || (knob.integer === true && !Number.isInteger(value))) {
    throw new InputError("BAD_KNOB", {
      what: `${name} is "${text}"`,
      where: `policy ${spec}`,
      mend: `${knob.meaning}: ${knob.integer === true ? "an integer" : "a number"} from ${low} to ${high}`,
    });
  }
  return value;
}

/** Every setting on the grid of a heuristic's knobs, as specs; just its name where it has none. */
export function tuningGrid({ name, knobs }: Heuristic): string[] {
  let settings: string[][] = [[]];
  for (const knob of knobs) {
    settings = settings.flatMap((rest) => knob.grid.map((value) => [...rest, `${knob.name}=${value}`]));
  }
  return settings.map((setting) => (setting.length === 0 ? name : `${name}(${setting.join(",")})`));
}
