import { type Breakdown, type Pool, RESOURCE_NAMES, type Resources, type Stragglers } from "../scenario.js";
import { distribution } from "./distribution.js";
import { type Dimension, NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import { given, type Reader } from "./reader.js";

export const POWER_KEYS = ["busy", "idle"] as const;
export const RATE_LIMIT_KEYS = ["rate", "burst", "onLimit"] as const;
export const ON_LIMIT = ["wait", "reject"] as const;
export const SCALING_KEYS = ["min", "max", "every", "setup", "teardown", "idleTimeout"] as const;
export const BREAKDOWN_KEYS = ["every", "lasts", "mode", "interrupted"] as const;
export const BREAKDOWN_MODES = ["always", "busy"] as const;
export const INTERRUPTED = ["restart", "resume", "fail"] as const;
export const STRAGGLERS_KEYS = ["share", "onset", "slowdown"] as const;
export const SPAN_KEYS = ["from", "until"] as const;
export const CACHE_KEYS = ["blocks"] as const;

/** More sizes than this are no choice, and a policy is shown each. */
export const MOST_SCALED = 10_000;
const MOST_SPANS = 10_000;

/** Amounts of resources: what a machine has, or what a task needs. */
export function resourcesOf(reader: Reader): Resources {
  const fields = reader.fields("resources", RESOURCE_NAMES);
  if (reader.isMap && fields.size === 0)
    reader.complain("no resource is named", `name some of ${RESOURCE_NAMES.join(", ")}`);
  const amount = (name: keyof Resources, dimension: Dimension) =>
    given(name, fields.get(name), (at) => quantity(at, dimension, POSITIVE, 1));
  return { ...amount("cpu", "number"), ...amount("memory", "bytes"), ...amount("gpu", "number") };
}

/** What a pool has besides its servers: all of it optional. */
export const PART_KEYS = [
  "speed",
  "price",
  "idlePrice",
  "setupPrice",
  "startPrice",
  "power",
  "attemptFailure",
  "loadFailure",
  "resources",
  "packing",
  "backfill",
  "rateLimit",
  "scaling",
  "breakdown",
  "stragglers",
  "drain",
  "cache",
] as const;
export const PACKINGS = ["best-fit", "first-fit", "worst-fit"] as const;

/** The parts that are given, under the names of the noun. */
export function partsOf(fields: ReadonlyMap<string, Reader>): Partial<Pool> {
  const money = (name: "price" | "idlePrice" | "setupPrice") =>
    given(name, fields.get(name), (at) => quantity(at, "per second", NOT_NEGATIVE, 0));
  const share = (name: "attemptFailure" | "loadFailure") =>
    given(name, fields.get(name), (at) => quantity(at, "share", PROBABILITY, 0));
  return {
    ...given("speed", fields.get("speed"), (at) => quantity(at, "number", POSITIVE, 1)),
    ...money("price"),
    ...money("idlePrice"),
    ...money("setupPrice"),
    ...given("startPrice", fields.get("startPrice"), (at) => quantity(at, "number", NOT_NEGATIVE, 0)),
    ...given("power", fields.get("power"), powerOf),
    ...share("attemptFailure"),
    ...share("loadFailure"),
    ...given("resources", fields.get("resources"), resourcesOf),
    ...given("packing", fields.get("packing"), (at) => at.choice(PACKINGS, "best-fit")),
    ...given("backfill", fields.get("backfill"), (at) => at.boolean()),
    ...given("rateLimit", fields.get("rateLimit"), rateLimitOf),
    ...given("scaling", fields.get("scaling"), scalingOf),
    ...given("breakdown", fields.get("breakdown"), breakdownOf),
    ...given("stragglers", fields.get("stragglers"), stragglersOf),
    ...given("drain", fields.get("drain"), spansOf),
    ...given("cacheBlocks", fields.get("cache"), cacheBlocksOf),
  };
}

function powerOf(reader: Reader): NonNullable<Pool["power"]> {
  const fields = reader.fields("power", POWER_KEYS);
  const [busy, idle] = [need(reader, fields, "busy", "e.g. { busy: 300 W, idle: 80 W }"), fields.get("idle")];
  return {
    busy: busy === undefined ? 0 : quantity(busy, "watts", NOT_NEGATIVE, 0),
    idle: idle === undefined ? 0 : quantity(idle, "watts", NOT_NEGATIVE, 0),
  };
}

function rateLimitOf(reader: Reader): NonNullable<Pool["rateLimit"]> {
  const fields = reader.fields("rateLimit", RATE_LIMIT_KEYS);
  const rate = need(reader, fields, "rate", "e.g. { rate: 10 / s, burst: 20 }");
  return {
    rate: rate === undefined ? 1 : quantity(rate, "per second", POSITIVE, 1),
    burst: fields.get("burst")?.integer(1, 1_000_000_000, 1) ?? 1,
    onLimit: fields.get("onLimit")?.choice(ON_LIMIT, "wait") ?? "wait",
  };
}

function scalingOf(reader: Reader): NonNullable<Pool["scaling"]> {
  const fields = reader.fields("scaling", SCALING_KEYS);
  const [min, most] = [
    fields.get("min"),
    need(reader, fields, "max", "e.g. { min: 1, max: 20, every: 30 s }"),
  ];
  const every = need(reader, fields, "every", "say how often to decide, e.g. every: 30 s, or every: event");
  const least = min === undefined ? 1 : min.integer(0, 1_000_000, 1);
  const largest = most === undefined ? least + 1 : most.integer(1, 1_000_000, least + 1);
  if (largest <= least)
    reader.complain(`it scales from ${least} to ${largest} servers`, "max must be above min");
  else if (largest - least >= MOST_SCALED)
    reader.complain(
      `it scales between ${largest - least + 1} sizes`,
      `give at most ${MOST_SCALED}: every decision shows each`,
    );
  return {
    least,
    most: largest,
    every: every === undefined || every.scalar === "event" ? 0 : quantity(every, "seconds", POSITIVE, 1),
    ...given("setup", fields.get("setup"), (at) => distribution(at)),
    ...given("teardown", fields.get("teardown"), (at) => distribution(at)),
    ...given("idleTimeout", fields.get("idleTimeout"), (at) => distribution(at)),
  };
}

function breakdownOf(reader: Reader): Breakdown {
  const fields = reader.fields("breakdown", BREAKDOWN_KEYS);
  return {
    ...everyAndLasts(reader, fields),
    mode: fields.get("mode")?.choice(BREAKDOWN_MODES, "always") ?? "always",
    interrupted: fields.get("interrupted")?.choice(INTERRUPTED, "restart") ?? "restart",
  };
}

/** How long all is well, and how long not: times that are never 0, or nothing would ever move. */
export function everyAndLasts(reader: Reader, fields: ReadonlyMap<string, Reader>) {
  const mend = "e.g. { every: exponential(1 h), lasts: exponential(5 min) }";
  const [every, lasts] = [need(reader, fields, "every", mend), need(reader, fields, "lasts", mend)];
  return { every: spell(every), lasts: spell(lasts) };
}

function spell(reader: Reader | undefined) {
  const law = reader === undefined ? ({ kind: "deterministic", value: 1 } as const) : distribution(reader);
  if (law.kind === "deterministic" && law.value === 0)
    reader!.complain("it lasts no time at all", "give a time above 0");
  return law;
}

function stragglersOf(reader: Reader): Stragglers {
  const fields = reader.fields("stragglers", STRAGGLERS_KEYS);
  const [share, onset] = [fields.get("share"), fields.get("onset")];
  const slowdown = slowdownOf(reader, fields);
  if (reader.isMap && (share === undefined) === (onset === undefined))
    reader.complain(
      "stragglers are a share of the attempts, or turn into some at their onset",
      "write { share: 5%, slowdown: 10 } or { onset: exponential(1 min), slowdown: 10 }",
    );
  if (onset !== undefined) return { onset: distribution(onset), slowdown };
  return { share: share === undefined ? 0 : quantity(share, "share", PROBABILITY, 0), slowdown };
}

/** By how much stragglers take longer: a factor, drawn. */
export function slowdownOf(reader: Reader, fields: ReadonlyMap<string, Reader>) {
  const slowdown = need(
    reader,
    fields,
    "slowdown",
    "say how many times as long they take, e.g. slowdown: 10",
  );
  return slowdown === undefined
    ? ({ kind: "deterministic", value: 1 } as const)
    : distribution(slowdown, "number");
}

/** Spans of virtual time, one or a list: in order and apart. */
export function spansOf(reader: Reader): { from: number; until: number }[] {
  const items = reader.items();
  if (reader.isList && items.length === 0)
    reader.complain("there are no spans", "e.g. [{ from: 10 min, until: 20 min }]");
  if (items.length > MOST_SPANS) {
    reader.complain(`there are ${items.length} spans`, `give at most ${MOST_SPANS}`);
    return [];
  }
  let last = 0;
  return items.map((item) => {
    const fields = item.fields("a span", SPAN_KEYS);
    const mend = "e.g. { from: 10 min, until: 20 min }";
    const [start, end] = [need(item, fields, "from", mend), need(item, fields, "until", mend)];
    const from = start === undefined ? last : quantity(start, "seconds", NOT_NEGATIVE, last);
    const until = end === undefined ? from + 1 : quantity(end, "seconds", POSITIVE, from + 1);
    if (until <= from) item.complain(`it ends at ${until} s and begins at ${from} s`, "let it end later");
    else if (from < last)
      item.complain(
        `it begins at ${from} s, before the one ahead of it ends at ${last} s`,
        "put spans in order and apart",
      );
    last = Math.max(last, until);
    return { from, until };
  });
}

function cacheBlocksOf(reader: Reader): number {
  const blocks = need(reader, reader.fields("cache", CACHE_KEYS), "blocks", "e.g. { blocks: 10000 }");
  return blocks?.integer(1, 100_000_000, 1) ?? 1;
}

/** A field that must be there. */
export function need(
  reader: Reader,
  fields: ReadonlyMap<string, Reader>,
  key: string,
  mend: string,
): Reader | undefined {
  const found = fields.get(key);
  if (found === undefined && reader.isMap) reader.complain(`\`${key}\` is missing`, mend);
  return found;
}
