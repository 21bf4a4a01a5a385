import { assert } from "../kit/assert.js";
import { FailureError } from "../kit/errors.js";
import type { DecisionView } from "../model/decision-view.js";
import type { Scenario } from "../model/scenario.js";
import type { TaskGraph } from "../model/task-graph.js";
import { DueRing } from "./due-ring.js";
import { Meter } from "./meter.js";
import { Point } from "./point.js";
import { CANCELLED, type Executor, type Observer, SUCCEEDED } from "./ports.js";
import {
  AttemptTable,
  BACKING_OFF,
  BLOCKED,
  DONE,
  enqueue,
  FlowTable,
  nextInLine,
  PoolTable,
  READY,
  RUNNING,
  TaskTable,
  unqueue,
  WAITING,
} from "./tables.js";

const ROUTE = 0;
const DISPATCH = 1;
/** Answer of `onlyOpen` where there is a choice. */
const SEVERAL = -2;

/**
 * The orchestration engine: a state machine without a clock, randomness or I/O. It is told the time and what happened
 * (`submit`, `attemptEnded`, `backoffOver`), gives commands to its `Executor`, and asks for decisions: after each input
 * call `nextDecision` until it answers null, and `act` on each point before asking again.
 *
 * The same inputs in the same order give the same states and commands, whoever drives.
 */
export class Engine {
  readonly tasks = new TaskTable();
  readonly flows = new FlowTable();
  readonly attempts = new AttemptTable();
  readonly pools: PoolTable;
  readonly meter: Meter;
  private readonly due = new DueRing();
  private readonly point: Point;
  private pending = false;
  /** Attempts running in all pools. */
  private running = 0;
  /** Tasks placed so far: of equals in a sorted queue, who was placed first is served first. */
  private placed = 0;
  private readonly asksRoute: boolean;
  private readonly asksDispatch: boolean;

  constructor(
    scenario: Scenario,
    private readonly executor: Executor,
    timeScale: number,
    private readonly observer: Observer | null = null,
  ) {
    this.pools = new PoolTable(scenario, this.tasks);
    this.meter = new Meter(scenario.pools.length);
    this.point = new Point(this.meter, this.flows, this.tasks, this.pools, timeScale);
    this.asksRoute = scenario.decide.includes("route");
    this.asksDispatch = scenario.decide.includes("dispatch");
  }

  /**
   * A workflow is submitted.
   * @param dueAt absolute time, Infinity where there is no deadline
   * @param source who submitted it, `serial` its number there: kept for the driver, who keys its draws by them
   * @returns the workflow's handle
   */
  submit(at: number, graph: TaskGraph, dueAt: number, source: number, serial: number): number {
    const { tasks, flows, meter } = this;
    this.assertDecided();
    meter.advance(at);
    const flow = flows.allocate();
    const first = tasks.allocate(graph.count);
    flows.graph[flow] = graph;
    flows.source[flow] = source;
    flows.serial[flow] = serial;
    flows.submittedAt[flow] = at;
    flows.dueAt[flow] = dueAt;
    flows.first[flow] = first;
    flows.left[flow] = graph.count;
    flows.alive[flow] = 1;
    meter.submitted++;
    meter.workflows++;
    const { join } = graph;
    for (let n = 0; n < graph.count; n++) {
      const task = first + n;
      tasks.flow[task] = flow;
      tasks.node[task] = n;
      tasks.state[task] = BLOCKED;
      tasks.missing[task] = join[n]!;
      tasks.attempts[task] = 0;
      tasks.pool[task] = -1;
      tasks.attempt[task] = -1;
    }
    for (let n = 0; n < graph.count; n++) {
      if (join[n] === 0) this.makeReady(first + n);
      // A rejected task may have failed the whole workflow, and its slots are then no longer its own.
      if (flows.alive[flow] === 0) break;
    }
    return flow;
  }

  /** An attempt that was started has ended by itself: succeeded, failed or timed out. */
  attemptEnded(at: number, attempt: number, outcome: number): void {
    const { meter } = this;
    this.assertDecided();
    meter.advance(at);
    const task = this.attempts.task[attempt]!;
    const pool = this.attempts.pool[attempt]!;
    this.freeAttempt(attempt, outcome);
    if (outcome === SUCCEEDED) this.succeed(task);
    else {
      meter.attemptFailures++;
      this.retryOrFail(task);
    }
    this.serve(pool);
  }

  /** The back-off that the executor was told to wait is over. A stale stamp is of a task that is gone: no harm. */
  backoffOver(at: number, task: number, stamp: number): void {
    this.assertDecided();
    if (this.tasks.stamp[task] !== stamp || this.tasks.state[task] !== BACKING_OFF) return;
    this.meter.advance(at);
    this.makeReady(task);
  }

  /** The task's patience, which the executor was told to watch, is over. Stale where it has started or gone: no harm. */
  patienceOver(at: number, task: number, stamp: number): void {
    const { tasks, meter } = this;
    this.assertDecided();
    if (tasks.stamp[task] !== stamp) return;
    meter.advance(at);
    meter.abandonments++;
    this.endWorkflow(tasks.flow[task]!, false);
  }

  /** The next decision that is due, or null where there is none. Decisions of one instant come in the order they arose. */
  nextDecision(): DecisionView | null {
    if (this.pending) return this.point;
    const { due, tasks, pools, point } = this;
    while (due.size > 0) {
      due.take();
      const subject = due.subject;
      if (due.kind === ROUTE) {
        if (tasks.stamp[subject] !== due.stamp || tasks.state[subject] !== READY) continue;
        const allowed = this.allowedPools(subject);
        const open = this.onlyOpen(allowed);
        if (open !== SEVERAL) {
          this.place(subject, open);
          continue;
        }
        point.kind = "route";
        point.subject = subject;
        point.count = allowed.length;
        this.roomForCandidates(allowed.length);
        point.candidates.set(allowed);
      } else {
        pools.asked[subject] = 0;
        if (pools.running[subject]! >= pools.slots[subject]! || pools.waiting[subject] === 0) continue;
        if (pools.waiting[subject] === 1) {
          this.start(pools.head[subject]!, subject);
          continue;
        }
        point.kind = "dispatch";
        point.subject = subject;
        point.count = pools.waiting[subject]!;
        this.roomForCandidates(point.count);
        for (let t = pools.head[subject]!, i = 0; t >= 0; t = tasks.next[t]!) point.candidates[i++] = t;
      }
      this.pending = true;
      return point;
    }
    return null;
  }

  /** Takes the decision that `nextDecision` answered. */
  act(candidate: number): void {
    const { point } = this;
    assert(this.pending, "a decision was made where none was due");
    if (!Number.isInteger(candidate) || !point.allowed(candidate)) {
      throw new FailureError("BAD_DECISION", {
        what: `candidate ${candidate} was chosen, which is not allowed`,
        where: `${point.kind} decision ${point.serial} at ${point.time} s`,
        mend: `a policy must answer an allowed index from 0 to ${point.count - 1}`,
      });
    }
    this.observer?.decided(point, candidate);
    this.pending = false;
    point.serial++;
    if (point.kind === "route") this.place(point.subject, point.candidates[candidate]!);
    else {
      this.start(point.candidates[candidate]!, point.subject);
      this.serve(point.subject);
    }
  }

  /** Decisions made so far. */
  get decisions(): number {
    return this.point.serial;
  }

  allowedPools(task: number): Int32Array {
    return this.graphOf(task).pools[this.tasks.node[task]!]!;
  }

  graphOf(task: number): TaskGraph {
    return this.flows.graph[this.tasks.flow[task]!]!;
  }

  private makeReady(task: number): void {
    const { tasks, meter } = this;
    tasks.state[task] = READY;
    tasks.readyAt[task] = meter.now;
    tasks.size[task] = this.executor.sizeOf(task);
    this.observer?.taskReady?.(meter.now, task);
    meter.waiting++;
    const allowed = this.allowedPools(task);
    if (allowed.length === 1) this.place(task, allowed[0]!);
    else if (this.asksRoute) this.due.add(ROUTE, task, tasks.stamp[task]!);
    else this.place(task, this.shortestQueue(allowed));
  }

  /** The one pool that is not full, the first of all where every one is, or `SEVERAL`: only then is there a choice. */
  private onlyOpen(allowed: Int32Array): number {
    let open = -1;
    for (let i = 0; i < allowed.length; i++) {
      if (this.isFull(allowed[i]!)) continue;
      if (open >= 0) return SEVERAL;
      open = allowed[i]!;
    }
    return open < 0 ? allowed[0]! : open;
  }

  private isFull(pool: number): boolean {
    const { running, waiting, capacity } = this.pools;
    return running[pool]! + waiting[pool]! >= capacity[pool]!;
  }

  /** Where nobody is asked: fewest tasks in the pool for each server, the first of equals. */
  private shortestQueue(allowed: Int32Array): number {
    const { running, waiting, servers } = this.pools;
    let best = allowed[0]!;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < allowed.length; i++) {
      const pool = allowed[i]!;
      const load = (running[pool]! + waiting[pool]!) / servers[pool]!;
      if (load < least && !this.isFull(pool)) {
        least = load;
        best = pool;
      }
    }
    return best;
  }

  private place(task: number, pool: number): void {
    const { pools, tasks } = this;
    if (this.isFull(pool)) {
      this.reject(task);
      return;
    }
    tasks.pool[task] = pool;
    this.settle(pool);
    if (pools.sorted[pool] !== null) {
      tasks.order[task] = this.placed++;
      tasks.rank[task] = this.rankOf(task, pool);
    }
    if (pools.waiting[pool] === 0 && pools.running[pool]! < pools.slots[pool]!) {
      this.begin(task, pool);
      return;
    }
    const busy = pools.running[pool]! >= pools.slots[pool]!;
    if (pools.preemptive[pool] === 1 && busy && this.preempt(pool, tasks.rank[task]!)) {
      this.begin(task, pool);
      return;
    }
    tasks.state[task] = WAITING;
    enqueue(pools, tasks, pool, task);
    if (this.graphOf(task).scheduleToStart?.[tasks.node[task]!] !== undefined) {
      this.executor.startPatience(task, tasks.stamp[task]!);
    }
    this.serve(pool);
  }

  /** The pool is full: this counts as an attempt, and only a back-off makes another try worth it. */
  private reject(task: number): void {
    const { tasks, meter } = this;
    meter.rejections++;
    meter.waiting--;
    tasks.attempts[task]!++;
    tasks.state[task] = BLOCKED;
    const { attempts, backoff } = this.graphOf(task).retry[tasks.node[task]!]!;
    const pointless = backoff.first === 0 && backoff.draw === undefined;
    if (pointless || tasks.attempts[task]! >= attempts) {
      tasks.state[task] = DONE;
      this.endWorkflow(tasks.flow[task]!, false);
    } else this.retryOrFail(task);
  }

  /** What a sorted queue is ordered by: less is served first. */
  private rankOf(task: number, pool: number): number {
    const { discipline } = this.pools;
    const byPriority = discipline[pool] === "priority" || discipline[pool] === "priority-preemptive";
    return byPriority ? -this.graphOf(task).priority : this.tasks.size[task]!;
  }

  /** Takes the server of the least urgent running task, if `rank` is more urgent than that. */
  private preempt(pool: number, rank: number): boolean {
    const { pools, tasks, meter, attempts } = this;
    const remaining = pools.discipline[pool] === "srpt";
    let victim = -1;
    let worst = rank;
    for (const task of pools.runners[pool]!) {
      const done = remaining
        ? pools.speed[pool]! * (meter.now - attempts.startedAt[tasks.attempt[task]!]!)
        : 0;
      const current = tasks.rank[task]! - done;
      const later = victim >= 0 && current === worst && tasks.order[task]! > tasks.order[victim]!;
      if (current > worst || later) {
        worst = current;
        victim = task;
      }
    }
    if (victim < 0) return false;
    this.pause(victim, pool);
    return true;
  }

  /** Puts a running task back into its queue, to go on later where it was. */
  private pause(task: number, pool: number): void {
    const { pools, tasks, meter, attempts } = this;
    const attempt = tasks.attempt[task]!;
    this.executor.pauseAttempt(attempt);
    attempts.stamp[attempt]!++;
    this.leaveServer(task, attempt, pool);
    const done = pools.speed[pool]! * (meter.now - attempts.startedAt[attempt]!);
    tasks.size[task] = Math.max(0, tasks.size[task]! - done);
    if (pools.discipline[pool] === "srpt") tasks.rank[task] = tasks.size[task]!;
    tasks.state[task] = WAITING;
    meter.waiting++;
    enqueue(pools, tasks, pool, task);
  }

  /** Fills the pool's free servers from its queue, or asks who is next. */
  private serve(pool: number): void {
    const { pools } = this;
    while (pools.running[pool]! < pools.slots[pool]! && pools.waiting[pool]! > 0) {
      if (this.asksDispatch && pools.waiting[pool]! > 1) {
        if (pools.asked[pool] === 0) {
          pools.asked[pool] = 1;
          this.due.add(DISPATCH, pool, 0);
        }
        return;
      }
      // A question that is already due takes this server too: who comes now may be better than who waited.
      if (pools.asked[pool] === 1) return;
      this.start(nextInLine(pools, pool), pool);
    }
  }

  /** Takes a waiting task into service. */
  private start(task: number, pool: number): void {
    this.settle(pool);
    unqueue(this.pools, this.tasks, pool, task);
    this.begin(task, pool);
  }

  private settle(pool: number): void {
    const { running, waiting, servers } = this.pools;
    this.meter.settle(pool, Math.min(running[pool]!, servers[pool]!), waiting[pool]!);
  }

  /** Begins an attempt on a free server of a pool that is settled, or goes on with one that was stopped. */
  private begin(task: number, pool: number): void {
    const { pools, tasks, attempts, meter } = this;
    assert(pools.running[pool]! < pools.slots[pool]!, "a pool runs more than it has servers");
    const held = tasks.attempt[task]!;
    const attempt = held < 0 ? attempts.allocate() : held;
    attempts.startedAt[attempt] = meter.now;
    tasks.state[task] = RUNNING;
    pools.runningWork[pool]! += tasks.size[task]!;
    pools.startedSum[pool]! += meter.now;
    if (pools.preemptive[pool] === 1) tasks.place[task] = pools.runners[pool]!.push(task) - 1;
    meter.waiting--;
    if (pools.running[pool]! < pools.servers[pool]!) meter.spending += pools.price[pool]!;
    pools.running[pool]!++;
    this.running++;
    if (held >= 0) {
      this.executor.resumeAttempt(attempt);
      return;
    }
    attempts.task[attempt] = task;
    attempts.pool[attempt] = pool;
    attempts.begunAt[attempt] = meter.now;
    tasks.attempt[task] = attempt;
    tasks.attempts[task]!++;
    // Whoever watches the task's patience finds it gone.
    tasks.stamp[task]!++;
    meter.attempts++;
    this.executor.startAttempt(attempt);
  }

  /** Takes a running task off its server; what becomes of it is the caller's. */
  private leaveServer(task: number, attempt: number, pool: number): void {
    const { pools, tasks, attempts, meter } = this;
    this.settle(pool);
    // As in `unqueue`: an idle pool is exactly idle.
    if (--pools.running[pool]! === 0) {
      pools.runningWork[pool] = 0;
      pools.startedSum[pool] = 0;
    } else {
      pools.runningWork[pool]! -= tasks.size[task]!;
      pools.startedSum[pool]! -= attempts.startedAt[attempt]!;
    }
    if (--this.running === 0) meter.spending = 0;
    else if (pools.running[pool]! < pools.servers[pool]!) meter.spending -= pools.price[pool]!;
    if (pools.preemptive[pool] === 1) {
      const runners = pools.runners[pool]!;
      const last = runners.pop()!;
      if (last !== task) {
        runners[tasks.place[task]!] = last;
        tasks.place[last] = tasks.place[task]!;
      }
    }
  }

  private freeAttempt(attempt: number, outcome: number): void {
    const { tasks, attempts, meter } = this;
    const task = attempts.task[attempt]!;
    this.observer?.attemptEnded(meter.now, attempt, outcome);
    this.leaveServer(task, attempt, attempts.pool[attempt]!);
    tasks.attempt[task] = -1;
    tasks.pool[task] = -1;
    attempts.release(attempt);
  }

  private succeed(task: number): void {
    const { tasks, flows } = this;
    const flow = tasks.flow[task]!;
    const graph = flows.graph[flow]!;
    const node = tasks.node[task]!;
    const first = flows.first[flow]!;
    tasks.state[task] = DONE;
    if (--flows.left[flow]! === 0) {
      this.endWorkflow(flow, true);
      return;
    }
    for (let e = graph.firstChild[node]!; e < graph.firstChild[node + 1]!; e++) {
      const child = first + graph.child[e]!;
      // Exactly the parent that completes the join makes the child ready; later ones find it on its way.
      if (--tasks.missing[child]! === 0) this.makeReady(child);
      if (flows.alive[flow] === 0) return;
    }
  }

  private retryOrFail(task: number): void {
    const { tasks } = this;
    const { attempts, backoff } = this.graphOf(task).retry[tasks.node[task]!]!;
    const made = tasks.attempts[task]!;
    if (made >= attempts) {
      tasks.state[task] = DONE;
      this.endWorkflow(tasks.flow[task]!, false);
      return;
    }
    const drawn = backoff.draw !== undefined;
    const delay = drawn ? -1 : Math.min(backoff.cap, backoff.first * backoff.factor ** (made - 1));
    tasks.state[task] = BACKING_OFF;
    if (delay !== 0) this.executor.backOff(task, tasks.stamp[task]!, delay, backoff.jitter);
    else this.makeReady(task);
  }

  private endWorkflow(flow: number, succeeded: boolean): void {
    const { flows, tasks, meter } = this;
    const late = meter.now - flows.dueAt[flow]!;
    if (succeeded) meter.succeeded++;
    else meter.failures++;
    if (late > 0) meter.tardiness += late;
    if (late > 0 || (!succeeded && flows.dueAt[flow]! < Number.POSITIVE_INFINITY)) meter.deadlineMisses++;
    meter.workflows--;
    flows.alive[flow] = 0;
    const first = flows.first[flow]!;
    const { count } = flows.graph[flow]!;
    if (!succeeded) {
      // What waits goes first: a server that is freed below must not take up another task of this workflow.
      for (let t = first; t < first + count; t++) if (tasks.state[t] !== RUNNING) this.withdraw(t);
      for (let t = first; t < first + count; t++) if (tasks.state[t] === RUNNING) this.stop(t);
    }
    this.executor.workflowEnded(flow, succeeded);
    this.observer?.workflowEnded(meter.now, flow, succeeded);
    tasks.release(first, count);
    flows.release(flow);
  }

  /** Takes a task that does not run out of wherever it is. */
  private withdraw(task: number): void {
    const { tasks, pools, meter } = this;
    const state = tasks.state[task]!;
    if (state === WAITING) {
      const pool = tasks.pool[task]!;
      this.settle(pool);
      unqueue(pools, tasks, pool, task);
      const held = tasks.attempt[task]!;
      if (held >= 0) {
        this.observer?.attemptEnded(meter.now, held, CANCELLED);
        this.executor.cancelAttempt(held);
        this.attempts.release(held);
        tasks.attempt[task] = -1;
      }
    }
    if (state === WAITING || state === READY) meter.waiting--;
    tasks.state[task] = DONE;
  }

  private stop(task: number): void {
    const { tasks } = this;
    const attempt = tasks.attempt[task]!;
    const pool = tasks.pool[task]!;
    this.executor.cancelAttempt(attempt);
    this.freeAttempt(attempt, CANCELLED);
    tasks.state[task] = DONE;
    this.serve(pool);
  }

  /** What a pending decision shows must not change under whoever makes it. */
  private assertDecided(): void {
    assert(!this.pending, "something happened while a decision was pending");
  }

  private roomForCandidates(count: number): void {
    const { point } = this;
    if (count > point.candidates.length) point.candidates = new Int32Array(count * 2);
  }
}
