import { assert } from "../kit/assert.js";
import type { TaskGraph } from "../model/task-graph.js";
import { resized } from "./columns.js";
import { fittingMachine, occupy, vacate } from "./machines.js";
import { CANCELLED } from "./ports.js";
import { chargeAll, chargeServer, DISPATCH, type EngineState, SCALE } from "./state.js";
import { DONE, READY, RUNNING, WAITING } from "./task-table.js";

/** Queues and servers: who waits where, who runs, and what is taken up next. */

export const graphOf = ({ flows, tasks }: EngineState, task: number): TaskGraph =>
  flows.graph[tasks.flow[task]!]!;

export const typeOf = (s: EngineState, task: number): number => graphOf(s, task).type[s.tasks.spec[task]!]!;

/** In which line of a queue the task stands: a central one has a line a type, any other has one. */
const lineOf = (s: EngineState, task: number, queue: number): number =>
  s.queues.central[queue] === 1 ? typeOf(s, task) : 0;

/** By how much faster than its speed says a pool does a task; 0 where it may not run it. */
export function affinity(s: EngineState, task: number, pool: number): number {
  return affinityOfSpec(graphOf(s, task), s.tasks.spec[task]!, pool);
}

export function affinityOfSpec({ pools, speeds }: TaskGraph, spec: number, pool: number): number {
  const at = pools[spec]!.indexOf(pool);
  return at < 0 ? 0 : (speeds?.[spec]?.[at] ?? 1);
}

export function isFull({ pools, queues }: EngineState, queue: number): boolean {
  const capacity = queues.capacity[queue]!;
  if (capacity === Number.POSITIVE_INFINITY) return false;
  let present = queues.waiting[queue]!;
  for (const pool of queues.pools[queue]!) present += pools.running[pool]!;
  return present >= capacity;
}

/** Puts a ready task into a queue, or into service at once. False where it is turned away: no room, or no token. */
export function place(s: EngineState, task: number, queue: number): boolean {
  const { tasks, pools, queues } = s;
  const plain = s.plain[queue] === 1;
  const central = !plain && queues.central[queue] === 1;
  if (!plain) {
    if (isFull(s, queue)) return false;
    if (!central && pools.limited[queue] === 2 && !takeToken(s, queue)) return false;
  }
  tasks.queue[task] = queue;
  if (s.countsTypes) arriveAt(s, task);
  settle(s, queue);
  if (!plain && queues.ranks(queue)) {
    tasks.order[task] = s.placed++;
    tasks.rank[task] = rankOf(s, task, queue);
  }
  if (!central) {
    const free = queues.waiting[queue] === 0 && pools.running[queue]! < pools.slots[queue]!;
    if (free && (plain || takesUp(s, task, queue))) {
      begin(s, task, queue);
      return true;
    }
    if (!plain && pools.preemptive[queue] === 1 && preempt(s, queue, task)) {
      begin(s, task, queue);
      return true;
    }
  }
  tasks.state[task] = WAITING;
  if (plain) queues.append(queue, task);
  else queues.add(queue, task, lineOf(s, task, queue));
  if (s.losesPatience && graphOf(s, task).scheduleToStart?.[tasks.spec[task]!] !== undefined) {
    s.executor.startPatience(task, tasks.stamp[task]!);
  }
  // Where nobody is asked, a plain queue has nothing for whoever comes: there is no free server, or it would have been taken.
  if (!plain || s.asksDispatch) serve(s, queue);
  queueChanged(s, queue);
  return true;
}

/** The task is at a station from now on. */
export function arriveAt(s: EngineState, task: number): void {
  const type = typeOf(s, task);
  // A trace's types are met one by one.
  if (type >= s.present.length) s.present = resized(s.present, 2 * type + 16);
  s.present[type]!++;
  if (s.meter.byType) s.meter.arriveAt(type);
  s.queues.arrivedWork[s.tasks.queue[task]!]! += s.tasks.size[task]!;
}

/** The task is at no station any more, or what it does there now is another attempt. */
export function departFrom(s: EngineState, task: number): void {
  if (!s.countsTypes) return;
  const type = typeOf(s, task);
  s.present[type]!--;
  if (s.meter.byType) s.meter.departFrom(type);
}

/** Whether the pool can take up the task now: a new attempt of it, or the one that was stopped, which has had its token. */
function canStart(s: EngineState, task: number, pool: number, anew?: boolean): boolean {
  const { pools } = s;
  if (pools.running[pool]! >= pools.slots[pool]!) return false;
  return pools.special[pool] === 0 || takesUp(s, task, pool, anew);
}

/** Whether a pool with a free server can take up the task: it fits, and there is a token for it. */
function takesUp(s: EngineState, task: number, pool: number, anew = s.tasks.attempt[task]! < 0): boolean {
  const { pools } = s;
  if (pools.free[pool] !== null && fittingMachine(s, task, pool) < 0) return false;
  return !anew || pools.limited[pool] !== 1 || hasToken(s, pool);
}

/** What a sorted queue is ordered by: less is served first. */
function rankOf(s: EngineState, task: number, queue: number): number {
  if (s.queues.byPriority[queue] === 1) return -graphOf(s, task).priority;
  return s.queues.central[queue] === 1 ? 0 : s.tasks.size[task]!;
}

/** Takes the server of the least urgent running task, if `comer` is more urgent than that and can take its place. */
function preempt(s: EngineState, pool: number, comer: number): boolean {
  const { pools, tasks } = s;
  // Where more run than there are servers, as when some were let go, one that stops makes no room.
  if (pools.running[pool] !== pools.slots[pool]) return false;
  const remaining = pools.discipline[pool] === "srpt";
  let victim = -1;
  let worst = tasks.rank[comer]!;
  for (const task of pools.runners[pool]!) {
    const current = tasks.rank[task]! - (remaining ? doneSince(s, task) : 0);
    const later = victim >= 0 && current === worst && tasks.order[task]! > tasks.order[victim]!;
    if (current > worst || later) {
      worst = current;
      victim = task;
    }
  }
  if (victim < 0) return false;
  if (pools.limited[pool] === 1 && tasks.attempt[comer]! < 0 && !hasToken(s, pool)) return false;
  pause(s, victim);
  return true;
}

/** Work that a running task has been given since it started or last went on, seconds at speed 1, as far as its size tells. */
export function doneSince(s: EngineState, task: number): number {
  const { pools, tasks, attempts, meter } = s;
  const attempt = tasks.attempt[task]!;
  const pool = attempts.pool[attempt]!;
  const rate = pools.speed[pool]! * affinity(s, task, pool);
  return Math.min(tasks.size[task]!, rate * (meter.now - attempts.startedAt[attempt]!));
}

/** Puts a running task back into its queue, to go on later where it was, or from its beginning where what it did is `lost`. */
export function pause(s: EngineState, task: number, lost = false): void {
  const { pools, queues, tasks, meter, attempts } = s;
  const attempt = tasks.attempt[task]!;
  const pool = attempts.pool[attempt]!;
  const queue = pools.queue[pool]!;
  s.executor.pauseAttempt(attempt);
  attempts.stamp[attempt]!++;
  const done = lost ? -tasks.given[task]! : doneSince(s, task);
  leave(s, task, attempt, pool);
  tasks.given[task]! += done;
  tasks.size[task]! -= done;
  if (pools.discipline[pool] === "srpt") tasks.rank[task] = tasks.size[task]!;
  tasks.state[task] = WAITING;
  meter.waiting++;
  if (queue !== pool) settle(s, queue);
  queues.addBack(queue, task, lineOf(s, task, queue));
  queueChanged(s, queue);
}

/** The server is prepared, but nothing of the task is done yet: it waits again, where it was, and who is next is decided anew. */
export function reconsider(s: EngineState, task: number): void {
  const { pools, attempts, tasks, meter } = s;
  const attempt = tasks.attempt[task]!;
  const pool = attempts.pool[attempt]!;
  pools.startedSum[pool]! += meter.now - attempts.startedAt[attempt]!;
  attempts.startedAt[attempt] = meter.now;
  pause(s, task);
  serve(s, pools.queue[pool]!);
}

/** Fills free servers from a queue, or asks who is next. */
export function serve(s: EngineState, queue: number): void {
  const { pools, queues } = s;
  const plain = s.plain[queue] === 1;
  if (!plain && queues.central[queue] === 1) {
    serveCentral(s, queue);
    return;
  }
  while (queues.waiting[queue]! > 0 && pools.running[queue]! < pools.slots[queue]!) {
    if (s.asksDispatch) {
      if (queues.waiting[queue]! > 1) {
        ask(s, queue);
        return;
      }
      // A question that is already due takes this server too: who comes now may be better than who waited.
      if (queues.asked[queue] === 1) return;
    }
    if (plain) {
      settle(s, queue);
      begin(s, queues.shift(queue), queue);
    } else {
      const task = pools.free[queue] === null ? queues.next(queue) : nextThatFits(s, queue);
      if (task < 0 || !takesUp(s, task, queue)) return;
      start(s, task, queue);
    }
  }
  if (!plain && pools.contends[queue] === 1) contend(s, queue);
}

/** In a preemptive pool whoever waits and is more urgent than one who runs takes his server. */
function contend(s: EngineState, pool: number): void {
  const { queues } = s;
  while (queues.waiting[pool]! > 0) {
    const next = queues.next(pool);
    if (!preempt(s, pool, next)) return;
    start(s, next, pool);
  }
}

function ask(s: EngineState, queue: number): void {
  if (s.queues.asked[queue] === 1) return;
  s.queues.asked[queue] = 1;
  s.due.add(DISPATCH, queue, 0);
}

/** In pools that pack: the task that is next, or with backfilling the first that fits. -1 where there is none. */
function nextThatFits(s: EngineState, pool: number): number {
  const { queues, pools, tasks } = s;
  const next = queues.next(pool);
  if (pools.backfill[pool] === 0 || fittingMachine(s, next, pool) >= 0) return next;
  const sorted = queues.sorted[pool]!;
  if (sorted === null) {
    for (let t = queues.head[pool]!; t >= 0; t = tasks.next[t]!)
      if (fittingMachine(s, t, pool) >= 0) return t;
    return -1;
  }
  let best = -1;
  for (let i = 0; i < sorted.size; i++) {
    const task = sorted.at(i);
    if (best >= 0 && !earlier(s, task, best)) continue;
    if (fittingMachine(s, task, pool) >= 0) best = task;
  }
  return best;
}

const earlier = ({ tasks }: EngineState, a: number, b: number): boolean =>
  tasks.rank[a]! < tasks.rank[b]! || (tasks.rank[a] === tasks.rank[b] && tasks.order[a]! < tasks.order[b]!);

function serveCentral(s: EngineState, queue: number): void {
  const { queues } = s;
  if (queues.asked[queue] === 1 || queues.inRound[queue] === 1) return;
  if (s.asksDispatch) {
    const nobody = queues.waiting[queue] === 0 && queues.duplicates[queue] === 0;
    if (nobody && queues.reallocates[queue] === 0) return;
    ask(s, queue);
    return;
  }
  if (queues.reallocates[queue] === 1) holdAll(s, queue);
  for (;;) {
    const task = startOldest(s, queue);
    if (task < 0) return;
  }
}

/** Stops all that runs in a central queue's pools, to give out the servers anew. What runs in a pool that drains goes on. */
export function holdAll(s: EngineState, queue: number): void {
  for (const pool of s.queues.pools[queue]!) {
    if (s.pools.slots[pool] === 0) continue;
    const runners = s.pools.runners[pool]!;
    while (runners.length > 0) pause(s, runners[runners.length - 1]!);
  }
}

/** Starts the first task of all lines that a free server may take, at the fastest such; -1 where there is none. */
function startOldest(s: EngineState, queue: number): number {
  const { queues, pools } = s;
  let best = -1;
  let bestPool = -1;
  for (const line of queues.lines[queue]!) {
    if (line === undefined || line.size === 0) continue;
    const task = line.first;
    if (best >= 0 && !earlier(s, task, best)) continue;
    let fastest = 0;
    let at = -1;
    for (const pool of queues.pools[queue]!) {
      if (pools.running[pool]! >= pools.slots[pool]!) continue;
      const rate = affinity(s, task, pool) * pools.speed[pool]!;
      if (rate > fastest && canStart(s, task, pool)) {
        fastest = rate;
        at = pool;
      }
    }
    if (at < 0) continue;
    best = task;
    bestPool = at;
  }
  if (best >= 0) start(s, best, bestPool);
  return best;
}

/** Whether a pair may be started: the pool is free for it and may run it. */
export const mayStart = (s: EngineState, task: number, pool: number, anew?: boolean): boolean =>
  affinity(s, task, pool) > 0 && canStart(s, task, pool, anew);

/** Takes a waiting task into service. */
export function start(s: EngineState, task: number, pool: number): void {
  const queue = s.tasks.queue[task]!;
  settle(s, pool);
  if (queue !== pool) settle(s, queue);
  s.queues.remove(queue, task, lineOf(s, task, queue));
  begin(s, task, pool);
}

export function settle({ pools, queues, meter, plain }: EngineState, queue: number): void {
  if (meter.isSettled(queue)) return;
  const waiting = queues.waiting[queue]!;
  if (plain[queue] === 1) {
    const running = pools.running[queue]!;
    const online = pools.online[queue]!;
    meter.settle(queue, Math.min(running, online), waiting, running);
  } else if (queue < pools.count) meter.settle(queue, pools.busy(queue), waiting, pools.running[queue]!);
  else meter.settle(queue, 0, waiting);
}

/** Servers of a pool that are busy, as they are metered. */
export function busyServers({ pools, plain }: EngineState, pool: number): number {
  return plain[pool] === 1 ? Math.min(pools.running[pool]!, pools.online[pool]!) : pools.busy(pool);
}

/** Brings the meter's figures of all pools and queues up to date. */
export function settleAll(s: EngineState): void {
  for (let q = 0; q < s.queues.count; q++) settle(s, q);
  for (let p = 0; p < s.pools.count; p++)
    s.meter.settleServers(p, s.pools.switchedOn(p), s.pools.starting[p]!);
}

/** Begins an attempt on a free server of a pool that is settled, or goes on with one that was stopped. */
export function begin(s: EngineState, task: number, pool: number): void {
  const { pools, tasks, attempts, meter } = s;
  const running = pools.running[pool]!;
  assert(running < pools.slots[pool]!, "a pool runs more than it has servers");
  const special = pools.special[pool] === 1;
  const held = tasks.attempt[task]!;
  const attempt = held < 0 ? attempts.allocate() : held;
  attempts.startedAt[attempt] = meter.now;
  attempts.pool[attempt] = pool;
  tasks.state[task] = RUNNING;
  if (s.countsWork) {
    pools.runningWork[pool]! += tasks.size[task]!;
    pools.startedSum[pool]! += meter.now;
  }
  if (special) beginSpecial(s, task, attempt, pool, held < 0);
  meter.waiting--;
  if (s.pays) {
    s.running++;
    // Where machines are packed, one that has begun to run something was charged for there.
    if (running < pools.online[pool]! && pools.free[pool] === null) chargeServer(s, pool, 1);
  }
  pools.running[pool] = running + 1;
  if (held >= 0) {
    s.executor.resumeAttempt(attempt);
    return;
  }
  attempts.task[attempt] = task;
  attempts.begunAt[attempt] = meter.now;
  tasks.attempt[task] = attempt;
  tasks.attempts[task]!++;
  // Whoever watches the task's patience finds it gone.
  tasks.stamp[task]!++;
  meter.starts[pool]!++;
  s.executor.startAttempt(attempt);
  // The second copy has no third.
  if (s.hedges && tasks.copy[task] === 0 && graphOf(s, task).hedges?.[tasks.spec[task]!] !== undefined) {
    s.executor.startHedge(attempt, attempts.stamp[attempt]!);
  }
  if (special && pools.scaledAlways[pool] === 1) askScale(s, pool);
}

function beginSpecial(s: EngineState, task: number, attempt: number, pool: number, anew: boolean): void {
  const { pools, tasks } = s;
  if (pools.tracked[pool] === 1) tasks.place[task] = pools.runners[pool]!.push(task) - 1;
  if (anew && pools.limited[pool] === 1) takeToken(s, pool);
  if (pools.free[pool] !== null) occupy(s, task, pool, attempt);
  if (pools.retires[pool] === 1) pools.idleServers[pool]!.pop();
}

/** Takes a running task off its server; what becomes of it is the caller's. */
export function leave(s: EngineState, task: number, attempt: number, pool: number): void {
  leaveServer(s, task, attempt, pool);
  freeServerOf(s, attempt, pool);
}

/** The task runs no more, but its attempt still holds the server. */
export function leaveServer(s: EngineState, task: number, attempt: number, pool: number): void {
  const { pools, tasks, attempts } = s;
  // As in queues: an idle pool is exactly idle.
  if (s.countsWork) {
    const alone = pools.running[pool] === 1;
    pools.runningWork[pool] = alone ? 0 : pools.runningWork[pool]! - tasks.size[task]!;
    pools.startedSum[pool] = alone ? 0 : pools.startedSum[pool]! - attempts.startedAt[attempt]!;
  }
  if (pools.tracked[pool] === 0) return;
  const runners = pools.runners[pool]!;
  const last = runners.pop()!;
  if (last === task) return;
  runners[tasks.place[task]!] = last;
  tasks.place[last] = tasks.place[task]!;
}

/** The attempt's server has nothing to do any more. */
export function freeServerOf(s: EngineState, attempt: number, pool: number): void {
  const { pools, meter } = s;
  settle(s, pool);
  const special = pools.special[pool] === 1;
  // A server that was let go while it was busy goes off now.
  const goes =
    special && pools.scaling[pool] === 1 && pools.free[pool] === null && pools.busy(pool) > pools.on[pool]!;
  if (special && pools.free[pool] !== null) vacate(s, pool, attempt);
  if (goes) meter.settleServers(pool, pools.switchedOn(pool), pools.starting[pool]!);
  const running = --pools.running[pool]!;
  if (s.pays) {
    s.running--;
    const crowded = pools.sharing[pool] === 1 && running >= pools.online[pool]!;
    if (s.running === 0 || goes) {
      if (s.paysIdle || s.running > 0) chargeAll(s);
      else meter.spending = 0;
    } else if (!crowded && pools.free[pool] === null) chargeServer(s, pool, -1);
  }
  if (!special) return;
  settleIdle(s, pool);
  if (pools.scaledAlways[pool] === 1) askScale(s, pool);
}

/** Where servers go off when they have been idle too long: those that have become idle are so from now on, each with a number. */
export function settleIdle(s: EngineState, pool: number): void {
  const { pools } = s;
  if (pools.retires[pool] === 0) return;
  const idle = pools.idleServers[pool]!;
  const count = Math.max(0, pools.online[pool]! - pools.running[pool]!);
  // Whoever has been idle longest goes first.
  while (idle.length > count) idle.shift();
  while (idle.length < count) {
    const server = s.servers++;
    idle.push(server);
    s.executor.serverIdle(pool, server);
  }
}

/** The task's attempt is over: its server and its slot are free. */
export function freeAttempt(
  s: EngineState,
  task: number,
  attempt: number,
  pool: number,
  outcome: number,
): void {
  const { tasks, attempts, meter } = s;
  s.observer?.attemptEnded(meter.now, attempt, outcome);
  leave(s, task, attempt, pool);
  departFrom(s, task);
  if (s.pools.special[pool] === 1) tasks.given[task] = 0;
  tasks.last[task] = pool;
  tasks.attempt[task] = -1;
  attempts.release(attempt);
}

/** Takes a task out of wherever it waits, or off its server. It is then done; servers that it frees are not yet served. */
export function withdraw(s: EngineState, task: number): void {
  const { tasks, queues, meter, attempts } = s;
  const state = tasks.state[task]!;
  const attempt = tasks.attempt[task]!;
  if (state === RUNNING) {
    s.executor.cancelAttempt(attempt);
    freeAttempt(s, task, attempt, attempts.pool[attempt]!, CANCELLED);
  } else if (state === WAITING) {
    const queue = tasks.queue[task]!;
    settle(s, queue);
    queues.remove(queue, task, lineOf(s, task, queue));
    queueChanged(s, queue);
    departFrom(s, task);
    if (attempt >= 0) {
      tasks.given[task] = 0;
      s.observer?.attemptEnded(meter.now, attempt, CANCELLED);
      s.executor.cancelAttempt(attempt);
      attempts.release(attempt);
      tasks.attempt[task] = -1;
    }
  }
  if (state === WAITING || state === READY) meter.waiting--;
  tasks.state[task] = DONE;
  // Whoever watches its patience, or was to be asked about it, finds it gone: its slot may live on in a workflow that is undone.
  tasks.stamp[task]!++;
}

/** A decision that is due already sees this change too. */
export function askScale(s: EngineState, pool: number): void {
  if (!s.asksScale || s.pools.scaleAsked[pool] === 1) return;
  s.pools.scaleAsked[pool] = 1;
  s.due.add(SCALE, pool, 0);
}

/** Somebody came to a queue or left it: where servers are decided after every change, that is one. */
function queueChanged(s: EngineState, queue: number): void {
  if (!s.asksScale) return;
  for (const pool of s.queues.pools[queue]!) if (s.pools.scaledAlways[pool] === 1) askScale(s, pool);
}

/** Whether a task that waits may stand in the way of others that could be served, so that its leaving lets them. */
export const blocks = ({ queues, pools }: EngineState, queue: number): boolean =>
  queues.central[queue] === 1 || pools.free[queue] !== null || pools.limited[queue] === 1;

function refill({ pools, meter }: EngineState, pool: number): void {
  const gained = pools.tokenRate[pool]! * (meter.now - pools.tokensAt[pool]!);
  pools.tokens[pool] = Math.min(pools.burst[pool]!, pools.tokens[pool]! + gained);
  pools.tokensAt[pool] = meter.now;
}

function takeToken(s: EngineState, pool: number): boolean {
  refill(s, pool);
  if (s.pools.tokens[pool]! < ONE_TOKEN) return false;
  s.pools.tokens[pool]!--;
  return true;
}

/** Where there is no token the executor is told when there will be one. */
function hasToken(s: EngineState, pool: number): boolean {
  const { pools } = s;
  refill(s, pool);
  const missing = 1 - pools.tokens[pool]!;
  if (pools.tokens[pool]! >= ONE_TOKEN) return true;
  if (pools.waking[pool] === 0) {
    pools.waking[pool] = 1;
    s.executor.wake(pool, missing / pools.tokenRate[pool]!);
  }
  return false;
}

/** Rounding of the refill must not make a token that is due a wait of nothing, for ever. */
const ONE_TOKEN = 1 - 1e-9;
