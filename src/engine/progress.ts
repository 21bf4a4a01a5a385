import { childKey } from "../kit/random.js";
import { ON_FAILURE, ON_SUCCESS, type TaskGraph, VALUE, WHEN_DONE } from "../model/task-graph.js";
import { COPIED } from "./attempt-table.js";
import { AT_THE_DOOR, COMPENSATING, GONE, LIVE } from "./flow-table.js";
import { CANCELLED, SUCCEEDED } from "./ports.js";
import { ADMIT, BRANCH, type EngineState, RETRY, ROUTE } from "./state.js";
import {
  blocks,
  departFrom,
  freeAttempt,
  freeServerOf,
  graphOf,
  isFull,
  leaveServer,
  place,
  serve,
  withdraw,
} from "./stations.js";
import {
  ANYWHERE,
  ASKING,
  BACKING_OFF,
  BLOCKED,
  DELEGATED,
  DONE,
  EXPANDED,
  OTHER,
  READY,
  RUNNING,
  SAME,
  TO_UNDO,
  WAITING,
} from "./task-table.js";

/** What follows: a task becomes ready, an attempt has ended, a task has succeeded or failed, a workflow is over. */

/** The second copy of attempt n counts as attempt n + COPY, so that its draws are its own. */
export const COPY = 0x4000;

// ------------------------------------------------------------------------------------------------ workflows come

/** A workflow as it comes; its tasks are blocked. */
export function allocateFlow(
  s: EngineState,
  graph: TaskGraph,
  source: number,
  serial: number,
  key: number,
): number {
  const { tasks, flows, meter } = s;
  const flow = flows.allocate();
  const first = tasks.allocate(graph.count);
  flows.graph[flow] = graph;
  flows.source[flow] = source;
  flows.serial[flow] = serial;
  flows.key[flow] = key;
  flows.submittedAt[flow] = meter.now;
  flows.first[flow] = first;
  flows.left[flow] = graph.count;
  const { join, plain } = graph;
  for (let n = 0; n < graph.count; n++) {
    const task = first + n;
    tasks.flow[task] = flow;
    tasks.node[task] = n;
    tasks.spec[task] = n;
    tasks.state[task] = BLOCKED;
    tasks.missing[task] = join[n]!;
    tasks.attempts[task] = 0;
  }
  if (!plain || s.steers) prepareSpecial(s, flow);
  return flow;
}

/** What only workflows need that are more than plain work. A slot that was never one of those has it from the start. */
function prepareSpecial({ tasks, flows }: EngineState, flow: number): void {
  const { count, firstParent } = flows.graph[flow]!;
  const first = flows.first[flow]!;
  flows.value[flow] = -1;
  for (let n = 0; n < count; n++) {
    tasks.undecided[first + n] = firstParent[n + 1]! - firstParent[n]!;
    tasks.steer[first + n] = ANYWHERE;
  }
}

/** A workflow of its own is submitted: taken in, or for the policy to admit. */
export function submitFlow(s: EngineState, flow: number): void {
  s.meter.submittedOf[s.flows.source[flow]!]!++;
  if (s.asksAdmit) {
    s.flows.state[flow] = AT_THE_DOOR;
    s.due.add(ADMIT, flow, s.flows.stamp[flow]!);
  } else admit(s, flow);
}

export function admit(s: EngineState, flow: number): void {
  const { flows, meter } = s;
  flows.state[flow] = LIVE;
  meter.enter(flows.source[flow]!);
  if (flows.graph[flow]!.timeLimit !== null) s.executor.startTimeout(flow, flows.stamp[flow]!);
  readyRoots(s, flow);
}

export function deny(s: EngineState, flow: number): void {
  const { flows, meter } = s;
  meter.denialsOf[flows.source[flow]!]!++;
  s.executor.workflowEnded(flow, false);
  s.observer?.workflowEnded(meter.now, flow, false);
  release(s, flow);
}

/** The workflow's slot and those of its tasks are free. */
function release({ flows, tasks }: EngineState, flow: number): void {
  tasks.release(flows.first[flow]!, flows.graph[flow]!.count);
  flows.release(flow);
}

function readyRoots(s: EngineState, flow: number): void {
  const { flows } = s;
  const graph = flows.graph[flow]!;
  const { join, count } = graph;
  const first = flows.first[flow]!;
  const stamp = flows.stamp[flow]!;
  for (let n = 0; n < count; n++) {
    // A task that is turned away may have failed the whole workflow, and its slots are then no longer its own.
    if (n > 0 && (flows.stamp[flow] !== stamp || flows.state[flow] !== LIVE)) return;
    if (join[n] === 0) enterTask(s, first + n, graph);
  }
}

// ------------------------------------------------------------------------------------------------ tasks become ready

/** All that the task waited for has come. */
function enterTask(s: EngineState, task: number, graph: TaskGraph): void {
  const { bodies } = graph;
  const body = bodies === null ? undefined : bodies[s.tasks.node[task]!];
  if (body === undefined) makeReady(s, task, graph);
  else if (body.variants !== undefined) {
    s.tasks.size[task] = graph.meanWork[s.tasks.spec[task]!]!;
    s.tasks.readyAt[task] = s.meter.now;
    if (s.asksBranch && body.variants.length > 1) {
      s.tasks.state[task] = ASKING;
      s.due.add(BRANCH, task, s.tasks.stamp[task]!);
    } else takeBranch(s, task, 0);
  } else expand(s, task);
}

export function takeBranch(s: EngineState, task: number, variant: number): void {
  const { spec, call } = graphOf(s, task).bodies![s.tasks.node[task]!]!.variants![variant]!;
  s.tasks.spec[task] = spec;
  if (call === undefined) makeReady(s, task);
  else {
    s.tasks.state[task] = EXPANDED;
    s.tasks.round[task] = 1;
    spawn(s, task, call, 1);
  }
}

/** The task's next attempt may begin: it goes to where it is to be served, or the policy is asked where that is. */
export function makeReady(s: EngineState, task: number, graph = graphOf(s, task)): void {
  const { tasks, meter } = s;
  tasks.readyAt[task] = meter.now;
  tasks.size[task] = sizeOf(s, task, graph);
  s.observer?.taskReady?.(meter.now, task);
  meter.waiting++;
  const allowed = graph.pools[tasks.spec[task]!]!;
  if (allowed.length === 1) placeOrReject(s, task, s.pools.queue[allowed[0]!]!);
  else if (tasks.steer[task] === SAME) placeOrReject(s, task, s.pools.queue[tasks.last[task]!]!);
  else if (s.asksRoute) {
    tasks.state[task] = READY;
    s.due.add(ROUTE, task, tasks.stamp[task]!);
  } else placeOrReject(s, task, shortestQueue(s, task));
}

/** Work of the task's next attempt as far as a policy may know it, seconds at speed 1. */
export const sizeOf = (s: EngineState, task: number, graph = graphOf(s, task)): number =>
  s.knowsSizes ? s.executor.sizeOf(task) : graph.meanWork[s.tasks.spec[task]!]!;

/** Whether a ready task shuns the pool: it failed there, or its other copy runs there. */
export const shuns = ({ tasks }: EngineState, task: number, pool: number): boolean =>
  shunsOne(tasks, task) && tasks.last[task] === pool;

/** Whether there is a pool that the task shuns. */
export const shunsOne = (tasks: EngineState["tasks"], task: number): boolean => tasks.steer[task] === OTHER;

/** Where nobody is asked: the queue with the fewest tasks for each server that serves it, the first of equals. */
function shortestQueue(s: EngineState, task: number): number {
  const { pools } = s;
  const allowed = graphOf(s, task).pools[s.tasks.spec[task]!]!;
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < allowed.length; i++) {
    const pool = allowed[i]!;
    const queue = pools.queue[pool]!;
    if (shuns(s, task, pool) || isFull(s, queue)) continue;
    const load = loadOf(s, queue);
    if (load < least) {
      least = load;
      best = queue;
    }
  }
  return best < 0 ? pools.queue[allowed[0]!]! : best;
}

/** Tasks in a queue and with those that serve it, for each of their servers. */
function loadOf({ pools, queues }: EngineState, queue: number): number {
  const serving = queues.pools[queue]!;
  let tasks = queues.waiting[queue]!;
  let servers = 0;
  for (let i = 0; i < serving.length; i++) {
    const pool = serving[i]!;
    tasks += pools.running[pool]!;
    if (pools.slots[pool]! > 0) servers += Math.max(1, pools.online[pool]!);
  }
  // Where all are closed it comes after all others.
  return servers > 0 ? tasks / servers : Number.MAX_VALUE;
}

export function placeOrReject(s: EngineState, task: number, queue: number): void {
  if (place(s, task, queue)) return;
  const { tasks, meter } = s;
  meter.rejections++;
  meter.waiting--;
  if (tasks.copy[task] === 1) {
    const primary = tasks.twin[task]!;
    dropCopy(s, task);
    if (tasks.state[primary] === DELEGATED) retryOrFail(s, primary);
    return;
  }
  // This counts as an attempt, and only a back-off makes another try worth it.
  tasks.attempts[task]!++;
  tasks.state[task] = BLOCKED;
  const { attempts, backoff } = graphOf(s, task).retry[tasks.spec[task]!]!;
  const pointless = backoff.first === 0 && backoff.draw === undefined;
  if (pointless || tasks.attempts[task]! >= attempts) fail(s, task);
  else backOff(s, task);
}

// ------------------------------------------------------------------------------------------------ attempts end

/** An attempt has ended by itself. */
export function attemptOver(s: EngineState, attempt: number, outcome: number): void {
  const { attempts, tasks, pools, meter } = s;
  const task = attempts.task[attempt]!;
  const pool = attempts.pool[attempt]!;
  freeAttempt(s, task, attempt, pool, outcome);
  if (s.steers && tasks.twin[task]! >= 0) copyOver(s, task, outcome);
  else if (outcome === SUCCEEDED) succeed(s, task);
  else {
    meter.attemptFailures++;
    retryOrFail(s, task);
  }
  serve(s, pools.queue[pool]!);
}

/** One of the two copies of a hedged task has ended. */
function copyOver(s: EngineState, task: number, outcome: number): void {
  const { tasks, meter } = s;
  const isCopy = tasks.copy[task] === 1;
  const twin = tasks.twin[task]!;
  const primary = isCopy ? twin : task;
  if (outcome === SUCCEEDED) {
    const where = tasks.last[task]!;
    const loser = twin;
    const queue = tasks.queue[loser]!;
    if (
      tasks.state[loser] === RUNNING &&
      graphOf(s, loser).hedges?.[tasks.spec[loser]!]?.cleanUp !== undefined
    ) {
      holdForCleanUp(s, loser);
    } else withdraw(s, loser);
    dropCopy(s, isCopy ? task : twin);
    // What it made is where the winner ran.
    tasks.last[primary] = where;
    succeed(s, primary);
    serve(s, queue);
    return;
  }
  meter.attemptFailures++;
  if (!isCopy) tasks.state[task] = DELEGATED;
  else {
    dropCopy(s, task);
    if (tasks.state[primary] === DELEGATED) retryOrFail(s, primary);
  }
}

/** The cancelled copy's server is still occupied for a while. */
function holdForCleanUp(s: EngineState, task: number): void {
  const { tasks, attempts, meter } = s;
  const attempt = tasks.attempt[task]!;
  s.observer?.attemptEnded(meter.now, attempt, CANCELLED);
  s.executor.cancelAttempt(attempt);
  leaveServer(s, task, attempt, attempts.pool[attempt]!);
  departFrom(s, task);
  tasks.given[task] = 0;
  attempts.stamp[attempt]!++;
  s.executor.cleanUp(attempt);
  attempts.task[attempt] = -1;
  tasks.attempt[task] = -1;
  tasks.state[task] = DONE;
}

/** A cancelled copy has let go of its server. */
export function cleanedUp(s: EngineState, attempt: number): void {
  const pool = s.attempts.pool[attempt]!;
  freeServerOf(s, attempt, pool);
  s.attempts.release(attempt);
  serve(s, s.pools.queue[pool]!);
}

/** The second copy of a hedged task is gone; its slot is free. */
function dropCopy(s: EngineState, copy: number): void {
  const { tasks } = s;
  const primary = tasks.twin[copy]!;
  tasks.twin[primary] = -1;
  tasks.twin[copy] = -1;
  tasks.copy[copy] = 0;
  tasks.state[copy] = DONE;
  tasks.release(copy, 1);
}

/** Gives a running task a second copy, which is yet to be placed. */
export function makeCopy(s: EngineState, task: number): number {
  const { tasks, meter, attempts } = s;
  const copy = tasks.allocate(1);
  tasks.flow[copy] = tasks.flow[task]!;
  tasks.node[copy] = tasks.node[task]!;
  tasks.spec[copy] = tasks.spec[task]!;
  tasks.attempts[copy] = COPY + tasks.attempts[task]! - 1;
  tasks.attempt[copy] = -1;
  tasks.twin[copy] = task;
  tasks.twin[task] = copy;
  tasks.copy[copy] = 1;
  tasks.steer[copy] = OTHER;
  tasks.last[copy] = attempts.pool[tasks.attempt[task]!]!;
  tasks.children[copy] = -1;
  attempts.mark(COPIED, tasks.attempt[task]!);
  meter.duplicates++;
  return copy;
}

/** The attempt has failed: another one, if it may have one. */
function retryOrFail(s: EngineState, task: number): void {
  const { tasks } = s;
  if (tasks.attempts[task]! >= graphOf(s, task).retry[tasks.spec[task]!]!.attempts) fail(s, task);
  else if (s.asksRetry) {
    tasks.state[task] = ASKING;
    s.due.add(RETRY, task, tasks.stamp[task]!);
  } else backOff(s, task);
}

/** The policy has said what follows a failed attempt. */
export function retryTask(s: EngineState, task: number, steer: typeof SAME | typeof OTHER): void {
  s.tasks.steer[task] = steer;
  backOff(s, task);
}

function backOff(s: EngineState, task: number): void {
  const { tasks, meter } = s;
  const { backoff } = graphOf(s, task).retry[tasks.spec[task]!]!;
  const made = tasks.attempts[task]!;
  meter.retries++;
  const drawn = backoff.draw !== undefined;
  const delay = drawn ? -1 : Math.min(backoff.cap, backoff.first * backoff.factor ** (made - 1));
  tasks.state[task] = BACKING_OFF;
  if (delay !== 0) s.executor.backOff(task, tasks.stamp[task]!, delay, backoff.jitter);
  else makeReady(s, task);
}

/** A task has waited too long to be started. */
export function patienceOver(s: EngineState, task: number): void {
  s.meter.abandonments++;
  const queue = s.tasks.queue[task]!;
  withdraw(s, task);
  if (s.tasks.copy[task] === 1) {
    const primary = s.tasks.twin[task]!;
    dropCopy(s, task);
    if (s.tasks.state[primary] === DELEGATED) fail(s, primary);
  } else if (s.tasks.twin[task]! >= 0) s.tasks.state[task] = DELEGATED;
  else fail(s, task);
  if (blocks(s, queue)) serve(s, queue);
}

// ------------------------------------------------------------------------------------------------ tasks end

function succeed(s: EngineState, task: number): void {
  const { tasks, flows } = s;
  const flow = tasks.flow[task]!;
  const graph = flows.graph[flow]!;
  if (!graph.plain) {
    const answers = graph.answers?.[tasks.spec[task]!] !== undefined;
    taskOver(s, task, ON_SUCCESS, answers ? s.executor.valueOf(task) : -1);
    return;
  }
  const node = tasks.node[task]!;
  const first = flows.first[flow]!;
  tasks.state[task] = DONE;
  if (--flows.left[flow]! === 0) {
    finish(s, flow, true);
    return;
  }
  const stamp = flows.stamp[flow]!;
  const firstEdge = graph.firstChild[node]!;
  const end = graph.firstChild[node + 1]!;
  for (let e = firstEdge; e < end; e++) {
    if (e > firstEdge && (flows.stamp[flow] !== stamp || flows.state[flow] !== LIVE)) return;
    const child = first + graph.child[e]!;
    // Exactly the parent that completes the join makes the child ready; later ones find it on its way.
    if (--tasks.missing[child]! === 0) enterTask(s, child, graph);
  }
}

/** A task has failed for good. */
export function fail(s: EngineState, task: number): void {
  const { tasks, flows } = s;
  const flow = tasks.flow[task]!;
  const graph = flows.graph[flow]!;
  const node = tasks.node[task]!;
  if (flows.state[flow] === COMPENSATING || graph.optional?.[node] === 1 || isHandled(graph, node)) {
    taskOver(s, task, ON_FAILURE, -1);
  } else {
    tasks.state[task] = DONE;
    failFlow(s, flow);
  }
}

/** Whether an edge of the task's is met by its failure. */
function isHandled({ conditions, firstChild }: TaskGraph, node: number): boolean {
  if (conditions === null) return false;
  for (let e = firstChild[node]!; e < firstChild[node + 1]!; e++) {
    if (conditions[e] === ON_FAILURE || conditions[e] === WHEN_DONE) return true;
  }
  return false;
}

/** Not a condition: the result of a task that was skipped meets no edge. */
const SKIPPED = -1;

/** The general end of a task: some edges are met, others can no longer be, and so tasks become ready or are skipped. */
function taskOver(s: EngineState, task: number, result: number, value: number): void {
  const { tasks, flows } = s;
  const flow = tasks.flow[task]!;
  tasks.state[task] = DONE;
  if (flows.state[flow] === COMPENSATING) {
    compensateNext(s, flow);
    return;
  }
  const graph = flows.graph[flow]!;
  if (value >= 0) flows.value[flow] = value;
  if (result === ON_SUCCESS && graph.compensations !== null) {
    tasks.order[task] = s.completed++;
    tasks.steer[task] = TO_UNDO;
  }
  const stamp = flows.stamp[flow]!;
  const first = flows.first[flow]!;
  // Tasks that are over, with their results, whose children have not heard of it yet.
  const over = [tasks.node[task]!, result];
  while (over.length > 0) {
    const came = over.pop()!;
    const node = over.pop()!;
    if (--flows.left[flow]! === 0) {
      finish(s, flow, true);
      return;
    }
    for (let e = graph.firstChild[node]!; e < graph.firstChild[node + 1]!; e++) {
      const child = first + graph.child[e]!;
      const met = isMet(graph.conditions?.[e] ?? ON_SUCCESS, came, value);
      tasks.undecided[child]!--;
      if (met) tasks.missing[child]!--;
      if (tasks.state[child] !== BLOCKED) continue;
      if (met && tasks.missing[child] === 0) {
        enterTask(s, child, graph);
        if (flows.stamp[flow] !== stamp || flows.state[flow] !== LIVE) return;
      } else if (tasks.missing[child]! > tasks.undecided[child]!) {
        tasks.state[child] = DONE;
        over.push(graph.child[e]!, SKIPPED);
      }
    }
  }
}

function isMet(condition: number, result: number, value: number): boolean {
  if (result === SKIPPED) return false;
  if (condition === WHEN_DONE) return true;
  return condition >= VALUE ? result === ON_SUCCESS && value === condition - VALUE : condition === result;
}

// ------------------------------------------------------------------------------------------------ bodies of workflows

/** The task's body is other workflows: they are submitted. */
function expand(s: EngineState, task: number): void {
  const { tasks } = s;
  const { count, call } = graphOf(s, task).bodies![tasks.node[task]!]!;
  tasks.state[task] = EXPANDED;
  tasks.readyAt[task] = s.meter.now;
  tasks.round[task] = 1;
  tasks.childrenGood[task] = 0;
  if (count === undefined) {
    tasks.childrenLeft[task] = 1;
    spawn(s, task, call!, 1);
    return;
  }
  const instances = s.executor.countOf(task);
  tasks.childrenLeft[task] = instances;
  if (instances === 0) {
    taskOver(s, task, ON_SUCCESS, -1);
    return;
  }
  const stamp = tasks.stamp[task]!;
  for (let i = 1; i <= instances; i++) {
    spawn(s, task, call!, i);
    // Enough may have ended already, one way or the other.
    if (tasks.stamp[task] !== stamp || tasks.state[task] !== EXPANDED) return;
  }
}

/** A workflow that is (part of) the body of a task begins. */
function spawn(s: EngineState, task: number, graph: TaskGraph, index: number): void {
  const { tasks, flows } = s;
  const outer = tasks.flow[task]!;
  const key = childKey(flows.key[outer]!, tasks.spec[task]!, index);
  const flow = allocateFlow(s, graph, flows.source[outer]!, flows.serial[outer]!, key);
  flows.dueAt[flow] = flows.dueAt[outer]!;
  flows.state[flow] = LIVE;
  flows.parent[flow] = task;
  flows.value[flow] = -1;
  const next = tasks.children[task]!;
  flows.sibling[flow] = next;
  flows.elder[flow] = -1;
  if (next >= 0) flows.elder[next] = flow;
  tasks.children[task] = flow;
  if (graph.timeLimit !== null) s.executor.startTimeout(flow, flows.stamp[flow]!);
  readyRoots(s, flow);
}

function unlink({ tasks, flows }: EngineState, flow: number): void {
  const parent = flows.parent[flow]!;
  const next = flows.sibling[flow]!;
  const previous = flows.elder[flow]!;
  if (previous < 0) tasks.children[parent] = next;
  else flows.sibling[previous] = next;
  if (next >= 0) flows.elder[next] = previous;
}

/** A workflow in the body of a task is over. */
function childOver(s: EngineState, task: number, succeeded: boolean, value: number): void {
  const { tasks } = s;
  const body = graphOf(s, task).bodies![tasks.node[task]!]!;
  if (body.count === undefined) {
    const good = succeeded && (body.until < 0 || value === body.until);
    const { variants } = body;
    if (good) succeedWith(s, task, value);
    else if (variants === undefined && tasks.round[task]! < body.most)
      spawn(s, task, body.call!, ++tasks.round[task]!);
    else fail(s, task);
    return;
  }
  tasks.childrenLeft[task]!--;
  if (succeeded) tasks.childrenGood[task]!++;
  const good = tasks.childrenGood[task]!;
  const left = tasks.childrenLeft[task]!;
  // All that there are must succeed where `need` is negative; there may also be fewer than it asks for.
  const failed = body.need < 0 ? !succeeded : good < body.need && left === 0;
  if (body.need < 0 ? good > 0 && left === 0 && !failed : good >= body.need) {
    cancelChildren(s, task);
    // Many instances answer nothing.
    taskOver(s, task, ON_SUCCESS, -1);
  } else if (failed) {
    cancelChildren(s, task);
    fail(s, task);
  }
}

/** A body's answer is its task's. */
function succeedWith(s: EngineState, task: number, value: number): void {
  if (value >= 0) taskOver(s, task, ON_SUCCESS, value);
  else succeed(s, task);
}

/** What is left of a task's body is not needed any more. */
function cancelChildren(s: EngineState, task: number): void {
  const left: number[] = [];
  withdrawChildren(s, task, left);
  for (const queue of left) serve(s, queue);
}

// ------------------------------------------------------------------------------------------------ workflows end

/** Takes everything of a workflow out of the system; servers that are freed take up what else waits. */
function cancelTasks(s: EngineState, flow: number): void {
  const left: number[] = [];
  withdrawAll(s, flow, left);
  for (const queue of left) serve(s, queue);
}

/**
 * Withdraws all of a workflow, and of those within it, before any server takes up anything else: it would be theirs again.
 * @param left takes the queues in which somebody else may be served now
 */
function withdrawAll(s: EngineState, flow: number, left: number[]): void {
  const { tasks, flows } = s;
  const first = flows.first[flow]!;
  const { count } = flows.graph[flow]!;
  for (let t = first; t < first + count; t++) {
    withdrawChildren(s, t, left);
    const copy = tasks.twin[t]!;
    if (copy >= 0) {
      withdrawFrom(s, copy, left);
      dropCopy(s, copy);
    }
    if (tasks.state[t] !== DONE) withdrawFrom(s, t, left);
  }
}

function withdrawChildren(s: EngineState, task: number, left: number[]): void {
  const { tasks, flows } = s;
  for (let flow = tasks.children[task]!; flow >= 0; flow = tasks.children[task]!) {
    unlink(s, flow);
    withdrawAll(s, flow, left);
    flows.parent[flow] = -1;
    release(s, flow);
  }
}

function withdrawFrom(s: EngineState, task: number, left: number[]): void {
  const queue = s.tasks.queue[task]!;
  const state = s.tasks.state[task]!;
  if (state === RUNNING || (state === WAITING && blocks(s, queue))) left.push(queue);
  withdraw(s, task);
}

/** A workflow has failed: all of it is cancelled, and what had succeeded is undone where that was asked for. */
export function failFlow(s: EngineState, flow: number): void {
  const { flows, meter } = s;
  cancelTasks(s, flow);
  if (flows.graph[flow]!.compensations === null) finish(s, flow, false);
  else {
    flows.state[flow] = COMPENSATING;
    meter.compensations++;
    compensateNext(s, flow);
  }
}

/** Undoes the task that succeeded last of those not yet undone; ends the workflow where none is left. */
function compensateNext(s: EngineState, flow: number): void {
  const { tasks, flows } = s;
  const { count, compensations } = flows.graph[flow]!;
  const first = flows.first[flow]!;
  let latest = -1;
  for (let t = first; t < first + count; t++) {
    if (tasks.steer[t] !== TO_UNDO || compensations![t - first]! < 0) continue;
    if (latest < 0 || tasks.order[t]! > tasks.order[latest]!) latest = t;
  }
  if (latest < 0) {
    finish(s, flow, false);
    return;
  }
  tasks.steer[latest] = ANYWHERE;
  tasks.spec[latest] = compensations![latest - first]!;
  tasks.attempts[latest] = 0;
  makeReady(s, latest);
}

/** A workflow is over: it leaves the system, and the task whose body it was hears of it. */
function finish(s: EngineState, flow: number, succeeded: boolean): void {
  const { flows } = s;
  const parent = flows.parent[flow]!;
  if (parent < 0) {
    account(s, flow, succeeded);
    release(s, flow);
    return;
  }
  const value = flows.value[flow]!;
  unlink(s, flow);
  flows.parent[flow] = -1;
  release(s, flow);
  childOver(s, parent, succeeded, value);
}

function account(s: EngineState, flow: number, succeeded: boolean): void {
  const { flows, meter } = s;
  const source = flows.source[flow]!;
  const late = meter.now - flows.dueAt[flow]!;
  if (succeeded) meter.succeededOf[source]!++;
  else meter.failuresOf[source]!++;
  if (late > 0) meter.tardiness += late;
  if (late > 0 || (!succeeded && flows.dueAt[flow]! < Number.POSITIVE_INFINITY)) {
    meter.missesOf[source]!++;
  }
  meter.leave(source);
  s.executor.workflowEnded(flow, succeeded);
  s.observer?.workflowEnded(meter.now, flow, succeeded);
}

/** A workflow is cancelled from outside: nothing is undone. */
export function cancelFlow(s: EngineState, flow: number): void {
  if (s.flows.state[flow] === GONE) return;
  if (s.flows.state[flow] === AT_THE_DOOR) {
    deny(s, flow);
    return;
  }
  cancelTasks(s, flow);
  finish(s, flow, false);
}
