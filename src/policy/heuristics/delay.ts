import type { DecisionView } from "../../model/decision-view.js";

/** Seconds that an attempt of the task takes in the pool, caches left out of account; Infinity where it may not run. */
export function serviceTime({ tasks, pools }: DecisionView, task: number, pool: number): number {
  const rate = pools.speed(pool) * tasks.affinity(task, pool);
  return rate > 0 ? tasks.size(task) / rate : Number.POSITIVE_INFINITY;
}

/** Servers that can work, or will be able to once they are set up. */
export const serversToCome = ({ pools }: DecisionView, pool: number): number =>
  pools.servers(pool) + pools.starting(pool);

/** Tasks in the pool, running or waiting. */
export const present = ({ pools }: DecisionView, pool: number): number =>
  pools.running(pool) + pools.waiting(pool);

/**
 * Tasks in the pool for each of its servers. Infinity where it has none, or takes up nothing new: who goes there waits,
 * nobody knows for how long.
 */
export function tasksPerServer(view: DecisionView, pool: number): number {
  const servers = serversToCome(view, pool);
  return servers > 0 && view.pools.open(pool) ? present(view, pool) / servers : Number.POSITIVE_INFINITY;
}

/** Seconds in which the servers of a pool would work off what is there; Infinity as for `tasksPerServer`. */
export function workPerServer(view: DecisionView, pool: number): number {
  const { pools } = view;
  const servers = serversToCome(view, pool);
  return servers > 0 && pools.open(pool)
    ? pools.backlog(pool) / (servers * pools.speed(pool))
    : Number.POSITIVE_INFINITY;
}

/**
 * Seconds until the task would end in the pool: (n + 1) / c rounds of its service there, at least one (Banawan and
 * Zahorjan 1989: those ahead count at the task's own size). Servers being set up count as there. Infinity as for
 * `tasksPerServer`. Caches are left out of account: what a hit saves is not in the view.
 */
export function expectedDelay(view: DecisionView, task: number, pool: number): number {
  const servers = serversToCome(view, pool);
  if (servers === 0 || !view.pools.open(pool)) return Number.POSITIVE_INFINITY;
  const service = serviceTime(view, task, pool);
  const rounds = (present(view, pool) + 1) / servers;
  return rounds > 1 ? service * rounds : service;
}

/** The least expected delay of the task, over all pools that may run it. */
export function leastExpectedDelay(view: DecisionView, task: number): number {
  let delay = Number.POSITIVE_INFINITY;
  for (let p = 0; p < view.pools.count; p++) delay = Math.min(delay, expectedDelay(view, task, p));
  return delay;
}
