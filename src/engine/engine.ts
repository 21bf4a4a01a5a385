import { assert } from "../kit/assert.js";
import { FailureError } from "../kit/errors.js";
import {
  type DecisionView,
  DUPLICATE,
  GIVE_UP,
  NONE,
  OTHER_POOL,
  START,
  WAIT,
  YES,
} from "../model/decision-view.js";
import type { Interrupted, Scenario } from "../model/scenario.js";
import { COPIED, STRAGGLING } from "./attempt-table.js";
import {
  drain,
  outageBegan,
  outageEnded,
  scaleTo,
  serverBroke,
  serverBrokeUnder,
  serverMended,
  serverRetires,
  serverStarted,
  speedChanged,
} from "./capacity.js";
import { AT_THE_DOOR, COMPENSATING, LIVE } from "./flow-table.js";
import { Point } from "./point.js";
import type { Executor, Observer, Submission } from "./ports.js";
import {
  admit,
  allocateFlow,
  attemptOver,
  cancelFlow,
  cleanedUp,
  deny,
  fail,
  failFlow,
  makeCopy,
  makeReady,
  patienceOver,
  placeOrReject,
  retryTask,
  shuns,
  shunsOne,
  sizeOf,
  submitFlow,
  takeBranch,
} from "./progress.js";
import { ADMIT, BRANCH, DISPATCH, EngineState, HEDGE, RETRY, ROUTE } from "./state.js";
import {
  arriveAt,
  askScale,
  begin,
  graphOf,
  holdAll,
  isFull,
  mayStart,
  reconsider,
  serve,
  settle,
  settleIdle,
  start,
} from "./stations.js";
import { ASKING, BACKING_OFF, OTHER, READY, RUNNING, SAME } from "./task-table.js";

/**
 * The orchestration engine: a state machine without a clock of its own, randomness or I/O. It is told what happened, reads on its
 * `Executor`'s clock when, gives commands to it, and asks for decisions: after each input call `nextDecision` until it answers null,
 * and `act` on each point before asking again.
 *
 * The same inputs in the same order give the same states and commands, whoever drives.
 */
export class Engine {
  readonly state: EngineState;
  /** Parts of the state, for drivers and listeners to read. */
  readonly tasks: EngineState["tasks"];
  readonly flows: EngineState["flows"];
  readonly attempts: EngineState["attempts"];
  readonly pools: EngineState["pools"];
  readonly queues: EngineState["queues"];
  readonly meter: EngineState["meter"];
  /** The decision that is due while `pending`. Its view, for whoever is asked; its fields are for snapshots only. */
  readonly point: Point;
  pending = false;

  constructor(
    scenario: Scenario,
    executor: Executor,
    {
      timeScale,
      observer = null,
      sources = scenario.workflows.length,
      types = 0,
    }: {
      /** Typical task work, seconds: the unit in which features measure time. */
      readonly timeScale: number;
      readonly observer?: Observer | null;
      /** How many sources bring workflows, and how many task types are known at the start. */
      readonly sources?: number;
      readonly types?: number;
    },
  ) {
    this.state = new EngineState(scenario, executor, observer, sources, types);
    const { tasks, flows, attempts, pools, queues, meter } = this.state;
    this.tasks = tasks;
    this.flows = flows;
    this.attempts = attempts;
    this.pools = pools;
    this.queues = queues;
    this.meter = meter;
    this.point = new Point(this.state, timeScale);
  }

  // ---------------------------------------------------------------------------------------------- what happened

  /**
   * A workflow is submitted.
   * @returns the workflow's handle
   */
  submit(submission: Submission): number {
    const { graph, source, serial } = submission;
    const s = this.begin();
    const flow = allocateFlow(s, graph, source, serial, serial);
    s.flows.dueAt[flow] = submission.dueAt;
    submitFlow(s, flow);
    return flow;
  }

  /** An attempt that was started has ended by itself: succeeded, failed or timed out. */
  attemptEnded(attempt: number, outcome: number): void {
    attemptOver(this.begin(), attempt, outcome);
  }

  /** The back-off that the executor was told to wait is over. A stale stamp is of a task that is gone: no harm. */
  backoffOver(task: number, stamp: number): void {
    this.assertDecided();
    const { tasks } = this.state;
    if (tasks.stamp[task] !== stamp || tasks.state[task] !== BACKING_OFF) return;
    makeReady(this.begin(), task);
  }

  /** The task's patience, which the executor was told to watch, is over. Stale where it has started or gone: no harm. */
  patienceOver(task: number, stamp: number): void {
    this.assertDecided();
    if (this.state.tasks.stamp[task] === stamp) patienceOver(this.begin(), task);
  }

  /** The workflow's time is over: it is cancelled and has failed. */
  workflowTimedOut(flow: number, stamp: number): void {
    this.assertDecided();
    const { flows } = this.state;
    if (flows.stamp[flow] !== stamp || flows.state[flow] === COMPENSATING) return;
    const s = this.begin();
    s.meter.timeouts++;
    if (flows.state[flow] === LIVE) failFlow(s, flow);
    else cancelFlow(s, flow);
  }

  /** A workflow is cancelled from outside: all that it holds is released, and nothing is undone. */
  cancelWorkflow(flow: number, stamp: number): void {
    this.assertDecided();
    if (this.state.flows.stamp[flow] === stamp) cancelFlow(this.begin(), flow);
  }

  /** An attempt is late: it may have a second copy. */
  hedgeDue(attempt: number, stamp: number): void {
    this.assertDecided();
    const { attempts, due, asksHedge } = this.state;
    if (attempts.stamp[attempt] !== stamp) return;
    const task = attempts.task[attempt]!;
    if (attempts.is(COPIED, attempt)) return;
    const s = this.begin();
    s.meter.hedges++;
    if (asksHedge) due.add(HEDGE, attempt, stamp);
    else makeReady(s, makeCopy(s, task));
  }

  /** A cancelled copy has let go of its server. */
  cleanedUp(attempt: number, stamp: number): void {
    this.assertDecided();
    if (this.state.attempts.stamp[attempt] === stamp) cleanedUp(this.begin(), attempt);
  }

  /** What is left of an attempt will take longer than was thought: policies may see it, and servers may be given anew. */
  straggles(attempt: number): void {
    const s = this.begin();
    s.attempts.mark(STRAGGLING, attempt);
    const queue = s.pools.queue[s.attempts.pool[attempt]!]!;
    if (s.queues.duplicates[queue] === 1) serve(s, queue);
  }

  /** A server has changed over to the type of the attempt that it was given: who it takes up may be thought over. */
  changedOver(attempt: number): void {
    const s = this.begin();
    reconsider(s, s.attempts.task[attempt]!);
  }

  /** A pool's bucket has a token again. */
  tokensBack(pool: number): void {
    const s = this.begin();
    s.pools.waking[pool] = 0;
    serve(s, s.pools.queue[pool]!);
  }

  /** @param which uniform in (0, 1): picks which of the servers that were up it is */
  serverBroke(pool: number, which: number, how: Interrupted): void {
    serverBroke(this.begin(), pool, which, how);
  }

  serverBrokeUnder(attempt: number, how: Interrupted): void {
    serverBrokeUnder(this.begin(), attempt, how);
  }

  serverMended(pool: number): void {
    serverMended(this.begin(), pool);
  }

  outage(pool: number, began: boolean, how: Interrupted): void {
    if (began) outageBegan(this.begin(), pool, how);
    else outageEnded(this.begin(), pool);
  }

  drain(pool: number, began: boolean): void {
    drain(this.begin(), pool, began ? 1 : -1);
  }

  /**
   * @param factor of the pool's own speed
   * @param shown the same, as policies are to see it
   */
  speedChanged(pool: number, factor: number, shown = factor): void {
    speedChanged(this.begin(), pool, factor, shown);
  }

  /** Arrivals of a source, whose phase is observed, are in another phase, with another rate per second. */
  arrivalPhase(source: number, phase: number, rate: number): void {
    const s = this.begin();
    s.arrivalPhase[source] = phase;
    s.arrivalRate[source] = rate;
    for (let p = 0; p < s.pools.count; p++) if (s.pools.scaledAlways[p] === 1) askScale(s, p);
  }

  /** It is time to decide how many servers a pool is to have. */
  scaleDue(pool: number): void {
    askScale(this.begin(), pool);
  }

  /** A run begins: servers that go off when they have been idle too long are so from now on. */
  serversIdle(pool: number): void {
    settleIdle(this.state, pool);
  }

  serverStarted(pool: number, server: number): void {
    serverStarted(this.begin(), pool, server);
  }

  serverRetires(pool: number, server: number): void {
    serverRetires(this.begin(), pool, server);
  }

  // ---------------------------------------------------------------------------------------------- what is decided

  /** The next decision that is due, or null where there is none. Decisions of one instant come in the order they arose. */
  nextDecision(): DecisionView | null {
    if (this.pending) return this.point;
    const { due } = this.state;
    while (due.size > 0) {
      due.take();
      if (!this.prepare(due.kind, due.subject, due.stamp)) continue;
      this.pending = true;
      return this.point;
    }
    return null;
  }

  /** Takes the decision that `nextDecision` answered. */
  act(candidate: number): void {
    const { point, state: s } = this;
    assert(this.pending, "a decision was made where none was due");
    if (!Number.isInteger(candidate) || !point.allowed(candidate)) throw badDecision(point, candidate);
    s.observer?.decided(point, candidate);
    this.pending = false;
    point.serial++;
    switch (point.kind) {
      case "route":
        placeOrReject(s, point.subject, s.pools.queue[point.pool(candidate)]!);
        break;
      case "dispatch":
        this.dispatch(candidate);
        break;
      case "admit":
        if (point.option(candidate) === YES) admit(s, point.subject);
        else deny(s, point.subject);
        break;
      case "branch":
        takeBranch(s, point.subject, point.option(candidate));
        break;
      case "retry": {
        const option = point.option(candidate);
        if (option === GIVE_UP) fail(s, point.subject);
        else retryTask(s, point.subject, option === OTHER_POOL ? OTHER : SAME);
        break;
      }
      case "hedge":
        if (point.option(candidate) === YES) makeReady(s, makeCopy(s, point.task(candidate)));
        break;
      case "scale":
        scaleTo(s, point.subject, point.option(candidate));
    }
  }

  /** Decisions made so far. */
  get decisions(): number {
    return this.point.serial;
  }

  /** What a pending decision shows must not change under whoever makes it. */
  private assertDecided(): void {
    assert(!this.pending, "something happened while a decision was pending");
  }

  /** Something happened that is not stale: time moves on to it. */
  private begin(): EngineState {
    this.assertDecided();
    this.state.meter.follow(this.state.executor.clock);
    return this.state;
  }

  /** Sets the point to a decision that was due. False where it has become stale, or there turned out to be no choice. */
  private prepare(kind: number, subject: number, stamp: number): boolean {
    const { state: s, point } = this;
    const { tasks, flows, attempts, pools } = s;
    point.subject = subject;
    switch (kind) {
      case ROUTE:
        if (tasks.stamp[subject] !== stamp || tasks.state[subject] !== READY) return false;
        return this.prepareRoute(subject);
      case DISPATCH:
        s.queues.asked[subject] = 0;
        return s.queues.central[subject] === 1 ? this.prepareCentral(subject) : this.prepareDispatch(subject);
      case ADMIT:
        if (flows.stamp[subject] !== stamp || flows.state[subject] !== AT_THE_DOOR) return false;
        point.set("admit", 2, flows.first[subject]!, NONE);
        return true;
      case BRANCH:
        if (tasks.stamp[subject] !== stamp || tasks.state[subject] !== ASKING) return false;
        point.set(
          "branch",
          graphOf(s, subject).bodies![tasks.node[subject]!]!.variants!.length,
          subject,
          NONE,
        );
        return true;
      case RETRY:
        if (tasks.stamp[subject] !== stamp || tasks.state[subject] !== ASKING) return false;
        point.set("retry", 3, subject, tasks.last[subject]!);
        return true;
      case HEDGE: {
        const task = attempts.task[subject]!;
        if (attempts.stamp[subject] !== stamp || task < 0 || attempts.is(COPIED, subject)) return false;
        point.set("hedge", 2, task, attempts.pool[subject]!);
        return true;
      }
      default:
        pools.scaleAsked[subject] = 0;
        point.set("scale", pools.most[subject]! - pools.least[subject]! + 1, NONE, subject);
        point.least = pools.least[subject]!;
        return point.count > 1;
    }
  }

  private prepareRoute(task: number): boolean {
    const { state: s, point } = this;
    const { pools, queues, tasks } = s;
    const allowed = graphOf(s, task).pools[tasks.spec[task]!]!;
    // Where nothing can be closed, full, shared or shunned, nothing is looked at.
    if (queues.allOpen && pools.closed === 0 && !shunsOne(tasks, task) && allowed.length > 1) {
      point.setWholeRoute(task, allowed);
      return true;
    }
    point.reserve(allowed.length);
    let count = 0;
    let free = 0;
    let last = -1;
    let open = false;
    for (let i = 0; i < allowed.length; i++) {
      const pool = allowed[i]!;
      if (shuns(s, task, pool)) continue;
      const queue = pools.queue[pool]!;
      // The pools of a central queue are one candidate: the first of them that is open stands for it.
      const held = queues.central[queue] === 1 ? this.candidateOf(queue, count) : NONE;
      if (held !== NONE) {
        if (!pools.open(point.pools_[held]!)) point.pools_[held] = pool;
        open ||= pools.open(pool) && !isFull(s, queue);
        continue;
      }
      point.pools_[count++] = pool;
      if (isFull(s, queue)) continue;
      free++;
      last = pool;
      open ||= pools.open(pool);
    }
    if (free <= 1) {
      placeOrReject(s, task, pools.queue[free === 1 ? last : allowed[0]!]!);
      return false;
    }
    point.set("route", count, task, NONE);
    // Where some pool is open, those that are closed are no candidates.
    point.onlyOpen = open;
    return true;
  }

  /** The one of so many candidates that stands for the central queue; NONE where none does. */
  private candidateOf(queue: number, count: number): number {
    for (let i = 0; i < count; i++) if (this.state.pools.queue[this.point.pools_[i]!] === queue) return i;
    return NONE;
  }

  private prepareDispatch(pool: number): boolean {
    const { state: s, point } = this;
    const { pools, queues, tasks } = s;
    if (pools.running[pool]! >= pools.slots[pool]! || queues.waiting[pool] === 0) return false;
    point.reserve(queues.waiting[pool]!);
    let count = 0;
    for (let t = queues.head[pool]!; t >= 0; t = tasks.next[t]!) {
      // One that was stopped may go on without a token where others need one.
      const all = pools.free[pool] === null && pools.limited[pool] !== 1;
      if (all || mayStart(s, t, pool)) point.tasks_[count++] = t;
    }
    if (count === 0 || !mayStart(s, point.tasks_[0]!, pool)) return false;
    if (count === 1) {
      start(s, point.tasks_[0]!, pool);
      serve(s, pool);
      return false;
    }
    point.set("dispatch", count, NONE, pool);
    return true;
  }

  private prepareCentral(queue: number): boolean {
    const { state: s, point } = this;
    const { queues } = s;
    if (queues.inRound[queue] === 0 && queues.reallocates[queue] === 1) holdAll(s, queue);
    queues.inRound[queue] = 1;
    while (!this.gatherPairs(queue)) {
      // Nothing is left to choose: one pair is taken, or none, and the round is over.
      if (point.count === 0) {
        queues.inRound[queue] = 0;
        return false;
      }
      start(s, point.tasks_[0]!, point.pools_[0]!);
    }
    return true;
  }

  /** Sets the point to the pairs of a central queue. False where there is no choice: `count` is then 0 or 1. */
  private gatherPairs(queue: number): boolean {
    const { state: s, point } = this;
    const { queues, pools, tasks, attempts } = s;
    let count = 0;
    for (const line of queues.lines[queue]!) {
      if (line === undefined || line.size === 0) continue;
      const task = line.first;
      for (const pool of queues.pools[queue]!) {
        if (!mayStart(s, task, pool)) continue;
        point.reserve(count + 1);
        point.add(count++, task, pool, START);
      }
    }
    const starts = count;
    if (queues.duplicates[queue] === 1) {
      for (const pool of queues.pools[queue]!) {
        if (pools.running[pool]! >= pools.slots[pool]!) continue;
        for (const other of queues.pools[queue]!) {
          for (const task of pools.runners[other]!) {
            const whole = tasks.copy[task] === 0 && !attempts.is(COPIED, tasks.attempt[task]!);
            if (!whole || !mayStart(s, task, pool, true)) continue;
            point.reserve(count + 1);
            point.add(count++, task, pool, DUPLICATE);
          }
        }
      }
    }
    const idling = queues.idling[queue] === 1;
    if (count === 0 || (starts === 1 && count === 1 && !idling)) {
      point.count = count;
      return false;
    }
    if (idling || count > starts) {
      point.reserve(count + 1);
      point.add(count++, NONE, NONE, WAIT);
    }
    point.set("dispatch", count, NONE, NONE);
    point.mustStart = !idling && starts > 0;
    point.pairs = true;
    return true;
  }

  private dispatch(candidate: number): void {
    const { state: s, point } = this;
    const task = point.task(candidate);
    const pool = point.pool(candidate);
    const option = point.option(candidate);
    if (!point.pairs) {
      start(s, task, pool);
      serve(s, pool);
      return;
    }
    const queue = point.subject;
    if (option === WAIT) {
      s.queues.inRound[queue] = 0;
      return;
    }
    if (option === START) start(s, task, pool);
    else {
      const copy = makeCopy(s, task);
      s.tasks.state[copy] = RUNNING;
      s.tasks.readyAt[copy] = s.meter.now;
      s.tasks.size[copy] = sizeOf(s, copy);
      s.tasks.queue[copy] = queue;
      // Where it stands in line if its server is lost.
      s.tasks.rank[copy] = s.tasks.rank[task]!;
      s.tasks.order[copy] = s.placed++;
      s.meter.waiting++;
      if (s.countsTypes) arriveAt(s, copy);
      settle(s, pool);
      begin(s, copy, pool);
    }
    s.queues.asked[queue] = 1;
    s.due.add(DISPATCH, queue, 0);
  }
}

/** @param answer what should have been the index of an allowed candidate */
function badDecision(point: DecisionView, answer: unknown): FailureError {
  const last = point.count - 1;
  const isCandidate = Number.isInteger(answer) && (answer as number) >= 0 && (answer as number) <= last;
  const shown = typeof answer === "string" ? JSON.stringify(answer) : String(answer);
  return new FailureError("BAD_DECISION", {
    what: isCandidate
      ? `candidate ${shown} was chosen, which must not be taken now`
      : `${shown} was answered, and the candidates are 0 to ${last}`,
    where: `${point.kind} decision ${point.serial} at ${point.time} s`,
    mend: `a policy must answer an index from 0 to ${last} that \`view.allowed\` says true of`,
  });
}
