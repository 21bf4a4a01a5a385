import type { DecisionView } from "../../model/decision-view.js";

/** Seconds of the task's work that a server of the pool does in one; 0 where it may not run there. */
export const speedFor = ({ tasks, pools }: DecisionView, task: number, pool: number): number =>
  pools.speed(pool) * tasks.affinity(task, pool);

/** Seconds that an attempt of the task takes in the pool, caches left out of account; Infinity where it may not run. */
export function serviceTime(view: DecisionView, task: number, pool: number): number {
  const speed = speedFor(view, task, pool);
  return speed > 0 ? view.tasks.size(task) / speed : Number.POSITIVE_INFINITY;
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
export const expectedDelay = (view: DecisionView, task: number, pool: number): number =>
  delayOf(view, serviceTime(view, task, pool), pool);

/** The same for anything that takes `service` seconds in the pool. */
export function delayOf(view: DecisionView, service: number, pool: number): number {
  const servers = serversToCome(view, pool);
  if (servers === 0 || !view.pools.open(pool)) return Number.POSITIVE_INFINITY;
  const rounds = (present(view, pool) + 1) / servers;
  return rounds > 1 ? service * rounds : service;
}

/** The least expected delay of the task, over all pools that may run it. */
export function leastExpectedDelay(view: DecisionView, task: number): number {
  let delay = Number.POSITIVE_INFINITY;
  for (let p = 0; p < view.pools.count; p++) delay = Math.min(delay, expectedDelay(view, task, p));
  return delay;
}

/** Whether a task that goes to the pool now starts at once. */
export const hasIdleServer = (view: DecisionView, pool: number): boolean =>
  view.pools.open(pool) && present(view, pool) < view.pools.servers(pool);

/** Seconds of the task's work that all open pools faster than this one do in a second. */
export function fasterCapacity(view: DecisionView, task: number, pool: number): number {
  const { pools } = view;
  const own = speedFor(view, task, pool);
  let capacity = 0;
  for (let p = 0; p < pools.count; p++) {
    const speed = speedFor(view, task, p);
    if (speed > own && pools.open(p)) capacity += pools.servers(p) * speed;
  }
  return capacity;
}

/** Whether a > b by more than rounding: thresholds are met exactly by round figures, and 1 - 0.8 is less than 0.2. */
export const exceeds = (a: number, b: number): boolean => a > b + 1e-9 * Math.abs(b);
