import type { Distribution } from "../../kit/distribution.js";
import { InputError } from "../../kit/errors.js";
import { UNLIMITED } from "../../model/scenario.js";

/** A case's parameters, as its file has them: numbers, texts, lists and objects. */
export type Parameters = Readonly<Record<string, unknown>>;

export function number(p: Parameters, name: string, fallback?: number): number {
  const value = p[name] ?? fallback;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw wrong(`the parameter ${name} is no number`, value);
}

export function numbers(p: Parameters, name: string): number[] {
  const value = p[name];
  if (Array.isArray(value) && value.every((x) => typeof x === "number")) return value as number[];
  throw wrong(`the parameter ${name} is no list of numbers`, value);
}

/** A matrix, or another list of lists of numbers. */
export function rows(p: Parameters, name: string): number[][] {
  const value = p[name];
  if (
    Array.isArray(value) &&
    value.every((row) => Array.isArray(row) && row.every((x) => typeof x === "number"))
  )
    return value as number[][];
  throw wrong(`the parameter ${name} is no list of lists of numbers`, value);
}

/** Servers of each station: numbers, or `inf` for a pure delay; one each where nothing is said. */
export function serversOf(p: Parameters, stations: number): number[] {
  const given = p["servers"];
  if (given === undefined) return new Array<number>(stations).fill(1);
  const servers = Array.isArray(given)
    ? given.map((each: unknown) => (each === "inf" || each === null ? UNLIMITED : each))
    : [];
  if (servers.length === stations && servers.every((each) => Number.isInteger(each) && Number(each) >= 1))
    return servers as number[];
  throw wrong(`the parameter servers is no list of ${stations} numbers, or "inf"`, given);
}

/** One of several words; which of them this build has is in `words`. */
export function word<T>(p: Parameters, name: string, words: Readonly<Record<string, T>>): T {
  const value = String(p[name]);
  if (Object.hasOwn(words, value)) return words[value]!;
  throw new InputError("BAD_CASES", {
    what: `the parameter ${name} is "${value}"`,
    mend: `known here: ${Object.keys(words).join(", ")}`,
  });
}

export function object(p: Parameters, name: string): Parameters {
  const value = p[name];
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Parameters;
  throw wrong(`the parameter ${name} is no object`, value);
}

/** Mean service of a rate. */
export const exponential = (rate: number): Distribution => ({ kind: "exponential", mean: 1 / rate });

/** A law as case files write it. */
export function law(p: Parameters, name: string): Distribution {
  const fields = object(p, name);
  const kind = String(fields["kind"]);
  const make = Object.hasOwn(LAWS, kind) ? LAWS[kind]! : undefined;
  if (make !== undefined) return make(fields);
  throw new InputError("BAD_CASES", {
    what: `the law ${name} is of no known kind: ${kind}`,
    mend: `known here: ${Object.keys(LAWS).join(", ")}`,
  });
}

const mean = (f: Parameters): number => ("rate" in f ? 1 / number(f, "rate") : number(f, "mean"));

const LAWS: Readonly<Record<string, (f: Parameters) => Distribution>> = {
  exp: (f) => ({ kind: "exponential", mean: mean(f) }),
  deterministic: (f) => ({ kind: "deterministic", value: number(f, "value") }),
  erlang: (f) => ({ kind: "erlang", stages: number(f, "k"), mean: mean(f) }),
  hyperexp: (f) => ({
    kind: "hyperexponential",
    weights: numbers(f, "p"),
    means: numbers(f, "rates").map((rate) => 1 / rate),
  }),
  // Of the logarithm: mean mu, standard deviation sigma.
  lognormal: (f) => {
    const variance = number(f, "sigma") ** 2;
    return {
      kind: "lognormal",
      mean: Math.exp(number(f, "mu") + variance / 2),
      cv: Math.sqrt(Math.expm1(variance)),
    };
  },
  pareto: (f) => ({
    kind: "pareto",
    alpha: number(f, "alpha"),
    low: number(f, "xm"),
    high: Number.POSITIVE_INFINITY,
  }),
  bounded_pareto: (f) => ({
    kind: "pareto",
    alpha: number(f, "alpha"),
    low: number(f, "low"),
    high: number(f, "high"),
  }),
  uniform: (f) => ({ kind: "uniform", low: number(f, "low"), high: number(f, "high") }),
  weibull: (f) => ({ kind: "weibull", shape: number(f, "shape"), scale: number(f, "scale") }),
  gamma: (f) => ({ kind: "gamma", mean: number(f, "mean"), cv: 1 / Math.sqrt(number(f, "shape")) }),
};

function wrong(what: string, got: unknown): InputError {
  return new InputError("BAD_CASES", { what, mend: `got ${JSON.stringify(got) ?? "nothing"}` });
}
