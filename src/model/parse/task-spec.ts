import type { CacheUse, Hedge, Pool, Resources, TaskSpec } from "../scenario.js";
import { RESOURCE_NAMES } from "../scenario.js";
import { distribution } from "./distribution.js";
import type { NamedPools } from "./named-pools.js";
import { need, resourcesOf } from "./pool-parts.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, quantity } from "./quantity.js";
import { given, type Reader } from "./reader.js";
import { ONE_ATTEMPT, retryOf } from "./retry.js";
import type { WorkflowNames } from "./workflow-names.js";

/** What an attempt takes and may do: keys of tasks, of alternatives, and of compensations (which answer nothing). */
export const COMPENSATION_KEYS = [
  "type",
  "work",
  "pools",
  "attemptFailure",
  "retry",
  "timeout",
  "scheduleToStart",
  "hedge",
  "needs",
  "output",
  "cache",
  "changeover",
] as const;
export const SPEC_KEYS = [...COMPENSATION_KEYS, "values"] as const;
export const HEDGE_KEYS = ["after", "cleanUp"] as const;
export const CACHE_USE_KEYS = ["keys", "skew", "blocks", "saving"] as const;

const MOST_VALUES = 1000;
/** Words that stand for outcomes where edges name their conditions. */
export const OUTCOMES = ["success", "failure", "done"] as const;
const QUANTILE: { least: number; most: number; open: true } = { least: 0, most: 1 - 1e-9, open: true };

/** What a task refers to. */
export interface Surroundings {
  readonly pools: readonly Pool[];
  readonly names: NamedPools;
  /** The workflows, for calls. */
  readonly workflows: WorkflowNames;
}

/** What runs nothing of its own: a task that stands for alternatives or for a workflow. */
export const noWork = (type: string, { names }: Surroundings): TaskSpec => ({
  type,
  work: { kind: "deterministic", value: 0 },
  pools: names.all,
  attemptFailure: 0,
  retry: ONE_ATTEMPT,
  timeout: Number.POSITIVE_INFINITY,
});

/** `what` names it in messages; `pools` are those that run it where it names none (all, usually). */
export function specOf(
  reader: Reader,
  fields: ReadonlyMap<string, Reader>,
  { what, type, pools }: { readonly what: string; readonly type: string; readonly pools?: readonly number[] },
  around: Surroundings,
): TaskSpec {
  const [work, failure, timeout, retry] = ["work", "attemptFailure", "timeout", "retry"].map((key) =>
    fields.get(key),
  );
  if (work === undefined && reader.isMap)
    reader.complain(`${what} has no work`, "give it `work:`, e.g. exponential(250 ms)");
  const needs = given("needs", fields.get("needs"), resourcesOf);
  const spec: TaskSpec = {
    type: fields.get("type")?.text(type) ?? type,
    work: work === undefined ? { kind: "deterministic", value: 1 } : distribution(work),
    ...placesOf(reader, fields.get("pools"), { what, pools: pools ?? around.names.all }, needs.needs, around),
    attemptFailure: failure === undefined ? 0 : quantity(failure, "share", PROBABILITY, 0),
    retry: retry === undefined ? ONE_ATTEMPT : retryOf(retry),
    timeout: timeout === undefined ? Number.POSITIVE_INFINITY : quantity(timeout, "seconds", POSITIVE, 1),
    ...given("scheduleToStart", fields.get("scheduleToStart"), (at) => distribution(at)),
    ...given("hedge", fields.get("hedge"), hedgeOf),
    ...needs,
    ...given("bytesOut", fields.get("output"), (at) => quantity(at, "bytes", NOT_NEGATIVE, 0)),
    ...given("cache", fields.get("cache"), cacheUseOf),
    ...given("changeover", fields.get("changeover"), (at) => distribution(at)),
    ...given("values", fields.get("values"), valuesOf),
  };
  refuse(spec, fields, around.pools);
  return spec;
}

/** `pools: [a, b]`, or `pools: { a: 2, b: 1 }` with how much faster each does this work. Those that can never run it are out. */
function placesOf(
  task: Reader,
  reader: Reader | undefined,
  { what, pools: usual }: { readonly what: string; readonly pools: readonly number[] },
  needs: Resources | undefined,
  { pools, names }: Surroundings,
): Pick<TaskSpec, "pools" | "speeds"> {
  if (reader?.isMap) {
    const named = names.readFactors(reader, (at) => quantity(at, "number", POSITIVE, 1));
    refuseMisfits(named.pools, reader);
    return { pools: named.pools, speeds: named.factors };
  }
  if (reader !== undefined) {
    const named = names.read(reader);
    refuseMisfits(named, reader);
    return { pools: named };
  }
  if (needs === undefined) return { pools: usual };
  const fitting = fits(usual);
  // A pool without machines asks no room of anything, but whoever says what it needs means machines.
  if (fitting.length < usual.length && !fitting.some((pool) => pools[pool]!.resources !== undefined)) {
    const small = usual.find((pool) => misfit(needs, pools[pool]!) !== undefined)!;
    task.complain(
      `${what} needs more than a machine of any pool has: ${misfit(needs, pools[small]!)}`,
      "ask for less, or give a pool larger machines",
    );
  }
  return { pools: fitting };

  function fits(list: readonly number[]): readonly number[] {
    return names.filter(list, JSON.stringify(needs), (pool) => misfit(needs!, pools[pool]!) === undefined);
  }

  function refuseMisfits(named: readonly number[], at: Reader): void {
    if (needs === undefined || fits(named).length === named.length) return;
    const small = named.find((pool) => misfit(needs, pools[pool]!) !== undefined)!;
    at.complain(
      `the pool "${pools[small]!.name}" can never start ${what}: ${misfit(needs, pools[small]!)}`,
      "ask for less, or name pools with larger machines",
    );
  }
}

/** Which resource a machine of the pool has too little of, in words. */
function misfit(needs: Resources, { name, resources }: Pool): string | undefined {
  if (resources === undefined) return undefined;
  const short = RESOURCE_NAMES.find(
    (kind) => (needs[kind] ?? 0) > (resources[kind] ?? Number.POSITIVE_INFINITY),
  );
  return short === undefined
    ? undefined
    : `${needs[short]} of ${short}, and one of "${name}" has ${resources[short]}`;
}

function hedgeOf(reader: Reader): Hedge {
  const fields = reader.fields("hedge", HEDGE_KEYS);
  if (reader.isMap && fields.size === 0)
    reader.complain("it says nothing", "e.g. { after: 2 s } or { after: { quantile: 95% } }");
  return {
    ...given("after", fields.get("after"), lateness),
    ...given("cleanUp", fields.get("cleanUp"), (at) => distribution(at)),
  };
}

function lateness(reader: Reader): NonNullable<Hedge["after"]> {
  if (!reader.isMap || !reader.entries("after").some(({ key }) => key === "quantile"))
    return distribution(reader);
  const quantile = reader.fields("after", ["quantile"]).get("quantile");
  return { quantile: quantile === undefined ? 0.95 : quantity(quantile, "share", QUANTILE, 0.95) };
}

function cacheUseOf(reader: Reader): CacheUse {
  const fields = reader.fields("cache", CACHE_USE_KEYS);
  const keys = need(reader, fields, "keys", "say how many keys there are, e.g. keys: 1000");
  const [skew, saving] = [fields.get("skew"), fields.get("saving")];
  return {
    keys: keys?.integer(1, 10_000_000, 1) ?? 1,
    skew: skew === undefined ? 1 : quantity(skew, "number", NOT_NEGATIVE, 1),
    blocks: fields.get("blocks")?.integer(1, 1_000_000, 1) ?? 1,
    saving: saving === undefined ? 1 : quantity(saving, "share", PROBABILITY, 1),
  };
}

/** `{ approve: 70%, reject: 30% }`: shares that make a whole. */
function valuesOf(reader: Reader): NonNullable<TaskSpec["values"]> {
  const entries = reader.entries("values");
  if (reader.isMap && entries.length === 0)
    reader.complain("there are no values", "e.g. { approve: 70%, reject: 30% }");
  if (entries.length > MOST_VALUES) {
    reader.complain(`there are ${entries.length} values`, `give at most ${MOST_VALUES}`);
    return { names: [], weights: [] };
  }
  const weights = entries.map(({ key, value, place }) => {
    if ((OUTCOMES as readonly string[]).includes(key))
      place.complain(`a value cannot be called "${key}"`, "that word names an outcome; call it otherwise");
    return quantity(value, "share", PROBABILITY, 1);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (entries.length > 0 && Math.abs(total - 1) > 1e-3)
    reader.complain(`the shares of the values sum to ${total}`, "let them sum to 1, or 100%");
  return { names: entries.map(({ key }) => key), weights: weights.map((weight) => weight / (total || 1)) };
}

/** What an attempt cannot do in some of its pools. */
function refuse(spec: TaskSpec, fields: ReadonlyMap<string, Reader>, pools: readonly Pool[]): void {
  if (spec.changeover !== undefined) {
    const many = spec.pools.find((p) => pools[p]!.servers !== 1 || pools[p]!.scaling !== undefined);
    if (many !== undefined)
      fields
        .get("changeover")!
        .complain(
          `a changeover is of one server, and the pool "${pools[many]!.name}" has several`,
          "name pools of one server; replicas: 4 makes four of them",
        );
    const shared = spec.pools.find((p) => pools[p]!.discipline === "ps" || pools[p]!.resources !== undefined);
    if (shared !== undefined)
      fields
        .get("changeover")!
        .complain(
          `in the pool "${pools[shared]!.name}" several tasks run at once, so nothing changes over`,
          "name pools that run one task at a time",
        );
  }
  if (spec.cache !== undefined && !spec.pools.some((p) => pools[p]!.cacheBlocks !== undefined))
    fields
      .get("cache")!
      .complain("none of its pools has a cache", "give one a cache, e.g. cache: { blocks: 10000 }");
  if (
    spec.needs !== undefined &&
    spec.pools.length > 0 &&
    !spec.pools.some((p) => pools[p]!.resources !== undefined)
  )
    fields
      .get("needs")!
      .complain(
        "none of its pools has machines with resources",
        "say what a machine has, e.g. resources: { cpu: 16, memory: 64 GB }",
      );
}
