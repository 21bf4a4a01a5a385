import { parse } from "yaml";
import { InputError } from "../../kit/errors.js";

export type Value = number | string | boolean;

/** What a setting may be: one of several values, or a number of a range. */
export type Domain =
  | { readonly kind: "choice"; readonly values: readonly Value[] }
  | {
      readonly kind: "range";
      readonly low: number;
      readonly high: number;
      /** Alike by orders of magnitude. */
      readonly log: boolean;
      /** Whole numbers only. */
      readonly integer: boolean;
    };

/** A setting that is swept: where it stands, and what it may be. */
export interface Dimension {
  readonly path: string;
  readonly domain: Domain;
}

/** A value for every dimension, by its path. */
export type Settings = Readonly<Record<string, Value>>;

const FORMS = "choice(a, b, ...), uniform(low, high), loguniform(low, high) or integer(low, high)";
/** Digits of a drawn number: enough to tell settings apart, few enough to read. */
const DIGITS = 4;

/**
 * A dimension as it is written: `policy.failure=uniform(0, 20)`, `scenario.pools.fast.servers=choice(2, 3, 4)`. Values of a
 * choice are YAML, so that what has commas or spaces in it is quoted.
 * @throws {InputError} BAD_DOMAIN
 */
export function parseDimension(text: string): Dimension {
  const at = text.indexOf("=");
  const path = text.slice(0, Math.max(0, at)).trim();
  if (at < 1 || path === "") throw wrong("it has no path before a =", `--set ${text}`);
  return { path, domain: parseDomain(text.slice(at + 1).trim(), `--set ${path}`) };
}

/**
 * A domain as it is written.
 * @param where the place, for a complaint
 * @throws {InputError} BAD_DOMAIN
 */
export function parseDomain(text: string, where: string): Domain {
  const [, kind, inner] = /^(choice|uniform|loguniform|integer)\(([\s\S]*)\)$/.exec(text) ?? [];
  if (kind === undefined || inner === undefined) throw wrong(`"${text}" is no domain`, where);
  let values: unknown;
  try {
    values = parse(`[${inner}]`);
  } catch {
    throw wrong(`the values of "${text}" cannot be read`, where);
  }
  const list = values as unknown[];
  if (kind === "choice") {
    const odd = list.find((value) => !["number", "string", "boolean"].includes(typeof value));
    if (list.length === 0 || odd !== undefined)
      throw wrong(`"${text}" has no plain values to choose from`, where);
    return { kind: "choice", values: list as Value[] };
  }
  const [low, high] = list as number[];
  if (list.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high) || !(low! < high!)) {
    throw wrong(`"${text}" is no range from a lower to a higher number`, where);
  }
  if (kind === "loguniform" && !(low! > 0)) throw wrong(`"${text}" has no logarithm: it reaches to 0`, where);
  if (kind === "integer" && !(Number.isInteger(low) && Number.isInteger(high))) {
    throw wrong(`"${text}" does not begin and end with whole numbers`, where);
  }
  return { kind: "range", low: low!, high: high!, log: kind === "loguniform", integer: kind === "integer" };
}

const wrong = (what: string, where: string): InputError =>
  new InputError("BAD_DOMAIN", { what, where, mend: `write ${FORMS}` });

/** The value at a place of [0, 1]. */
export function valueAt(domain: Domain, place: number): Value {
  if (domain.kind === "choice") {
    return domain.values[Math.min(domain.values.length - 1, Math.floor(place * domain.values.length))]!;
  }
  const { low, high, log, integer } = domain;
  // Every whole number has an equal part of [0, 1].
  if (integer) return Math.min(high, low + Math.floor(place * (high - low + 1)));
  const exact = log ? low * (high / low) ** place : low + place * (high - low);
  return Math.min(high, Math.max(low, Number(exact.toPrecision(DIGITS))));
}

/** The place of a value in [0, 1]: the middle of its part, where it has one. */
export function placeOf(domain: Domain, value: Value): number {
  if (domain.kind === "choice") return (domain.values.indexOf(value) + 0.5) / domain.values.length;
  const { low, high, log, integer } = domain;
  if (integer) return ((value as number) - low + 0.5) / (high - low + 1);
  return log
    ? Math.log((value as number) / low) / Math.log(high / low)
    : ((value as number) - low) / (high - low);
}

/** All values of a choice, every whole number of a short range, else `points` of a range at equal distances. */
export function gridOf(domain: Domain, points: number): Value[] {
  if (domain.kind === "choice") return [...domain.values];
  const { low, high, integer } = domain;
  if (integer && high - low < points) return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  return Array.from({ length: points }, (_, i) => valueAt(domain, points > 1 ? i / (points - 1) : 0.5));
}
