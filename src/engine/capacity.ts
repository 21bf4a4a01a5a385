import type { Interrupted } from "../model/scenario.js";
import { FAILED } from "./ports.js";
import { attemptOver } from "./progress.js";
import { chargeAll, type EngineState } from "./state.js";
import { askScale, doneSince, pause, serve, settle, settleIdle } from "./stations.js";

/** Servers that come and go: scaling, breakdowns, outages, drains, and speeds that change. */

/** Brings the meter up to date before the numbers of a pool's servers change, and the prices after. */
function change(s: EngineState, pool: number, how: () => void): void {
  const { pools, meter } = s;
  settle(s, pool);
  meter.settleServers(pool, pools.switchedOn(pool), pools.starting[pool]!);
  how();
  pools.settleSlots(pool);
  settleIdle(s, pool);
  chargeAll(s);
  if (pools.sharing[pool] === 1) s.executor.sharesChanged(pool);
}

/** Stops what runs beyond the servers that there are, the one that started last first. */
function interruptExcess(s: EngineState, pool: number, how: Interrupted): void {
  const { pools } = s;
  if (pools.sharing[pool] === 1) return;
  const most =
    pools.free[pool] === null || pools.online[pool] === 0 ? pools.online[pool]! : pools.running[pool]!;
  const runners = pools.runners[pool]!;
  while (pools.running[pool]! > most && runners.length > 0) interrupt(s, runners[runners.length - 1]!, how);
}

/** An attempt has lost its server. */
function interrupt(s: EngineState, task: number, how: Interrupted): void {
  const attempt = s.tasks.attempt[task]!;
  s.meter.interruptions++;
  if (how === "fail") {
    s.executor.cancelAttempt(attempt);
    attemptOver(s, attempt, FAILED);
    return;
  }
  pause(s, task, how === "restart");
  if (how === "restart") s.executor.rewindAttempt(attempt);
}

/**
 * A server of the pool has broken.
 * @param which uniform in (0, 1): picks the server among those that were up, and so the task that it ran, if any
 */
export function serverBroke(s: EngineState, pool: number, which: number, how: Interrupted): void {
  const { pools } = s;
  const up = pools.online[pool]!;
  const runners = pools.runners[pool]!;
  const server = Math.floor(which * up);
  const victim = pools.sharing[pool] === 0 && server < runners.length ? runners[server]! : -1;
  change(s, pool, () => pools.down[pool]!++);
  if (victim >= 0) interrupt(s, victim, how);
  // Whoever has lost his server may find another one.
  serve(s, pools.queue[pool]!);
}

/** The server that runs an attempt has broken. */
export function serverBrokeUnder(s: EngineState, attempt: number, how: Interrupted): void {
  const pool = s.attempts.pool[attempt]!;
  const task = s.attempts.task[attempt]!;
  change(s, pool, () => s.pools.down[pool]!++);
  interrupt(s, task, how);
  serve(s, s.pools.queue[pool]!);
}

export function serverMended(s: EngineState, pool: number): void {
  change(s, pool, () => s.pools.down[pool]!--);
  serve(s, s.pools.queue[pool]!);
}

export function outageBegan(s: EngineState, pool: number, how: Interrupted): void {
  change(s, pool, () => s.pools.outages[pool]!++);
  interruptExcess(s, pool, how);
  serve(s, s.pools.queue[pool]!);
}

export function outageEnded(s: EngineState, pool: number): void {
  change(s, pool, () => s.pools.outages[pool]!--);
  serve(s, s.pools.queue[pool]!);
}

export function drain(s: EngineState, pool: number, by: 1 | -1): void {
  change(s, pool, () => {
    s.pools.drains[pool]! += by;
  });
  serve(s, s.pools.queue[pool]!);
}

/** The pool's speed has changed, also for what runs: the executor knows what is left of each. */
export function speedChanged(s: EngineState, pool: number, factor: number, shown: number): void {
  const { pools, tasks, attempts, meter } = s;
  for (const task of pools.runners[pool]!) {
    // What was done so far was done at the old speed.
    const attempt = tasks.attempt[task]!;
    const done = doneSince(s, task);
    tasks.size[task]! -= done;
    tasks.given[task]! += done;
    if (pools.discipline[pool] === "srpt") tasks.rank[task] = tasks.size[task]!;
    pools.runningWork[pool]! -= done;
    pools.startedSum[pool]! += meter.now - attempts.startedAt[attempt]!;
    attempts.startedAt[attempt] = meter.now;
  }
  pools.speed[pool] = pools.baseSpeed[pool]! * factor;
  pools.shownSpeed[pool] = pools.baseSpeed[pool]! * shown;
  if (pools.sharing[pool] === 1) s.executor.sharesChanged(pool);
}

/** The pool is to have so many servers, those being set up among them. */
export function scaleTo(s: EngineState, pool: number, target: number): void {
  const { pools, meter, executor } = s;
  change(s, pool, () => {
    const starting = pools.startingServers[pool]!;
    while (pools.on[pool]! + starting.length > target && starting.length > 0) starting.pop();
    while (pools.on[pool]! > target) {
      // Where all are busy, the first to be free goes.
      pools.on[pool]!--;
      executor.stopServer(pool);
    }
    // Whoever was to go once it is free stays instead.
    while (pools.on[pool]! + starting.length < target && pools.on[pool]! < pools.busy(pool))
      pools.on[pool]!++;
    while (pools.on[pool]! + starting.length < target) {
      const server = s.servers++;
      starting.push(server);
      meter.poolStarts[pool]!++;
      meter.pay(pool, pools.startPrice[pool]!);
      executor.startServer(pool, server);
    }
    pools.starting[pool] = starting.length;
  });
  serve(s, pools.queue[pool]!);
}

/** A server has been set up. Stale where it was let go meanwhile. */
export function serverStarted(s: EngineState, pool: number, server: number): void {
  const starting = s.pools.startingServers[pool]!;
  const at = starting.indexOf(server);
  if (at < 0) return;
  change(s, pool, () => {
    starting.splice(at, 1);
    s.pools.starting[pool] = starting.length;
    s.pools.on[pool]!++;
  });
  serve(s, s.pools.queue[pool]!);
  if (s.pools.scaledAlways[pool] === 1) askScale(s, pool);
}

/** A server has been idle for as long as it may be. Stale where it has worked or gone meanwhile. */
export function serverRetires(s: EngineState, pool: number, server: number): void {
  const idle = s.pools.idleServers[pool]!;
  const at = idle.indexOf(server);
  if (at < 0 || s.pools.on[pool]! <= s.pools.least[pool]!) return;
  idle.splice(at, 1);
  change(s, pool, () => {
    s.pools.on[pool]!--;
    s.executor.stopServer(pool);
  });
  if (s.pools.scaledAlways[pool] === 1) askScale(s, pool);
}
