import type { DecisionView } from "./decision-view.js";
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

const NONE = Number.POSITIVE_INFINITY;

/** Time in units of the scenario's typical task work, so that a policy carries over to slower or faster worlds. */
const scaled = (view: DecisionView, seconds: number): number => seconds / view.timeScale;

/** Slack is bounded on both sides: beyond a hundred typical tasks, more time changes nothing. */
const SLACK_LIMIT = 100;
function boundedSlack(view: DecisionView, seconds: number): number {
  const slack = scaled(view, seconds);
  return Math.min(SLACK_LIMIT, Math.max(-SLACK_LIMIT, slack));
}

/** Seconds until the task would end if placed here now and every attempt's success were certain. */
function expectedDelay(view: DecisionView, i: number): number {
  const { pools, tasks } = view;
  const pool = view.pool(i);
  return waitingTime(view, i) + tasks.size(view.task(i)) / pools.speed(pool);
}

/** Seconds the task would wait for a server: work that is ahead beyond what free servers take at once. */
function waitingTime(view: DecisionView, i: number): number {
  const { pools } = view;
  const pool = view.pool(i);
  if (pools.running(pool) + pools.waiting(pool) < pools.servers(pool)) return 0;
  return pools.backlog(pool) / (pools.servers(pool) * pools.speed(pool));
}

const TASK_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "task.size",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "work of the task as far as known, over the scenario's typical work",
    read: (view) => scaled(view, view.tasks.size(view.task(0))),
  },
  {
    name: "task.attempts",
    unit: "attempts",
    range: [0, NONE],
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
    range: [0, NONE],
    scale: "log1p",
    meaning: "mean work on the longest path from the task to the end of its workflow",
    read: (view) => scaled(view, view.tasks.upwardRank(view.task(0))),
  },
  {
    name: "workflow.age",
    unit: "typical tasks",
    range: [0, NONE],
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
    range: [0, NONE],
    scale: "log1p",
    meaning: "workflows in the system",
    read: (view) => view.workflowsInSystem,
  },
];

const POOL_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "pool.idleServers",
    unit: "servers",
    range: [0, NONE],
    scale: "log1p",
    meaning: "servers of the pool that run nothing",
    read: (view, i) => view.pools.servers(view.pool(i)) - view.pools.running(view.pool(i)),
  },
  {
    name: "pool.waitingPerServer",
    unit: "tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "tasks queued at the pool, for each of its servers",
    read: (view, i) => view.pools.waiting(view.pool(i)) / view.pools.servers(view.pool(i)),
  },
  {
    name: "pool.waitingTime",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "time the task would wait here: work ahead over speed and servers, 0 where a server is idle",
    read: (view, i) => scaled(view, waitingTime(view, i)),
  },
  {
    name: "pool.serviceTime",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "time an attempt of the task takes here",
    read: (view, i) => scaled(view, view.tasks.size(view.task(i)) / view.pools.speed(view.pool(i))),
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
    range: [0, NONE],
    scale: "log1p",
    meaning: "price of one attempt of the task here",
    read: (view, i) =>
      (view.pools.price(view.pool(i)) * view.tasks.size(view.task(i))) / view.pools.speed(view.pool(i)),
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
      return boundedSlack(view, view.tasks.dueAt(task) - view.time - expectedDelay(view, i) - rest);
    },
  },
];

const TASK_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "candidate.serviceTime",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "time an attempt of the waiting task takes at the pool",
    read: (view, i) => scaled(view, view.tasks.size(view.task(i)) / view.pools.speed(view.pool(i))),
  },
  {
    name: "candidate.waited",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "time since the task became ready",
    read: (view, i) => scaled(view, view.time - view.tasks.readyAt(view.task(i))),
  },
  {
    name: "candidate.age",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "time since the task's workflow was submitted",
    read: (view, i) => scaled(view, view.time - view.tasks.submittedAt(view.task(i))),
  },
  {
    name: "candidate.pathAhead",
    unit: "typical tasks",
    range: [0, NONE],
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
    range: [0, NONE],
    scale: "log1p",
    meaning: "attempts of the task that were begun before",
    read: (view, i) => view.tasks.attempts(view.task(i)),
  },
  {
    name: "candidate.priority",
    unit: "priority",
    range: [-NONE, NONE],
    scale: "asinh",
    meaning: "priority of the task's workflow, larger is more urgent",
    read: (view, i) => view.tasks.priority(view.task(i)),
  },
];

const POOL_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "pool.waiting",
    unit: "tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "tasks queued at the pool whose server is free",
    read: (view) => view.pools.waiting(view.pool(0)),
  },
  {
    name: "pool.busyShare",
    unit: "share",
    range: [0, 1],
    scale: "linear",
    meaning: "share of the pool's servers that are busy",
    read: (view) => view.pools.running(view.pool(0)) / view.pools.servers(view.pool(0)),
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

const ELAPSED: ReadableFeature = {
  name: "attempt.elapsed",
  unit: "typical tasks",
  range: [0, NONE],
  scale: "log1p",
  meaning: "time since the running attempt began",
  read: (view) => {
    const started = view.tasks.startedAt(view.task(0));
    return Number.isNaN(started) ? 0 : scaled(view, view.time - started);
  },
};

const LOAD_CONTEXT: readonly ReadableFeature[] = [
  {
    name: "system.waitingPerServer",
    unit: "tasks",
    range: [0, NONE],
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

const VARIANT_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "variant.size",
    unit: "typical tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "mean work of the alternative; 0 where it is a workflow of its own",
    read: (view, i) => {
      const size = view.tasks.variantSize(view.task(i), view.option(i));
      return Number.isNaN(size) ? 0 : scaled(view, size);
    },
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
    range: [0, NONE],
    scale: "log1p",
    meaning: "servers being set up, for each that can work",
    read: (view) => view.pools.starting(view.pool(0)) / Math.max(1, view.pools.servers(view.pool(0))),
  },
  {
    name: "pool.waitingPerServer",
    unit: "tasks",
    range: [0, NONE],
    scale: "log1p",
    meaning: "tasks queued at the pool, for each server that can work",
    read: (view) => view.pools.waiting(view.pool(0)) / Math.max(1, view.pools.servers(view.pool(0))),
  },
];

const SCALE_CANDIDATE: readonly ReadableFeature[] = [
  {
    name: "scale.change",
    unit: "share",
    range: [-NONE, NONE],
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
    range: [0, NONE],
    scale: "log1p",
    meaning:
      "tasks at the pool for each server that the candidate would have; for each half where it would have none",
    read: (view, i) => {
      const present = view.pools.running(view.pool(i)) + view.pools.waiting(view.pool(i));
      return present / Math.max(0.5, view.option(i));
    },
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
    id: "dispatch/1",
    kind: "dispatch",
    context: [...POOL_CONTEXT, ...SYSTEM_CONTEXT],
    candidate: TASK_CANDIDATE,
  },
  admit: {
    id: "admit/1",
    kind: "admit",
    context: [...TASK_CONTEXT, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
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
    context: [...TASK_CONTEXT, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: options({
      same: "the next attempt goes where the last one failed",
      other: "the next attempt goes elsewhere",
      giveUp: "the task has failed",
    }),
  },
  hedge: {
    id: "hedge/1",
    kind: "hedge",
    context: [...TASK_CONTEXT, ELAPSED, ...SYSTEM_CONTEXT, ...LOAD_CONTEXT],
    candidate: options({ wait: "the attempt goes on alone", hedge: "a second copy is started" }),
  },
  scale: {
    id: "scale/1",
    kind: "scale",
    context: [...POOL_CONTEXT, ...SCALE_CONTEXT, ...SYSTEM_CONTEXT],
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
