import { type Pool, type Queue, UNLIMITED } from "../scenario.js";
import type { ReadPools } from "./pools.js";
import type { Reader } from "./reader.js";

export const QUEUE_KEYS = [
  "pools",
  "discipline",
  "capacity",
  "idling",
  "reallocate",
  "duplicates",
  "reconsider",
] as const;
export const QUEUE_DISCIPLINES = ["fifo", "priority"] as const satisfies readonly Queue["discipline"][];

/** A queue before what is not said of it: absent flags are false. */
export function queueOf(name: string, fields: ReadonlyMap<string, Reader>, pools: readonly number[]): Queue {
  const capacity = fields.get("capacity");
  const flag = (key: "idling" | "reallocate" | "duplicates" | "reconsider") =>
    fields.get(key)?.boolean() === true ? { [key]: true } : {};
  return {
    name,
    pools,
    discipline: fields.get("discipline")?.choice(QUEUE_DISCIPLINES, "fifo") ?? "fifo",
    ...(capacity === undefined ? {} : { capacity: capacity.integer(1, 1_000_000_000, 1) }),
    ...flag("idling"),
    ...flag("reallocate"),
    ...flag("duplicates"),
    ...flag("reconsider"),
  };
}

/** The central queues of a scenario: those of `queues`, after those of pools of several server types. */
export function readQueues(reader: Reader | undefined, read: ReadPools): readonly Queue[] {
  const { pools, places, names } = read;
  const queues = [...read.queues];
  const servedBy = new Map<number, string>();
  for (const { name, pools: members } of queues) for (const pool of members) servedBy.set(pool, name);
  for (const { key, value, place } of reader?.entries("queues") ?? []) {
    const fields = value.fields("a queue", QUEUE_KEYS);
    const at = fields.get("pools");
    if (at === undefined && value.isMap)
      value.complain(`the queue ${key} has no pools`, "say which serve it");
    const members = at === undefined ? [] : names.read(at);
    for (const pool of members) {
      const other = servedBy.get(pool);
      if (other !== undefined) {
        at!.complain(
          `the pool "${pools[pool]!.name}" serves the queue "${other}" already`,
          "a pool serves one queue; split it in two",
        );
      }
      servedBy.set(pool, key);
      refuseOwnQueue(pools[pool]!, key, places[pool]!);
    }
    const queue = queueOf(key, fields, members);
    names.add(key, members, place);
    queues.push(queue);
    refuse(queue, pools, value);
  }
  for (const queue of read.queues) refuse(queue, pools, places[queue.pools[0]!]!);
  return queues;
}

/** What a pool says of its own queue is lost where it serves a central one. */
function refuseOwnQueue(pool: Pool, queue: string, at: Reader): void {
  if (pool.discipline !== "fifo")
    at.complain(
      `the pool "${pool.name}" serves the queue "${queue}", so its discipline ${pool.discipline} orders nothing`,
      "give the discipline to the queue: fifo or priority",
    );
  if (pool.capacity !== Number.POSITIVE_INFINITY)
    at.complain(
      `the pool "${pool.name}" serves the queue "${queue}", so nobody waits at it`,
      "give the capacity to the queue",
    );
}

function refuse(queue: Queue, pools: readonly Pool[], at: Reader): void {
  const { reallocate = false, duplicates = false, reconsider = false } = queue;
  if (reallocate && duplicates)
    at.complain(
      "servers that are given out anew at every event take no second copies",
      "drop reallocate or duplicates",
    );
  if (reallocate && reconsider)
    at.complain(
      "servers that are given out anew at every event would never finish a changeover",
      "drop reallocate or reconsider",
    );
  for (const p of queue.pools) {
    const pool = pools[p]!;
    if (pool.servers === UNLIMITED)
      at.complain(
        `nobody ever waits for the pool "${pool.name}", so it serves no queue`,
        "give it a number of servers, or take it out of the queue",
      );
    if (pool.rateLimit?.onLimit === "reject")
      at.complain(
        `the pool "${pool.name}" takes from a queue what it can start, so its rate limit rejects nothing`,
        "write onLimit: wait",
      );
    if (pool.backfill !== undefined)
      at.complain(
        `what fits is taken from the queue, whatever is ahead of it, so \`backfill\` of the pool "${pool.name}" means nothing`,
        "leave backfill out",
      );
    if (!reallocate) continue;
    for (const key of ["resources", "scaling", "rateLimit", "cacheBlocks"] as const) {
      if (pool[key] === undefined) continue;
      const written = key === "cacheBlocks" ? "cache" : key;
      at.complain(
        `a queue that reallocates stops and moves attempts, and the pool "${pool.name}" has \`${written}\``,
        `drop reallocate or \`${written}\``,
      );
    }
  }
}
