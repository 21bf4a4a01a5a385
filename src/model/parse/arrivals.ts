import type { Arrivals, BatchSize } from "../arrivals.js";
import { distribution } from "./distribution.js";
import { type Bounds, type Dimension, NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import type { Reader } from "./reader.js";

/** Every process with its keys; those of `poisson` and `renewal` are their values themselves. */
export const ARRIVAL_KEYS = {
  poisson: [],
  renewal: [],
  batch: ["rate", "size"],
  mmpp: ["rates", "leave"],
  diurnal: ["mean", "amplitude", "period", "shift"],
  onOff: ["rate", "on", "off"],
  hawkes: ["base", "branching", "decay"],
} as const satisfies Record<Arrivals["kind"], readonly string[]>;
export const ARRIVAL_KINDS = Object.keys(ARRIVAL_KEYS) as readonly Arrivals["kind"][];
export const BATCH_KEYS = ["geometric", "shares"] as const;

const STAND_IN: Arrivals = { kind: "poisson", rate: 1 };
const BELOW_ONE: Bounds = { least: 0, most: 1 - 1e-6 };

/** An arrival process: a map with one key, its kind. */
export function arrivalsOf(reader: Reader): Arrivals {
  const fields = reader.fields("arrivals", ARRIVAL_KINDS);
  if (!reader.isMap) return STAND_IN;
  const [entry] = fields;
  if (entry === undefined || fields.size > 1) {
    reader.complain("arrivals have one process", `give one of ${ARRIVAL_KINDS.join(", ")}`);
    return STAND_IN;
  }
  const [kind, value] = entry as [Arrivals["kind"], Reader];
  if (kind === "poisson") return { kind, rate: quantity(value, "per second", POSITIVE, 1) };
  if (kind === "renewal") return { kind, gap: distribution(value) };
  const parts = value.fields(kind, ARRIVAL_KEYS[kind]);
  const need = (key: string): Reader | undefined => {
    const found = parts.get(key);
    if (found === undefined && value.isMap)
      value.complain(`${kind} needs ${key}`, `its keys: ${ARRIVAL_KEYS[kind].join(", ")}`);
    return found;
  };
  const number = (key: string, dimension: Dimension, bounds: Bounds, fallback?: number): number => {
    const found = fallback === undefined ? need(key) : parts.get(key);
    return found === undefined ? (fallback ?? 1) : quantity(found, dimension, bounds, 1);
  };
  const list = (key: string, bounds: Bounds): number[] =>
    need(key)
      ?.items()
      .map((item) => quantity(item, "per second", bounds, 1)) ?? [1];
  const law = (key: string) => {
    const found = need(key);
    return found === undefined ? ({ kind: "deterministic", value: 1 } as const) : distribution(found);
  };
  switch (kind) {
    case "batch": {
      const size = need("size");
      return {
        kind,
        rate: number("rate", "per second", POSITIVE),
        size: size === undefined ? { kind: "fixed", size: 1 } : sizeOf(size),
      };
    }
    case "mmpp": {
      const rates = list("rates", NOT_NEGATIVE);
      const leave = list("leave", POSITIVE);
      if (rates.length !== leave.length || rates.length < 2) {
        value.complain(
          `there are ${rates.length} rates and ${leave.length} of leaving`,
          "give one of each a phase, two phases or more",
        );
        return STAND_IN;
      }
      if (rates.every((rate) => rate === 0))
        value.complain("nothing arrives in any phase", "give some phase a rate");
      return { kind, rates, leave };
    }
    case "diurnal":
      return {
        kind,
        mean: number("mean", "per second", POSITIVE),
        amplitude: number("amplitude", "share", PROBABILITY),
        period: number("period", "seconds", POSITIVE, 86_400),
        shift: number("shift", "seconds", NOT_NEGATIVE, 0),
      };
    case "onOff":
      return { kind, rate: number("rate", "per second", POSITIVE), on: law("on"), off: law("off") };
    case "hawkes":
      return {
        kind,
        base: number("base", "per second", POSITIVE),
        branching: number("branching", "share", BELOW_ONE),
        decay: number("decay", "seconds", POSITIVE),
      };
  }
}

function sizeOf(reader: Reader): BatchSize {
  if (!reader.isMap) return { kind: "fixed", size: reader.integer(1, 1_000_000, 1) };
  const fields = reader.fields("a batch size", BATCH_KEYS);
  const geometric = fields.get("geometric");
  const shares = fields.get("shares");
  if (fields.size !== 1)
    reader.complain("a batch size is a number, geometric or shares", "e.g. { geometric: 0.3 }");
  if (geometric !== undefined) {
    return { kind: "geometric", p: quantity(geometric, "share", { least: 0, most: 1, open: true }, 1) };
  }
  const list = shares?.items().map((item) => quantity(item, "number", NOT_NEGATIVE, 1)) ?? [1];
  if (!(list.reduce((sum, share) => sum + share, 0) > 0))
    reader.complain("the shares sum to 0", "give some size a share");
  return { kind: "shares", shares: list };
}
