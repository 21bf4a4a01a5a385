import { DISCIPLINE_NAMES, type Discipline, type Pool, type Queue, UNLIMITED } from "../scenario.js";
import { NamedPools } from "./named-pools.js";
import { PART_KEYS, partsOf } from "./pool-parts.js";
import { queueOf } from "./queues.js";
import type { Reader } from "./reader.js";

export const POOL_KEYS = ["servers", "replicas", "capacity", "discipline", ...PART_KEYS] as const;
export const SERVER_TYPE_KEYS = ["count", ...PART_KEYS] as const;

/** More pools than this are a mistake: a policy is shown each. */
const MOST_POOLS = 20_000;
const MOST_SERVERS = 1_000_000;

/** The pools of a scenario, and what they are called. */
export interface ReadPools {
  readonly pools: readonly Pool[];
  /** Where each is written: replicas and server types share a place. */
  readonly places: readonly Reader[];
  readonly names: NamedPools;
  /** The queues of pools that are made of several server types. */
  readonly queues: readonly Queue[];
}

/**
 * Reads `pools`. One entry may stand for several pools: `replicas: n` makes `name-1 .. name-n`, each with a queue of its
 * own; a list of server types makes `name-1, name-2, ...` behind one central queue `name`.
 */
export function readPools(reader: Reader | undefined): ReadPools {
  const pools: Pool[] = [];
  const places: Reader[] = [];
  const queues: Queue[] = [];
  const names = new NamedPools();
  const add = (pool: Pool, at: Reader): number => {
    places.push(at);
    names.add(pool.name, [pools.length], at);
    return pools.push(pool) - 1;
  };
  const entries = reader?.entries("pools") ?? [];
  if (reader?.isMap && entries.length === 0) reader.complain("there are no pools", "give at least one");
  for (const { key, value, place } of entries) {
    // `fast:` with nothing behind it is a pool of defaults.
    const bare = value.node === null || value.scalar === null;
    const fields = bare ? new Map<string, Reader>() : value.fields("a pool", POOL_KEYS);
    const replicas = fields.get("replicas")?.integer(1, MOST_POOLS, 1);
    const types = fields.get("servers")?.isList ? fields.get("servers")!.items() : undefined;
    const made = Math.max(1, types?.length ?? 1) * (replicas ?? 1);
    if (pools.length + made > MOST_POOLS) {
      place.complain(`this makes ${pools.length + made} pools`, `give at most ${MOST_POOLS}`);
      break;
    }
    const kinds = types === undefined ? [pool(key, place, fields)] : serverTypes(key, fields, types);
    const all: number[] = [];
    for (let r = 1; r <= (replicas ?? 1); r++) {
      const name = replicas === undefined ? key : `${key}-${r}`;
      if (types === undefined) {
        all.push(add({ ...kinds[0]!, name }, place));
        continue;
      }
      const members = kinds.map((kind, k) => add({ ...kind, name: `${name}-${k + 1}` }, place));
      queues.push(queueOf(name, fields, members));
      names.add(name, members, place);
      all.push(...members);
    }
    if (replicas !== undefined) names.add(key, all, place);
  }
  return { pools, places, names, queues };
}

function pool(name: string, at: Reader, fields: ReadonlyMap<string, Reader>): Pool {
  const capacity = fields.get("capacity");
  const parts = partsOf(fields);
  const made: Pool = {
    name,
    servers: serversOf(fields.get("servers"), parts),
    capacity: capacity === undefined ? Number.POSITIVE_INFINITY : capacity.integer(1, 1_000_000_000, 1),
    speed: 1,
    price: 0,
    attemptFailure: 0,
    discipline: fields.get("discipline")?.choice(DISCIPLINE_NAMES, "fifo") ?? "fifo",
    ...parts,
  };
  refuse(made, at, fields);
  return made;
}

/** `servers: [{ count: 4 }, { count: 2, speed: 2.5 }]`: what a type does not say, the pool does. */
function serverTypes(name: string, shared: ReadonlyMap<string, Reader>, items: readonly Reader[]): Pool[] {
  const servers = shared.get("servers")!;
  if (items.length < 2)
    servers.complain("a list of server types has two or more", "write servers: 4 for one");
  const pooled = new Map([...shared].filter(([key]) => (PART_KEYS as readonly string[]).includes(key)));
  for (const key of ["scaling", "rateLimit"]) {
    pooled.get(key)?.complain(`\`${key}\` is of one server type`, "give it to the types that have it");
  }
  return items.map((item) => {
    const own = item.fields("a server type", SERVER_TYPE_KEYS);
    const fields = new Map([...pooled, ...own]);
    const count = own.get("count");
    if (count === undefined && item.isMap) item.complain("a server type has no count", "e.g. count: 4");
    fields.delete("count");
    if (count !== undefined) fields.set("servers", count);
    return pool(name, item, fields);
  });
}

function serversOf(reader: Reader | undefined, { scaling }: Partial<Pool>): number {
  if (reader === undefined) return scaling?.least ?? 1;
  if (reader.scalar === "unlimited") return UNLIMITED;
  // What scales may begin with nothing.
  const servers = reader.integer(scaling === undefined ? 1 : 0, MOST_SERVERS, scaling?.least ?? 1);
  if (scaling !== undefined && (servers < scaling.least || servers > scaling.most))
    reader.complain(
      `it begins with ${servers} servers and scales from ${scaling.least} to ${scaling.most}`,
      "begin within those bounds",
    );
  return servers;
}

/** In these all tasks, or those that have been given the least, share the servers: none has one of its own. */
export const SHARING: readonly Discipline[] = ["ps", "las"];
const PREEMPTIVE: readonly Discipline[] = ["priority-preemptive", "srpt", "psjf", ...SHARING];

/** Combinations that mean nothing, or that the engine has not. */
function refuse(pool: Pool, at: Reader, fields: ReadonlyMap<string, Reader>): void {
  const complain = (key: string, what: string, mend: string) => (fields.get(key) ?? at).complain(what, mend);
  const both = (keys: readonly (keyof Pool)[], what: (key: string) => string, mend: string) => {
    for (const key of keys) if (pool[key] !== undefined) complain(key, what(key), mend);
  };
  if (pool.servers === UNLIMITED) {
    both(
      ["scaling", "breakdown", "resources"],
      (key) => `a pool without end of servers has no \`${key}\``,
      "give it a number of servers",
    );
  }
  if (pool.resources === undefined) {
    both(
      ["packing", "backfill"],
      (key) => `\`${key}\` is of machines with resources`,
      "say what a machine has: resources: { cpu: 16 }",
    );
  } else {
    both(
      ["scaling", "breakdown"],
      (key) => `machines with resources stay as they are, and have no \`${key}\``,
      "drop one of the two; weather can strike such a pool as a whole",
    );
    if (PREEMPTIVE.includes(pool.discipline))
      complain(
        "discipline",
        `machines with resources are not preempted, and ${pool.discipline} does`,
        "use fifo, lifo, sjf or priority",
      );
  }
  if (!SHARING.includes(pool.discipline)) return;
  if (
    pool.breakdown !== undefined &&
    (pool.breakdown.mode === "busy" || pool.breakdown.interrupted !== "resume")
  )
    complain(
      "breakdown",
      "tasks that share servers lose none when one breaks, they go on more slowly",
      `with ${pool.discipline}, write mode: always and interrupted: resume`,
    );
  if (pool.stragglers !== undefined && "onset" in pool.stragglers)
    complain(
      "stragglers",
      `where tasks share servers (${pool.discipline}) none straggles from an onset on`,
      "give the share of attempts that straggle from their start: { share: 5%, slowdown: 10 }",
    );
  if (pool.scaling?.idleTimeout !== undefined)
    complain(
      "scaling",
      `where tasks share servers (${pool.discipline}) none is idle by itself`,
      "leave idleTimeout out",
    );
}
