import { type DecisionView, NONE } from "./decision-view.js";
import type { DecisionKind } from "./scenario.js";

/**
 * What a learned policy sees, feature by feature. Explanations, drift monitors and package digests hang on these
 * names. A spec is plain data (`FeatureSpec`); how a feature is read off a decision view is looked up by its name, so
 * a package can carry the data and a build can say whether it still computes the same.
 *
 * A change of meaning is a new name and a new spec id, never an edit.
 */
export interface Feature {
  readonly name: string;
  readonly unit: string;
  /** Range before scaling; Infinity where there is no bound. */
  readonly range: readonly [number, number];
  /** How the value is squashed before it is normalised. `log1p` and `asinh` keep heavy tails readable. */
  readonly scale: "linear" | "log1p" | "asinh";
  readonly meaning: string;
}

export interface FeatureSpec {
  /** Name and version: `route/1`. */
  readonly id: string;
  readonly kind: DecisionKind;
  /** One vector a decision. */
  readonly context: readonly Feature[];
  /** One vector a candidate. */
  readonly candidate: readonly Feature[];
}

type Reader = (view: DecisionView, candidate: number) => number;

interface ReadableFeature extends Feature {
  readonly read: Reader;
}

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Time in units of the scenario's typical task work, so that a policy carries over to slower or faster worlds. */
const scaled = (view: DecisionView, seconds: number): number => seconds / view.timeScale;

/** Slack is bounded on both sides: beyond a hundred typical tasks, more time changes nothing. */
const SLACK_LIMIT = 100;
function boundedSlack(view: DecisionView, seconds: number): number {
  const slack = scaled(view, seconds);
  return Math.min(SLACK_LIMIT, Math.max(-SLACK_LIMIT, slack));
}

/** Servers of a pool as a divisor: what it has none of is shared by one, so that a feature stays a number. */
const someServers = ({ pools }: DecisionView, pool: number): number => Math.max(1, pools.servers(pool));

/** Seconds that an attempt of the task takes in the pool; 0 where it may not run there. */
function serviceTime({ tasks, pools }: DecisionView, task: number, pool: number): number {
  const affinity = tasks.affinity(task, pool);
  return affinity > 0 ? tasks.size(task) / (pools.speed(pool) * affinity) : 0;
}

/** Seconds a task would wait for a server of the pool: work that is ahead beyond what free servers take at once. */
function waitingTime(view: DecisionView, pool: number): number {
  const { pools } = view;
  if (pools.running(pool) + pools.waiting(pool) < pools.servers(pool)) return 0;
  return pools.backlog(pool) / (someServers(view, pool) * pools.speed(pool));
}

/** Seconds until the task would end if placed in the pool now and every attempt's success were certain. */
const expectedDelay = (view: DecisionView, task: number, pool: number): number =>
  waitingTime(view, pool) + serviceTime(view, task, pool);

/** The least of a figure over the open pools that may run the task, one left out; 0 where there is none. */
function leastElsewhere(
  view: DecisionView,
  task: number,
  leftOut: number,
  figure: (view: DecisionView, task: number, pool: number) => number,
): number {
  let best = UNBOUNDED;
  for (let p = 0; p < view.pools.count; p++) {
    if (p === leftOut || !view.pools.open(p) || view.tasks.affinity(task, p) === 0) continue;
    best = Math.min(best, figure(view, task, p));
  }
  return best === UNBOUNDED ? 0 : best;
}

const TASK_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "task.size",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "work of the task as far as known, over the scenario's typical work",
    read: (view) => scaled(view, view.tasks.size(view.task(0))),
  },
  {
    name: "task.attempts",
    unit: "attempts",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "attempts of the task that were begun before",
    read: (view) => view.tasks.attempts(view.task(0)),
  },
  {
    name: "task.lastAttempt",
    unit: "yes or no",
    range: [0, 1],
    scale: "linear",
    meaning: "1 where a failure of the next attempt would fail the workflow",
    read: (view) =>
      view.tasks.attempts(view.task(0)) + 1 >= view.tasks.attemptsAllowed(view.task(0)) ? 1 : 0,
  },
  {
    name: "task.pathAhead",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "mean work on the longest path from the task to the end of its workflow",
    read: (view) => scaled(view, view.tasks.upwardRank(view.task(0))),
  },
  {
    name: "workflow.age",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time since the workflow was submitted",
    read: (view) => scaled(view, view.time - view.tasks.submittedAt(view.task(0))),
  },
  {
    name: "workflow.slack",
    unit: "typical tasks",
    range: [-SLACK_LIMIT, SLACK_LIMIT],
    scale: "asinh",
    meaning: "time until the workflow is due, less the mean work on the path ahead",
    read: (view) =>
      boundedSlack(view, view.tasks.dueAt(view.task(0)) - view.time - view.tasks.upwardRank(view.task(0))),
  },
];

const SYSTEM_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "system.workflows",
    unit: "workflows",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "workflows in the system",
    read: (view) => view.workflowsInSystem,
  },
];

const POOL_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "pool.idleServers",
    unit: "servers",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "servers of the pool that run nothing",
    read: (view, i) => Math.max(0, view.pools.servers(view.pool(i)) - view.pools.running(view.pool(i))),
  },
  {
    name: "pool.waitingPerServer",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "tasks queued at the pool, for each of its servers",
    read: (view, i) => view.pools.waiting(view.pool(i)) / someServers(view, view.pool(i)),
  },
  {
    name: "pool.waitingTime",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time the task would wait here: work ahead over speed and servers, 0 where a server is idle",
    read: (view, i) => scaled(view, waitingTime(view, view.pool(i))),
  },
  {
    name: "pool.serviceTime",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time an attempt of the task takes here",
    read: (view, i) => scaled(view, serviceTime(view, view.task(i), view.pool(i))),
  },
  {
    name: "pool.failureProbability",
    unit: "probability",
    range: [0, 1],
    scale: "linear",
    meaning: "probability that an attempt of the task fails here",
    read: (view, i) => view.tasks.failureProbability(view.task(i), view.pool(i)),
  },
  {
    name: "pool.attemptPrice",
    unit: "money",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "price of one attempt of the task here",
    read: (view, i) => view.pools.price(view.pool(i)) * serviceTime(view, view.task(i), view.pool(i)),
  },
  {
    name: "pool.slackLeft",
    unit: "typical tasks",
    range: [-SLACK_LIMIT, SLACK_LIMIT],
    scale: "asinh",
    meaning: "slack of the workflow that is left if the task is placed here and succeeds",
    read: (view, i) => {
      const task = view.task(i);
      const rest = view.tasks.upwardRank(task) - view.tasks.size(task);
      return boundedSlack(
        view,
        view.tasks.dueAt(task) - view.time - expectedDelay(view, task, view.pool(i)) - rest,
      );
    },
  },
];

const PAIR_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "candidate.serviceTime",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time an attempt of the waiting task takes at the pool",
    read: (view, i) => scaled(view, serviceTime(view, view.task(i), view.pool(i))),
  },
  {
    name: "candidate.waited",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time since the task became ready",
    read: (view, i) => scaled(view, view.time - view.tasks.readyAt(view.task(i))),
  },
  {
    name: "candidate.age",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time since the task's workflow was submitted",
    read: (view, i) => scaled(view, view.time - view.tasks.submittedAt(view.task(i))),
  },
  {
    name: "candidate.pathAhead",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "mean work on the longest path from the task to the end of its workflow",
    read: (view, i) => scaled(view, view.tasks.upwardRank(view.task(i))),
  },
  {
    name: "candidate.slack",
    unit: "typical tasks",
    range: [-SLACK_LIMIT, SLACK_LIMIT],
    scale: "asinh",
    meaning: "time until the workflow is due, less the mean work on the path ahead",
    read: (view, i) => {
      const task = view.task(i);
      return boundedSlack(view, view.tasks.dueAt(task) - view.time - view.tasks.upwardRank(task));
    },
  },
  {
    name: "candidate.attempts",
    unit: "attempts",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "attempts of the task that were begun before",
    read: (view, i) => view.tasks.attempts(view.task(i)),
  },
  {
    name: "candidate.priority",
    unit: "priority",
    range: [-UNBOUNDED, UNBOUNDED],
    scale: "asinh",
    meaning: "priority of the task's workflow, larger is more urgent",
    read: (view, i) => view.tasks.priority(view.task(i)),
  },
  {
    name: "candidate.queueLength",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "tasks of the same type in the system, waiting or running",
    read: (view, i) => view.tasks.queueLength(view.task(i)),
  },
  {
    name: "candidate.elapsed",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning:
      "time since the attempt began of which the candidate would start a second copy; 0 where none runs",
    read: (view, i) => elapsed(view, view.task(i)),
  },
  {
    name: "candidate.straggles",
    unit: "yes or no",
    range: [0, 1],
    scale: "linear",
    meaning: "1 where the running attempt has been seen to straggle",
    read: (view, i) => (view.tasks.straggles(view.task(i)) ? 1 : 0),
  },
  {
    name: "candidate.failureProbability",
    unit: "probability",
    range: [0, 1],
    scale: "linear",
    meaning: "probability that an attempt of the task fails at the pool",
    read: (view, i) => view.tasks.failureProbability(view.task(i), view.pool(i)),
  },
  {
    name: "candidate.cachedShare",
    unit: "share",
    range: [0, 1],
    scale: "linear",
    meaning: "share of the task's cache blocks that the pool holds",
    read: (view, i) => view.tasks.cachedShare(view.task(i), view.pool(i)),
  },
  {
    name: "candidate.attemptPrice",
    unit: "money",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "price of one attempt of the task at the pool",
    read: (view, i) => view.pools.price(view.pool(i)) * serviceTime(view, view.task(i), view.pool(i)),
  },
  {
    name: "candidate.idleServers",
    unit: "servers",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "servers of the pool that run nothing",
    read: (view, i) => Math.max(0, view.pools.servers(view.pool(i)) - view.pools.running(view.pool(i))),
  },
  {
    name: "candidate.waitingTasks",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "tasks queued at the pool, or in the central queue that it serves",
    read: (view, i) => view.pools.waiting(view.pool(i)),
  },
];

/** What is read of a candidate with a task and a pool; WAIT has neither, and is 0 throughout but for its option. */
const ofPair = (features: readonly ReadableFeature[]): readonly ReadableFeature[] =>
  features.map((feature) => ({
    ...feature,
    read: (view, i) => (view.task(i) === NONE ? 0 : feature.read(view, i)),
  }));

const POOL_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "pool.waiting",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "tasks queued at the pool",
    read: (view) => view.pools.waiting(view.pool(0)),
  },
  {
    name: "pool.busyShare",
    unit: "share",
    range: [0, 1],
    scale: "linear",
    meaning: "share of the pool's servers that are busy",
    read: (view) => view.pools.running(view.pool(0)) / someServers(view, view.pool(0)),
  },
];

/** One for each option: 1 where the candidate is that option. */
const options = (meanings: Readonly<Record<string, string>>): readonly ReadableFeature[] =>
  Object.entries(meanings).map(([name, meaning], option) => ({
    name: `option.${name}`,
    unit: "yes or no",
    range: [0, 1],
    scale: "linear",
    meaning,
    read: (view, i) => (view.option(i) === option ? 1 : 0),
  }));

/** Time since the task's running attempt began, in typical tasks; 0 where none runs. */
function elapsed(view: DecisionView, task: number): number {
  const started = view.tasks.startedAt(task);
  return Number.isNaN(started) ? 0 : scaled(view, view.time - started);
}

const HEDGE_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "attempt.elapsed",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time since the running attempt began",
    read: (view) => elapsed(view, view.task(0)),
  },
  {
    name: "attempt.serviceTime",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time an attempt of the task takes at its pool",
    read: (view) => scaled(view, serviceTime(view, view.task(0), view.pool(0))),
  },
  {
    name: "attempt.straggles",
    unit: "yes or no",
    range: [0, 1],
    scale: "linear",
    meaning: "1 where the running attempt has been seen to straggle",
    read: (view) => (view.tasks.straggles(view.task(0)) ? 1 : 0),
  },
];

/** The pool of the attempt that is late or has failed, beside the others. */
const HERE_OR_ELSEWHERE: readonly ReadableFeature[] = [
  {
    name: "here.failureProbability",
    unit: "probability",
    range: [0, 1],
    scale: "linear",
    meaning: "probability that an attempt of the task fails at the pool of the last one",
    read: (view) => view.tasks.failureProbability(view.task(0), view.pool(0)),
  },
  {
    name: "here.delay",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time until another attempt would end at the pool of the last one",
    read: (view) => scaled(view, expectedDelay(view, view.task(0), view.pool(0))),
  },
  {
    name: "elsewhere.failureProbability",
    unit: "probability",
    range: [0, 1],
    scale: "linear",
    meaning:
      "least probability that an attempt of the task fails, over the other pools; 0 where there is none",
    read: (view) =>
      leastElsewhere(view, view.task(0), view.pool(0), (v, task, p) => v.tasks.failureProbability(task, p)),
  },
  {
    name: "elsewhere.delay",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "least time until another attempt would end, over the other pools; 0 where there is none",
    read: (view) => scaled(view, leastElsewhere(view, view.task(0), view.pool(0), expectedDelay)),
  },
];

const ADMIT_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "workflow.delay",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "least time until the first task would end, over all pools",
    read: (view) => scaled(view, leastElsewhere(view, view.task(0), NONE, expectedDelay)),
  },
  {
    name: "workflow.priority",
    unit: "priority",
    range: [-UNBOUNDED, UNBOUNDED],
    scale: "asinh",
    meaning: "priority of the workflow, larger is more urgent",
    read: (view) => view.tasks.priority(view.task(0)),
  },
];

const LOAD_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "system.waitingPerServer",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "tasks queued at all pools, for each server",
    read: ({ pools }) => {
      let [waiting, servers] = [0, 0];
      for (let p = 0; p < pools.count; p++) {
        waiting += pools.waiting(p);
        servers += pools.servers(p);
      }
      return waiting / Math.max(1, servers);
    },
  },
];

/** The open pool where an alternative would end first; NONE where none may run it. */
function fastestPool(view: DecisionView, i: number): number {
  const { tasks, pools } = view;
  let [best, least] = [NONE, UNBOUNDED];
  for (let p = 0; p < pools.count; p++) {
    const affinity = tasks.variantAffinity(view.task(i), view.option(i), p);
    if (affinity === 0 || !pools.open(p)) continue;
    const delay = waitingTime(view, p) + variantSize(view, i) / (pools.speed(p) * affinity);
    if (delay < least) [best, least] = [p, delay];
  }
  return best;
}

function variantSize(view: DecisionView, i: number): number {
  const size = view.tasks.variantSize(view.task(i), view.option(i));
  return Number.isNaN(size) ? 0 : size;
}

function variantServiceTime(view: DecisionView, i: number, pool: number): number {
  const affinity = view.tasks.variantAffinity(view.task(i), view.option(i), pool);
  return variantSize(view, i) / (view.pools.speed(pool) * affinity);
}

/** A figure of an alternative at its fastest pool. */
const atFastestPool =
  (figure: (view: DecisionView, i: number, pool: number) => number): Reader =>
  (view, i) => {
    const pool = fastestPool(view, i);
    return pool === NONE ? 0 : figure(view, i, pool);
  };

const VARIANT_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "variant.size",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "mean work of the alternative; 0 where it is a workflow of its own",
    read: (view, i) => scaled(view, variantSize(view, i)),
  },
  {
    name: "variant.delay",
    unit: "typical tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "time until the alternative would end at the pool where it ends first; 0 where no pool runs it",
    read: atFastestPool((view, i, p) => scaled(view, waitingTime(view, p) + variantServiceTime(view, i, p))),
  },
  {
    name: "variant.failureProbability",
    unit: "probability",
    range: [0, 1],
    scale: "linear",
    meaning: "probability that an attempt at it fails there",
    read: atFastestPool((view, i, p) => view.tasks.variantFailure(view.task(i), view.option(i), p)),
  },
  {
    name: "variant.attemptPrice",
    unit: "money",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "price of one attempt at it there",
    read: atFastestPool((view, i, p) => view.pools.price(p) * variantServiceTime(view, i, p)),
  },
  {
    name: "variant.place",
    unit: "share",
    range: [0, 1],
    scale: "linear",
    meaning: "where the alternative stands among the others, 0 the first and 1 the last",
    read: (view, i) => view.option(i) / Math.max(1, view.count - 1),
  },
];

const SCALE_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "pool.startingShare",
    unit: "share",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "servers being set up, for each that can work",
    read: (view) => view.pools.starting(view.pool(0)) / someServers(view, view.pool(0)),
  },
  {
    name: "pool.waitingPerServer",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning: "tasks queued at the pool, for each server that can work",
    read: (view) => view.pools.waiting(view.pool(0)) / someServers(view, view.pool(0)),
  },
];

const SCALE_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "scale.change",
    unit: "share",
    range: [-UNBOUNDED, UNBOUNDED],
    scale: "asinh",
    meaning: "servers the candidate adds or lets go, for each that works or is being set up",
    read: (view, i) => {
      const now = view.pools.servers(view.pool(i)) + view.pools.starting(view.pool(i));
      return (view.option(i) - now) / Math.max(1, now);
    },
  },
  {
    name: "scale.load",
    unit: "tasks",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning:
      "tasks at the pool for each server that the candidate would have; for each half where it would have none",
    read: (view, i) => {
      const present = view.pools.running(view.pool(i)) + view.pools.waiting(view.pool(i));
      return present / Math.max(0.5, view.option(i));
    },
  },
];

const ARRIVALS_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "arrivals.observed",
    unit: "workflows",
    range: [0, UNBOUNDED],
    scale: "log1p",
    meaning:
      "workflows that come in the time of a typical task, by the phases of arrivals that are observed; 0 where none is",
    read: (view) => view.observedArrivalRate * view.timeScale,
  },
];

interface ReadableSpec extends FeatureSpec {
  readonly context: readonly ReadableFeature[];
  readonly candidate: readonly ReadableFeature[];
}

const SPECS: Readonly<Record<DecisionKind, ReadableSpec>> = {
  route: {
    id: "route/1",
    kind: "route",
    context: [...TASK_CONTEXT, ...SYSTEM_CONTEXT],
    candidate: POOL_CANDIDATE,
  },
  dispatch: {
    id: "dispatch/2",
    kind: "dispatch",
    context: [...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: [
      ...ofPair(PAIR_CANDIDATE),
      ...options({
        start: "the task starts at the pool",
        duplicate: "a second copy of the task starts at the pool",
        wait: "free servers stay idle until something changes",
      }),
    ],
  },
  admit: {
    id: "admit/1",
    kind: "admit",
    context: [...TASK_CONTEXT, ...ADMIT_CONTEXT, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: options({ deny: "the workflow is turned away", admit: "the workflow is taken in" }),
  },
  branch: {
    id: "branch/1",
    kind: "branch",
    context: [...TASK_CONTEXT, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: VARIANT_CANDIDATE,
  },
  retry: {
    id: "retry/1",
    kind: "retry",
    context: [...TASK_CONTEXT, ...HERE_OR_ELSEWHERE, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: options({
      same: "the next attempt goes where the last one failed",
      other: "the next attempt goes elsewhere",
      giveUp: "the task has failed",
    }),
  },
  hedge: {
    id: "hedge/1",
    kind: "hedge",
    context: [...TASK_CONTEXT, ...HEDGE_CONTEXT, ...HERE_OR_ELSEWHERE, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: options({ wait: "the attempt goes on alone", hedge: "a second copy is started" }),
  },
  scale: {
    id: "scale/2",
    kind: "scale",
    context: [...POOL_CONTEXT, ...SCALE_CONTEXT, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT, ...ARRIVALS_CONTEXT],
    candidate: SCALE_CANDIDATE,
  },
};

/** The features of a kind of decision as plain data, in the order in which `encode` writes them. */
export function featureSpec(kind: DecisionKind): FeatureSpec {
  const { id, context, candidate } = SPECS[kind];
  const plain = ({ name, unit, range, scale, meaning }: ReadableFeature): Feature => ({
    name,
    unit,
    range,
    scale,
    meaning,
  });
  return { id, kind, context: context.map(plain), candidate: candidate.map(plain) };
}

/**
 * Writes the features of a decision as float32, squashed by their scales, not normalised.
 * @param context receives `spec.context.length` numbers from `contextOffset`
 * @param candidates receives `view.count` rows of `spec.candidate.length` numbers from `candidateOffset`
 * @param mask receives 1 for each allowed candidate, else 0, from `maskOffset`
 */
export function encode(
  view: DecisionView,
  context: Float32Array,
  contextOffset: number,
  candidates: Float32Array,
  candidateOffset: number,
  mask: Uint8Array,
  maskOffset: number,
): void {
  const spec = SPECS[view.kind];
  const features = spec.candidate;
  for (let f = 0; f < spec.context.length; f++) {
    const feature = spec.context[f]!;
    context[contextOffset + f] = squash(feature.scale, feature.read(view, 0));
  }
  for (let i = 0, at = candidateOffset; i < view.count; i++) {
    for (let f = 0; f < features.length; f++) {
      const feature = features[f]!;
      candidates[at++] = squash(feature.scale, feature.read(view, i));
    }
    mask[maskOffset + i] = view.allowed(i) ? 1 : 0;
  }
}

function squash(scale: Feature["scale"], value: number): number {
  if (scale === "linear") return value;
  return scale === "log1p" ? Math.log1p(value) : Math.asinh(value);
}
