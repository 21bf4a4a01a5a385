import { createRequire } from "node:module";
import type { Reader } from "./reader.js";

/** What a quantity measures; each is turned into its base unit. */
export type Dimension =
  | "seconds"
  | "per second"
  | "number"
  | "share"
  | "bytes"
  | "bytes per second"
  | "per byte"
  | "watts";

interface Measure {
  readonly noun: string;
  readonly mend: string;
  /** Base unit, as mathjs writes it; absent where there are no units. */
  readonly unit?: string;
  /** The simple form, if the text has it: its value in the base unit. */
  readonly simple?: (text: string) => number | undefined;
}

const NUMBER = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?";
const PLAIN = new RegExp(`^${NUMBER}$`, "i");
const PERCENT = new RegExp(`^(${NUMBER})\\s*%$`, "i");
/** `3 min`, `3 / min`, `3 MB / s`. */
const TIMES = new RegExp(`^(${NUMBER})\\s*([a-zA-Z]+)$`, "i");
const OVER = new RegExp(`^(${NUMBER})\\s*(?:/|per)\\s*([a-zA-Z]+)$`, "i");
const TIMES_OVER = new RegExp(`^(${NUMBER})\\s*([a-zA-Z]+)\\s*(?:/|per)\\s*([a-zA-Z]+)$`, "i");
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
const BYTES_IN: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const WATTS_IN: Readonly<Record<string, number>> = { W: 1, kW: 1e3, MW: 1e6 };

// Units are case-sensitive (Ms is not ms): the tables decide.
const times = (table: Readonly<Record<string, number>>) => (text: string) => {
  const [, count, unit] = TIMES.exec(text) ?? [];
  return unit === undefined || !Object.hasOwn(table, unit) ? undefined : Number(count) * table[unit]!;
};
const over = (table: Readonly<Record<string, number>>) => (text: string) => {
  const [, count, unit] = OVER.exec(text) ?? [];
  return unit === undefined || !Object.hasOwn(table, unit) ? undefined : Number(count) / table[unit]!;
};

const MEASURES: Readonly<Record<Dimension, Measure>> = {
  seconds: {
    noun: "a time",
    mend: "write a time such as 250 ms, 2 s, 10 min or 1.5 h; a plain number is seconds",
    unit: "s",
    simple: times(SECONDS_IN),
  },
  "per second": {
    noun: "a rate",
    mend: "write a rate such as 3 / s or 120 / hour; a plain number is per second",
    unit: "s^-1",
    simple: over(SECONDS_IN),
  },
  number: { noun: "a number", mend: "write a plain number" },
  share: {
    noun: "a share",
    mend: "write a share such as 0.02 or 2%",
    simple: (text) => {
      const percent = PERCENT.exec(text);
      return percent === null ? undefined : Number(percent[1]) / 100;
    },
  },
  bytes: {
    noun: "an amount of data",
    mend: "write an amount such as 20 MB or 64 GiB; a plain number is bytes",
    unit: "B",
    simple: times(BYTES_IN),
  },
  "bytes per second": {
    noun: "a bandwidth",
    mend: "write a bandwidth such as 1 GB / s or 10 Gb / s; a plain number is bytes per second",
    unit: "B s^-1",
    simple: (text) => {
      const [, count, data, time] = TIMES_OVER.exec(text) ?? [];
      if (time === undefined || !Object.hasOwn(BYTES_IN, data!) || !Object.hasOwn(SECONDS_IN, time))
        return undefined;
      return (Number(count) * BYTES_IN[data!]!) / SECONDS_IN[time]!;
    },
  },
  "per byte": {
    noun: "a price of data",
    mend: "write a price such as 0.02 / GB; a plain number is per byte",
    unit: "B^-1",
    simple: over(BYTES_IN),
  },
  watts: {
    noun: "a power",
    mend: "write a power such as 300 W or 1.2 kW; a plain number is watts",
    unit: "W",
    simple: times(WATTS_IN),
  },
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
    const { noun, mend } = MEASURES[dimension];
    reader.complain(`${reader.shown} is not ${noun}`, mend);
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
  const { simple, unit } = MEASURES[dimension];
  const value = simple?.(trimmed);
  if (value !== undefined) return value;
  return unit !== undefined && UNIT_EXPRESSION.test(trimmed) ? byMathjs(trimmed, unit) : undefined;
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
