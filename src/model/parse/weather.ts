import type { Pool, Transfers, Weather } from "../scenario.js";
import type { NamedPools } from "./named-pools.js";
import { everyAndLasts, INTERRUPTED, need, slowdownOf, spansOf } from "./pool-parts.js";
import { SHARING } from "./pools.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import type { Reader } from "./reader.js";

export const EFFECTS = [
  "outage",
  "brownout",
  "failures",
  "stragglers",
] as const satisfies readonly Weather["effect"]["kind"][];
export const WEATHER_KEYS = ["pools", "at", "every", "lasts", "observed", ...EFFECTS] as const;
export const OUTAGE_KEYS = ["interrupted"] as const;
export const WEATHER_FAILURES_KEYS = ["share", "judged"] as const;
export const JUDGED = ["start", "end"] as const;
export const WEATHER_STRAGGLERS_KEYS = ["share", "slowdown"] as const;
export const TRANSFER_KEYS = ["latency", "bandwidth", "price"] as const;

/** Disturbances by name. */
export function weatherOf(reader: Reader, pools: readonly Pool[], names: NamedPools): Weather[] {
  return reader.entries("weather").map(({ key, value }) => {
    const fields = value.fields("a disturbance", WEATHER_KEYS);
    const observed = fields.get("observed")?.boolean();
    const struck = names.read(fields.get("pools"));
    const effect = effectOf(value, fields);
    const sharing = struck.find((p) => SHARING.includes(pools[p]!.discipline));
    if (sharing !== undefined && effect.kind === "outage" && effect.interrupted !== "resume")
      value.complain(
        `tasks that share the servers of the pool "${pools[sharing]!.name}" are held by an outage and go on after it`,
        "write outage: resume",
      );
    return {
      name: key,
      pools: struck,
      when: whenOf(value, fields),
      effect,
      ...(observed === undefined ? {} : { observed }),
    };
  });
}

function whenOf(reader: Reader, fields: ReadonlyMap<string, Reader>): Weather["when"] {
  const at = fields.get("at");
  const random = fields.has("every") || fields.has("lasts");
  if (reader.isMap && (at !== undefined) === random) {
    reader.complain(
      "a disturbance comes on schedule or at random",
      "write at: [{ from: 10 min, until: 20 min }], or every: exponential(1 h) and lasts: exponential(5 min)",
    );
    return { kind: "scheduled", spans: [] };
  }
  if (at !== undefined) return { kind: "scheduled", spans: spansOf(at) };
  return { kind: "random", ...everyAndLasts(reader, fields) };
}

function effectOf(reader: Reader, fields: ReadonlyMap<string, Reader>): Weather["effect"] {
  const kinds = EFFECTS.filter((kind) => fields.has(kind));
  if (reader.isMap && kinds.length !== 1)
    reader.complain(
      kinds.length === 0 ? "it disturbs nothing" : `it has ${kinds.length} effects`,
      `give it one of ${EFFECTS.join(", ")}; several are several disturbances`,
    );
  const [kind = "outage"] = kinds;
  const at = fields.get(kind);
  switch (kind) {
    case "outage":
      return { kind, interrupted: at === undefined ? "restart" : interruptedOf(at) };
    case "brownout":
      return { kind, speed: quantity(at!, "share", POSITIVE, 1) };
    case "failures":
      return { kind, ...failuresOf(at!) };
    case "stragglers": {
      const parts = at!.fields("stragglers", WEATHER_STRAGGLERS_KEYS);
      const share = need(at!, parts, "share", "e.g. { share: 5%, slowdown: 10 }");
      return {
        kind,
        share: share === undefined ? 0 : quantity(share, "share", PROBABILITY, 0),
        slowdown: slowdownOf(at!, parts),
      };
    }
  }
}

/** `failures: 20%` or `failures: { share: 20%, judged: end }`. */
function failuresOf(reader: Reader): Omit<Extract<Weather["effect"], { kind: "failures" }>, "kind"> {
  if (!reader.isMap) return { attemptFailure: quantity(reader, "share", PROBABILITY, 0) };
  const parts = reader.fields("failures", WEATHER_FAILURES_KEYS);
  const share = need(reader, parts, "share", "e.g. { share: 20%, judged: end }");
  const judged = parts.get("judged")?.choice(JUDGED, "start") ?? "start";
  return {
    attemptFailure: share === undefined ? 0 : quantity(share, "share", PROBABILITY, 0),
    ...(judged === "end" ? { judged } : {}),
  };
}

/** `outage:`, `outage: fail` or `outage: { interrupted: fail }`. */
function interruptedOf(reader: Reader) {
  if (reader.node === null || reader.scalar === null) return "restart";
  if (!reader.isMap) return reader.choice(INTERRUPTED, "restart");
  return reader.fields("outage", OUTAGE_KEYS).get("interrupted")?.choice(INTERRUPTED, "restart") ?? "restart";
}

/** Defaults move everything at once, for nothing. */
export function transfersOf(reader: Reader): Transfers {
  const fields = reader.fields("transfers", TRANSFER_KEYS);
  const [latency, bandwidth, price] = TRANSFER_KEYS.map((key) => fields.get(key));
  return {
    latency: latency === undefined ? 0 : quantity(latency, "seconds", NOT_NEGATIVE, 0),
    bandwidth:
      bandwidth === undefined
        ? Number.POSITIVE_INFINITY
        : quantity(bandwidth, "bytes per second", POSITIVE, 1),
    price: price === undefined ? 0 : quantity(price, "per byte", NOT_NEGATIVE, 0),
  };
}
