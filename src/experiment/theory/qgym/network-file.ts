import { InputError } from "../../../kit/errors.js";
import { readJson } from "../../../kit/json.js";
import type { Network, PublishedCost } from "./network.js";

/**
 * Reads networks: JSON with a list `instances` of `{ id, server_pool_size, arrival_rate, service_rate, holding_cost, next_queue,
 * horizon_events, published }`, rates by type of server and then by queue, queues by number from 0.
 * @throws {InputError} BAD_CASES
 */
export function readNetworks(bytes: Uint8Array, file: string): Network[] {
  const root = plain(readJson(bytes, file).value) as { readonly instances?: unknown } | null;
  const instances = root?.instances;
  if (!Array.isArray(instances)) throw wrong("there is no list of networks", `${file} > instances`);
  return instances.map((one, i) => {
    const where = `${file} > instances[${i}]`;
    const row = <T>(key: string, fits: (value: unknown) => value is T, length?: number): T[] => {
      const list: unknown = one?.[key];
      if (!Array.isArray(list) || !list.every(fits) || (length !== undefined && list.length !== length))
        throw wrong(`${key} is no list of what it should be`, where);
      return list as T[];
    };
    const arrivals = row("arrival_rate", isNumber);
    const servers = row("server_pool_size", isNumber);
    const rates = row("service_rate", isNumbers, servers.length);
    const cost = row("holding_cost", isNumber, arrivals.length);
    const next = row("next_queue", isQueue, arrivals.length);
    if (next.some((q) => q !== null && !(q in arrivals))) throw wrong("next_queue names no queue", where);
    if (!isNumber(one.horizon_events) || typeof one.id !== "string")
      throw wrong("a network needs an id and horizon_events", where);
    return {
      name: one.id,
      servers,
      queues: arrivals.map((rate, q) => ({
        arrivals: rate,
        rates: rates.map((of) => of[q] ?? 0),
        cost: cost[q]!,
        next: next[q]!,
      })),
      events: one.horizon_events,
      published: Object.fromEntries(
        Object.entries(one.published ?? {}).flatMap(([rule, value]) =>
          isNumber(value) ? [[rule, printed(value)]] : [],
        ),
      ),
    };
  });
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(isNumber);
const isQueue = (value: unknown): value is number | null => value === null || Number.isInteger(value);

/** A figure to as many digits as it is written with; of those after the point at least one, unless it is whole. */
const printed = (value: number): PublishedCost => ({
  value,
  unit: 10 ** -(String(value).split(".")[1]?.length ?? 0),
});

const wrong = (what: string, where: string) =>
  new InputError("BAD_CASES", { what, where, mend: "see docs/verify.md for the format" });

/** Maps, as the reader represents objects, as objects. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map
    ? Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]))
    : value;
}
