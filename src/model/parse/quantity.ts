import { createRequire } from "node:module";
import type { Reader } from "./reader.js";

/** What a quantity measures; each is turned into its base unit. */
export type Dimension = "seconds" | "per second" | "number" | "share";

const MENDS: Readonly<Record<Dimension, string>> = {
  seconds: "write a time such as 250 ms, 2 s, 10 min or 1.5 h; a plain number is seconds",
  "per second": "write a rate such as 3 / s or 120 / hour; a plain number is per second",
  number: "write a plain number",
  share: "write a share such as 0.02 or 2%",
};

const NUMBER = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?";
const PLAIN = new RegExp(`^${NUMBER}$`, "i");
const PERCENT = new RegExp(`^(${NUMBER})\\s*%$`, "i");
const TIME = new RegExp(
  `^(${NUMBER})\\s*(${"us|ms|sec|secs|second|seconds|s|min|minute|minutes|hour|hours|h|day|days|week|weeks"})$`,
  "i",
);
const RATE = new RegExp(
  `^(${NUMBER})\\s*(?:/|per)\\s*(${"us|ms|sec|second|s|min|minute|hour|h|day|week"})$`,
  "i",
);
/** All that is handed to mathjs: numbers, letters, and the signs of a unit. Never parentheses, names with dots, or more. */
const UNIT_EXPRESSION = new RegExp(`^${NUMBER}\\s*[a-z ]*(?:[*/]\\s*[a-z]+(?:\\^[+-]?\\d)?\\s*){0,3}$`, "i");
const LONGEST = 60;

/** The simple forms, which need no unit library (it takes half a second to load). Held to it by a test. */
const SECONDS_IN: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  day: 86_400,
  days: 86_400,
  week: 604_800,
  weeks: 604_800,
};

export interface Bounds {
  readonly least: number;
  readonly most: number;
  /** Whether `least` itself is allowed. */
  readonly open?: boolean;
}

export const POSITIVE: Bounds = { least: 0, most: Number.MAX_VALUE, open: true };
export const NOT_NEGATIVE: Bounds = { least: 0, most: Number.MAX_VALUE };
export const PROBABILITY: Bounds = { least: 0, most: 1 };

/** A quantity in its base unit; complains and gives `fallback` where it is none, or out of bounds. */
export function quantity(reader: Reader, dimension: Dimension, bounds: Bounds, fallback: number): number {
  const { scalar } = reader;
  const value =
    typeof scalar === "number"
      ? scalar
      : typeof scalar === "string"
        ? parseQuantity(scalar, dimension)
        : undefined;
  if (value === undefined) {
    reader.complain(`${reader.shown} is not ${noun(dimension)}`, MENDS[dimension]);
    return fallback;
  }
  return checked(reader, value, bounds, fallback);
}

/** Complains where a number is not finite or out of bounds. */
export function checked(
  reader: Reader,
  value: number,
  { least, most, open }: Bounds,
  fallback: number,
): number {
  if (Number.isFinite(value) && value <= most && (open === true ? value > least : value >= least))
    return value;
  const from = open === true ? `above ${least}` : `${least} or more`;
  const to = most === Number.MAX_VALUE ? "" : ` and at most ${most}`;
  reader.complain(`${reader.shown} is out of range`, `give a finite number, ${from}${to}`);
  return fallback;
}

/** A quantity's value in its base unit, or undefined where the text is none. */
export function parseQuantity(text: string, dimension: Dimension): number | undefined {
  const trimmed = text.trim();
  if (trimmed.length === 0 || trimmed.length > LONGEST) return undefined;
  if (PLAIN.test(trimmed)) return Number(trimmed);
  if (dimension === "number") return undefined;
  if (dimension === "share") {
    const percent = PERCENT.exec(trimmed);
    return percent === null ? undefined : Number(percent[1]) / 100;
  }
  const simple = (dimension === "seconds" ? TIME : RATE).exec(trimmed);
  // Units are case-sensitive (Ms is not ms), the pattern is not: the table decides.
  const seconds = simple === null ? undefined : SECONDS_IN[simple[2]!];
  if (seconds !== undefined) {
    return dimension === "seconds" ? Number(simple![1]) * seconds : Number(simple![1]) / seconds;
  }
  return UNIT_EXPRESSION.test(trimmed)
    ? byMathjs(trimmed, dimension === "seconds" ? "s" : "s^-1")
    : undefined;
}

function byMathjs(text: string, unit: string): number | undefined {
  try {
    const { unit: parse } = mathjs();
    return parse(text).toNumber(unit);
  } catch {
    return undefined;
  }
}

let loaded: typeof import("mathjs") | undefined;

/** mathjs, loaded when first needed: it takes half a second. */
export function mathjs(): typeof import("mathjs") {
  loaded ??= createRequire(import.meta.url)("mathjs") as typeof import("mathjs");
  return loaded;
}

function noun(dimension: Dimension): string {
  switch (dimension) {
    case "seconds":
      return "a time";
    case "per second":
      return "a rate";
    case "number":
      return "a number";
    case "share":
      return "a share";
  }
}
