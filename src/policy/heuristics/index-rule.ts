import { bestAssignment } from "../../kit/assignment.js";
import { type DecisionView, START } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { leastStart, writeScores } from "./choose.js";
import { serviceTime } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/** What serving the task in the pool is worth. */
export type Index = (view: DecisionView, task: number, pool: number) => number;

/** Who comes first where several servers are free. */
export interface IndexRuleKnobs {
  /** 0: each pool in turn, in their order, takes its best task. 1: the way of giving them out with the greatest sum. */
  readonly joint?: number;
}

/**
 * An index rule: a server takes the task that is worth most there, not the one that is worth most anywhere; of equals the
 * one that has waited longest. Taken in turn, a server may take from the next the only task that that one can serve;
 * jointly, the servers are given out so that the indices add up to most (Tassiulas and Ephremides 1992).
 */
export const indexRule = (
  name: string,
  index: Index,
  { joint = 0 }: IndexRuleKnobs,
  ...weights: Parameters<typeof label>[2][]
): Policy =>
  plainPolicy(
    label(name, joint === 0 ? {} : { joint }, ...weights),
    "dispatch",
    (view) => (joint === 1 ? jointPair(view, index) : firstPoolsBest(view, index)),
    (view, scores) => {
      const pool = view.pool(firstPoolsStart(view));
      writeScores(
        view,
        scores,
        (v, i) => index(v, v.task(i), v.pool(i)),
        (v, i) => v.option(i) === START && (joint === 1 || v.pool(i) === pool),
      );
      return "most";
    },
  );

/** The task with the largest index in the first pool that is offered one. */
function firstPoolsBest(view: DecisionView, index: Index): number {
  const first = firstPoolsStart(view);
  if (view.option(first) !== START) return first;
  const pool = view.pool(first);
  return leastStart(
    view,
    (v, i) => (v.pool(i) === pool ? -clamped(index(v, v.task(i), pool)) : Number.POSITIVE_INFINITY),
    (v, i) => v.tasks.readyAt(v.task(i)),
  );
}

/** A START in the first pool that is offered one. */
const firstPoolsStart = (view: DecisionView): number =>
  leastStart(
    view,
    (v, i) => v.pool(i),
    () => 0,
  );

/** Above no index stands what may not be chosen. */
const clamped = (index: number): number =>
  Number.isNaN(index) ? -Number.MAX_VALUE : Math.max(-Number.MAX_VALUE, index);

/** The pair with the largest index in the best way of giving out all free servers; where none is positive, the largest of all. */
function jointPair(view: DecisionView, index: Index): number {
  const largest = leastStart(
    view,
    (v, i) => -index(v, v.task(i), v.pool(i)),
    (v, i) => v.tasks.readyAt(v.task(i)),
  );
  if (view.option(largest) !== START) return largest;
  const worth = index(view, view.task(largest), view.pool(largest));
  if (!(worth > 0 && worth < Number.POSITIVE_INFINITY)) return largest;
  const servers = freeServers(view);
  if (servers.length < 2 || servers.length > MOST_MATCHED) return largest;
  return largestMatched(view, index, servers) ?? largest;
}

/** With more servers free at once, pairs are taken by their indices alone: at least half of the best sum, in no time. */
const MOST_MATCHED = 32;

/** The pool of each free server that is offered something. */
function freeServers(view: DecisionView): number[] {
  const servers: number[] = [];
  for (let i = 0; i < view.count; i++) {
    if (view.option(i) !== START || !view.allowed(i)) continue;
    const pool = view.pool(i);
    if (servers.includes(pool)) continue;
    const free = Math.max(1, view.pools.servers(pool) - view.pools.running(pool));
    for (let k = 0; k < free && servers.length <= MOST_MATCHED; k++) servers.push(pool);
  }
  return servers;
}

/** The pair with the largest index in the best assignment; null where each server may take its best task by itself. */
function largestMatched(view: DecisionView, index: Index, servers: readonly number[]): number | null {
  const tasks: number[] = [];
  let scarce = false;
  for (let i = 0; i < view.count; i++) {
    if (view.option(i) !== START || !view.allowed(i)) continue;
    const task = view.task(i);
    if (tasks.includes(task)) continue;
    const alike = Math.min(servers.length, view.tasks.standsFor(task));
    for (let k = 0; k < alike; k++) tasks.push(task);
    scarce ||= alike < servers.length;
  }
  if (!scarce) return null;
  // A column of no worth for each server, that of staying idle: a pair that is not offered is worth no more.
  const columns = tasks.length + servers.length;
  const weight = new Float64Array(servers.length * columns);
  const offered = new Int32Array(weight.length).fill(-1);
  for (let i = 0; i < view.count; i++) {
    if (view.option(i) !== START || !view.allowed(i)) continue;
    const worth = Math.max(0, index(view, view.task(i), view.pool(i)));
    for (let s = 0; s < servers.length; s++) {
      if (servers[s] !== view.pool(i)) continue;
      for (let t = tasks.indexOf(view.task(i)); tasks[t] === view.task(i); t++) {
        weight[s * columns + t] = worth;
        offered[s * columns + t] = i;
      }
    }
  }
  let best = -1;
  for (const [s, t] of bestAssignment(weight, servers.length, columns).entries()) {
    const at = s * columns + t;
    if (weight[at]! > 0 && (best < 0 || weight[at]! > weight[best]!)) best = at;
  }
  return best < 0 ? null : offered[best]!;
}

/**
 * Tasks a second that the pool's server would complete, mu: 1 / expected service time. Where sizes are known it is the
 * task's own, and the index rules become Smith's (1956) rule of weighted shortest processing time.
 */
export const serviceRate: Index = (view, task, pool) => 1 / serviceTime(view, task, pool);
