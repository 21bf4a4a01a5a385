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

type PoolFigure = (view: DecisionView, pool: number) => number;

const running: PoolFigure = ({ pools }, pool) => pools.running(pool);
const backlog: PoolFigure = ({ pools }, pool) => pools.backlog(pool);
const serversThatWork: PoolFigure = ({ pools }, pool) => pools.servers(pool);
const capacity: PoolFigure = (view, pool) => serversToCome(view, pool) * view.pools.speed(pool);

/** A figure's sum over the pools that take from the queue of the pool: several where that is central, none where all are closed. */
function inLine(view: DecisionView, pool: number, figure: PoolFigure): number {
  const { pools } = view;
  const peers = pools.peers(pool);
  let sum = 0;
  for (let i = 0; i < peers.length; i++) if (pools.open(peers[i]!)) sum += figure(view, peers[i]!);
  return sum;
}

/** Tasks that run in the line of the pool, or wait in it. */
const tasksInLine = (view: DecisionView, pool: number): number =>
  inLine(view, pool, running) + view.pools.waiting(pool);

/**
 * Tasks in the line of the pool for each of its servers. Infinity where it has none, or takes up nothing new: who goes there
 * waits, nobody knows for how long.
 */
export function tasksPerServer(view: DecisionView, pool: number): number {
  // Most pools have a queue of their own, and this is asked of every one of them at every decision.
  if (view.pools.peers(pool).length === 1) {
    const servers = serversToCome(view, pool);
    return servers > 0 && view.pools.open(pool) ? present(view, pool) / servers : Number.POSITIVE_INFINITY;
  }
  const servers = inLine(view, pool, serversToCome);
  return servers > 0 ? tasksInLine(view, pool) / servers : Number.POSITIVE_INFINITY;
}

/** Seconds in which the servers of the pool's line would work off what is there; Infinity as for `tasksPerServer`. */
export function workPerServer(view: DecisionView, pool: number): number {
  const { pools } = view;
  const speed = inLine(view, pool, capacity);
  if (speed === 0) return Number.POSITIVE_INFINITY;
  // What is queued counts once, though the backlog of each pool has it.
  const again = inLine(view, pool, () => 1) - 1;
  return (inLine(view, pool, backlog) - again * pools.queuedWork(pool)) / speed;
}

/**
 * Seconds until the task would end in the pool: (n + 1) / c rounds of its service there, at least one (Banawan and
 * Zahorjan 1989: those ahead count at the task's own size). Servers being set up count as there. Where a central queue is
 * served by several pools it is their servers, and the service of the mean one. Infinity as for `tasksPerServer`. Caches are
 * left out of account: what a hit saves is not in the view.
 */
export const expectedDelay = (view: DecisionView, task: number, pool: number): number =>
  delayOf(view, serviceInLine(view, task, pool), pool);

function serviceInLine(view: DecisionView, task: number, pool: number): number {
  const { pools, tasks } = view;
  const peers = pools.peers(pool);
  if (peers.length === 1) return serviceTime(view, task, pool);
  let [servers, speed] = [0, 0];
  for (let i = 0; i < peers.length; i++) {
    const own = pools.open(peers[i]!) ? speedFor(view, task, peers[i]!) : 0;
    if (own === 0) continue;
    servers += serversToCome(view, peers[i]!);
    speed += serversToCome(view, peers[i]!) * own;
  }
  return speed > 0 ? (tasks.size(task) * servers) / speed : Number.POSITIVE_INFINITY;
}

/** The same for anything that takes `service` seconds in the pool. */
export function delayOf(view: DecisionView, service: number, pool: number): number {
  const servers = inLine(view, pool, serversToCome);
  if (servers === 0) return Number.POSITIVE_INFINITY;
  const rounds = (tasksInLine(view, pool) + 1) / servers;
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
  tasksInLine(view, pool) < inLine(view, pool, serversThatWork);

/** Whether it starts at once, or as soon as a server is set up. */
export const hasServerToCome = (view: DecisionView, pool: number): boolean =>
  tasksInLine(view, pool) < inLine(view, pool, serversToCome);

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
