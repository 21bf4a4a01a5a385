import type { Distribution } from "../kit/distribution.js";
import type { Arrivals, ClosedArrivals } from "./arrivals.js";
import type { Objective } from "./objective.js";

export type { Arrivals, BatchSize } from "./arrivals.js";
export { METRIC_NAMES, METRICS, type Metric, type Objective } from "./objective.js";

/**
 * The nouns of an experiment, checked and resolved: names are indices, units are gone (seconds, money), defaults are
 * filled in. `parseScenario` makes it from unknown input; nothing below has to check it again.
 */
export interface Scenario {
  readonly name: string;
  /** Seconds of virtual time simulated. */
  readonly horizon: number;
  /** Seconds at the start that are simulated but not measured. */
  readonly warmup: number;
  readonly pools: readonly Pool[];
  /** Central queues that several pools serve (late binding). A pool that is in none has its own (early binding). */
  readonly queues?: readonly Queue[];
  readonly workflows: readonly WorkflowTemplate[];
  readonly objective: Objective;
  /** Decision points at which the policy is asked; at all others the engine takes its default. */
  readonly decide: readonly DecisionKind[];
  /** Whether a policy sees the work that a task will take (`known`), or only the mean of its distribution (`expected`). */
  readonly sizes: "known" | "expected";
  /** A recorded workload that is replayed besides the templates' own arrivals. */
  readonly trace?: TraceReplay;
  /** What it takes to move a task's output to a child that runs in another pool. */
  readonly transfers?: Transfers;
  /** Outages, brownouts and other disturbances; each leaves its label in the telemetry. */
  readonly weather?: readonly Weather[];
}

/**
 * What a policy may be asked, and what its candidates are:
 *
 * - `admit`: whether a submitted workflow is taken in. Options: 0 deny, 1 admit.
 * - `route`: where a ready task goes. One candidate a pool or central queue.
 * - `dispatch`: what a free server takes up. One candidate a pair of a waiting task and a pool with a free server;
 *   where the queue allows idling also `wait`, and where it allows duplicates also a second copy of a running task.
 * - `branch`: which alternative of a `oneOf` task runs. Options: indices into its alternatives.
 * - `retry`: what follows a failed attempt. Options: 0 same pool, 1 another pool, 2 give up.
 * - `hedge`: whether an attempt that is late is given a second copy. Options: 0 no, 1 yes.
 * - `scale`: how many servers a pool is to have. Options: the sizes themselves.
 */
export const DECISION_KINDS = ["route", "dispatch", "admit", "branch", "retry", "hedge", "scale"] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

export interface Pool {
  readonly name: string;
  /** `UNLIMITED` for a pool where nobody ever waits. */
  readonly servers: number;
  /** Tasks that may be here at once, running or waiting; an attempt that finds it full is rejected. Infinity by default. */
  readonly capacity: number;
  /** A task with work w takes w / speed seconds here. */
  readonly speed: number;
  /** Money per second that a server is busy. */
  readonly price: number;
  /** Probability that an attempt fails here; it is found out at the end of the attempt. */
  readonly attemptFailure: number;
  /** Order of service where the policy is not asked to dispatch. Of no account where the pool serves a central queue. */
  readonly discipline: Discipline;
  /** Money per second that a server is on but idle, or being set up; money per start of a server. All 0 by default. */
  readonly idlePrice?: number;
  readonly setupPrice?: number;
  readonly startPrice?: number;
  /** Watts of a server that is busy, and of one that is on but idle: what the metric `energy` adds up, in joules. */
  readonly power?: { readonly busy: number; readonly idle: number };
  /**
   * Failure that grows with load: an attempt that starts when a share x of the servers is busy (itself included) fails
   * with this probability times x, besides `attemptFailure`.
   */
  readonly loadFailure?: number;
  /**
   * What one server has of each resource. `servers` is then the number of machines, and a machine runs as many tasks as
   * fit into it. A task asks for `TaskSpec.needs`.
   */
  readonly resources?: Resources;
  /** Which of the machines that a task fits into takes it: the first, the fullest or the emptiest. `best-fit` by default. */
  readonly packing?: "first-fit" | "best-fit" | "worst-fit";
  /** Whether a task behind one that does not fit yet may overtake it. False by default. */
  readonly backfill?: boolean;
  readonly rateLimit?: RateLimit;
  readonly scaling?: Scaling;
  readonly breakdown?: Breakdown;
  readonly stragglers?: Stragglers;
  /** When the pool takes up nothing new, though what runs goes on: spans of virtual time, seconds. */
  readonly drain?: readonly { readonly from: number; readonly until: number }[];
  /** How many blocks the pool's cache holds (least recently used goes first): what `TaskSpec.cache` may hit. */
  readonly cacheBlocks?: number;
}

/** Amounts of each resource; what is absent is not asked for, or without bound where it is offered. */
export interface Resources {
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpu?: number;
}
export const RESOURCE_NAMES = ["cpu", "memory", "gpu"] as const satisfies readonly (keyof Resources)[];

/** A token bucket: `rate` tokens per second, at most `burst`, full at the start; every start of an attempt takes one. */
export interface RateLimit {
  readonly rate: number;
  readonly burst: number;
  /** Without a token, a task is turned away at once as by a full pool (429), or waits for one. */
  readonly onLimit: "reject" | "wait";
}

/** The number of servers is decided while the pool runs; `Pool.servers` is what it has at the start. */
export interface Scaling {
  readonly least: number;
  readonly most: number;
  /** Seconds between `scale` decisions; 0 for one after every change in the pool or its queue. */
  readonly every: number;
  /** From the decision to the first task; none by default. */
  readonly setup?: Distribution;
  /** For which a server that is let go is still paid (idle price); none by default. */
  readonly teardown?: Distribution;
  /** A server that has been idle so long goes off by itself. Never by default. */
  readonly idleTimeout?: Distribution;
}

export interface Breakdown {
  /** Time to failure of one server, from when it came up; and the time for which it is down. */
  readonly every: Distribution;
  readonly lasts: Distribution;
  /** Whether a server can break at any time (default) or only while it is busy; its clock then starts with each attempt. */
  readonly mode: "always" | "busy";
  readonly interrupted: Interrupted;
}

/** What becomes of an attempt whose server is lost: it goes on where it was, or from its beginning, or it has failed. */
export type Interrupted = "resume" | "restart" | "fail";

/** Attempts that take much longer than their work. */
export type Stragglers =
  /** A share of the attempts, from their start. */
  | { readonly share: number; readonly slowdown: Distribution }
  /** Any attempt that runs so long turns into one: what is left of it then takes `slowdown` times as long. */
  | { readonly onset: Distribution; readonly slowdown: Distribution };

/** A central queue: whichever of its pools has a free server takes from it. */
export interface Queue {
  readonly name: string;
  /** Indices of the pools that serve it. */
  readonly pools: readonly number[];
  /** Tasks waiting or running here at the most; Infinity by default. */
  readonly capacity?: number;
  /** Order in which tasks are taken where the policy is not asked; `fifo` or `priority`. */
  readonly discipline: "fifo" | "priority";
  /** Whether a policy may leave a server idle though a task waits. False by default. */
  readonly idling?: boolean;
  /** Whether all servers are given out anew at every event, running tasks going on where they were stopped. False by default. */
  readonly reallocate?: boolean;
  /** Whether a policy may give an idle server a second copy of a task that runs. False by default. */
  readonly duplicates?: boolean;
  /**
   * Whether a changeover is a step of its own: once a server is prepared, the policy is asked anew what it takes up. False
   * by default: it takes the task that it was prepared for.
   */
  readonly reconsider?: boolean;
}

/** Moving `bytesOut` of a parent to a child in another pool occupies the child's server for latency + bytes / bandwidth. */
export interface Transfers {
  /** Seconds. */
  readonly latency: number;
  /** Bytes per second. */
  readonly bandwidth: number;
  /** Money per byte. */
  readonly price: number;
}

/** A disturbance of one or several pools at once, on schedule or at random. Those named together are struck together. */
export interface Weather {
  readonly name: string;
  readonly pools: readonly number[];
  readonly when:
    | {
        readonly kind: "scheduled";
        readonly spans: readonly { readonly from: number; readonly until: number }[];
      }
    /** Calm for a time drawn from `every`, then the disturbance for a time drawn from `lasts`, and so on; begins calm. */
    | { readonly kind: "random"; readonly every: Distribution; readonly lasts: Distribution };
  readonly effect:
    | { readonly kind: "outage"; readonly interrupted: Interrupted }
    /** Speeds are multiplied by this, also of what runs. */
    | { readonly kind: "brownout"; readonly speed: number }
    /** Attempts that start (or, judged at their end, that end) meanwhile fail with this probability, besides all else. */
    | { readonly kind: "failures"; readonly attemptFailure: number; readonly judged?: "end" }
    /** Attempts that start take this many times as long. */
    | { readonly kind: "stragglers"; readonly share: number; readonly slowdown: Distribution };
  /** Whether policies see it (in `PoolFigures`), or only its consequences. True by default. */
  readonly observed?: boolean;
}

/** Servers of a pool that is a pure delay. */
export const UNLIMITED = 2 ** 31 - 1;

/**
 * Orders of service. Sizes are as far as known (see `Scenario.sizes`). The preemptive ones resume where they were stopped.
 */
export const DISCIPLINES = {
  fifo: "first in, first out",
  lifo: "last in, first out, without preemption",
  sjf: "shortest job first, without preemption",
  priority: "largest workflow priority first, without preemption; first in, first out within one",
  "priority-preemptive": "the same, preemptive",
  srpt: "shortest remaining processing time, preemptive",
  psjf: "shortest original size first, preemptive",
  las: "least attained service first, preemptive: the tasks that have been given the least share the servers",
  ps: "processor sharing: all tasks run at once and share the servers equally",
} as const;
export type Discipline = keyof typeof DISCIPLINES;
export const DISCIPLINE_NAMES = Object.keys(DISCIPLINES) as readonly Discipline[];

export interface WorkflowTemplate {
  readonly name: string;
  /** How instances arrive; absent where only a trace brings them. */
  readonly arrivals?: Arrivals;
  /** Seconds from submission; Infinity where there is none. Missing it costs, but does not stop the workflow. */
  readonly deadline: number;
  readonly priority: number;
  /** Seconds from submission after which all of it is cancelled and it counts as failed; drawn for each workflow. */
  readonly timeout?: Distribution;
  readonly tasks: readonly TaskTemplate[];
}

/** Templates that bring instances of their own, in the order of their sources. */
export const arrivingWorkflows = ({ workflows }: Pick<Scenario, "workflows">) =>
  workflows.filter(
    (workflow): workflow is WorkflowTemplate & { readonly arrivals: Arrivals } =>
      workflow.arrivals !== undefined,
  );

/** What an attempt at a task takes and may do. */
export interface TaskSpec {
  readonly type: string;
  /** Seconds at speed 1. */
  readonly work: Distribution;
  /** Indices of the pools that may run it; never empty. */
  readonly pools: readonly number[];
  /** By how much faster than its speed says each of `pools` does this type of work; 1 by default. */
  readonly speeds?: readonly number[];
  /** Probability that an attempt fails by the task's own doing, wherever it runs. */
  readonly attemptFailure: number;
  readonly retry: Retry;
  /**
   * Start-to-close timeout of an attempt, seconds; Infinity where there is none. A timed-out attempt counts as failed.
   * Where a pool is preemptive, the time for which an attempt is held does not count.
   */
  readonly timeout: number;
  /** Patience: schedule-to-start timeout of an attempt, drawn anew each time; a task that runs out of it fails for good. */
  readonly scheduleToStart?: Distribution;
  readonly hedge?: Hedge;
  /** Resources that an attempt takes of a machine, in pools whose machines have them; nothing by default. */
  readonly needs?: Resources;
  /** Bytes that a child in another pool has to fetch (see `Scenario.transfers`). */
  readonly bytesOut?: number;
  readonly cache?: CacheUse;
  /** Time to prepare a server whose last task was of another type; pools of one server only. */
  readonly changeover?: Distribution;
  /** What a success may answer, for `EdgeCondition`s: one of `names`, with probability `weights`. */
  readonly values?: { readonly names: readonly string[]; readonly weights: readonly number[] };
}

/** A second copy of an attempt that is late; the first to succeed wins and the other is cancelled. What both cost counts. */
export interface Hedge {
  /**
   * Seconds from the start of the attempt, drawn; or the quantile of the type's own latencies seen so far (0 to 1). Absent
   * where second copies are made by dispatch decisions only.
   */
  readonly after?: Distribution | { readonly quantile: number };
  /** Time for which a cancelled copy still holds its server; none by default. */
  readonly cleanUp?: Distribution;
}

/**
 * Prefix or data locality. Each task draws a key by Zipf's law with exponent `skew` among `keys`, which stands for
 * `blocks` blocks of a cache; the share of them that its pool holds, from the first on, times `saving` is spared of its work.
 */
export interface CacheUse {
  readonly keys: number;
  readonly skew: number;
  readonly blocks: number;
  readonly saving: number;
}

/** As `CacheUse`, but the blocks are those that a trace has on record: ids in order, as of the prefix of a prompt. */
export interface RecordedBlocks {
  readonly recorded: Int32Array;
  readonly saving: number;
}

/** Everything that attempts may be at in a list of tasks: their own work, their alternatives and what undoes them. */
export function specsOf(tasks: readonly TaskTemplate[]): TaskSpec[] {
  return tasks.flatMap((task) => [
    task,
    ...(task.oneOf ?? []),
    ...(task.compensate === undefined ? [] : [task.compensate]),
  ]);
}

/** When an edge is met: its parent succeeded, or failed for good, or either; or succeeded and answered `value`. */
export type EdgeCondition = "success" | "failure" | "done" | { readonly value: string };

/**
 * A node of a workflow. Its body is its own work (a `TaskSpec`), or one of several alternatives (`oneOf`), or another
 * workflow (`call`); `forEach` runs the body many times at once, `repeat` again and again.
 */
export interface TaskTemplate extends TaskSpec {
  readonly name: string;
  /** Indices of the parents in `tasks`, all smaller than the task's own (tasks are in topological order). */
  readonly after: readonly number[];
  /** When each edge from `after` is met; all on success by default. */
  readonly conditions?: readonly EdgeCondition[];
  /**
   * How many edges must be met before the task is ready: `after.length` (all), 1 (any) or k. Once too few are left that
   * can be, the task is skipped, and its own edges are not met.
   */
  readonly join: number;
  /**
   * Whether its failure is nobody's concern. A failure otherwise fails the workflow, unless an edge of the task's is met by it.
   */
  readonly optional?: boolean;
  /** In place of its own work: alternatives, one of which runs (a `branch` decision; the first where nobody is asked). */
  readonly oneOf?: readonly (TaskSpec & { readonly name: string; readonly call?: number })[];
  /** In place of its own work: a workflow (an index into `Scenario.workflows`) that runs within this one. */
  readonly call?: number;
  /** The body runs `count` times at once (drawn, rounded, at least 0); `join` of them must succeed (all by default). */
  readonly forEach?: { readonly count: Distribution; readonly join: "all" | "any" | number };
  /**
   * The body is repeated until it succeeds (where `until` is absent) or answers `until`, at most `most` times; then the
   * task has failed.
   */
  readonly repeat?: { readonly most: number; readonly until?: string };
  /** Undoes the task where the workflow fails later (saga): run for each task that had succeeded, the latest first. */
  readonly compensate?: TaskSpec;
}

/** Attempts where there is no bound: more than any run makes. */
export const UNBOUNDED_ATTEMPTS = 2 ** 15 - 1;

export interface Retry {
  /** Attempts in all, at least 1; at most `UNBOUNDED_ATTEMPTS`. */
  readonly attempts: number;
  /** Mean delay before retry n (n = 1, 2, ...): min(cap, first * factor^(n-1)) seconds. */
  readonly backoff: {
    readonly first: number;
    readonly factor: number;
    readonly cap: number;
    readonly jitter: number;
    /** In place of the above: every delay is drawn from this. */
    readonly draw?: Distribution;
  };
  /** Whether a retry draws its work anew (a remote call) or repeats it (a fixed job). */
  readonly work: "fresh" | "same";
}

export interface TraceReplay {
  /** Path of the Arrow file, resolved against the scenario's folder. */
  readonly path: string;
  /** Recorded times are multiplied by this (0.5: twice the load). */
  readonly timeScale: number;
  /** Recorded work is multiplied by this. */
  readonly workScale: number;
  /** How many times the trace is played, one after another; 1 by default. */
  readonly repeat: number;
  /** What is played: workflows submitted in [from, until), recorded seconds after the first; 0 and Infinity by default. */
  readonly from: number;
  readonly until: number;
  /** How many times each workflow comes: as recorded, and each copy a jitter after the one before; 1 by default. */
  readonly amplify: number;
  /** Seconds of simulated time, drawn for each copy. */
  readonly jitter: Distribution;
  /** Pools that may run the trace's tasks: indices; all by default. */
  readonly pools: readonly number[];
  readonly attemptFailure: number;
  readonly retry: Retry;
  /** Deadline for workflows that record none: seconds from submission, Infinity by default. */
  readonly deadline: number;
  /** `resampled`: a task's work is that of some task of its type in the trace, drawn anew. As recorded by default. */
  readonly work?: "resampled";
  /**
   * Speed of recorded pools by name, where recorded work is the time that tasks took there: it is multiplied by it, so that
   * what is replayed is work at speed 1. 1 where a pool is not listed.
   */
  readonly recordedSpeeds?: Readonly<Record<string, number>>;
  /** `recorded`: tasks fail as often as they did, those that never succeeded always. Drawn by default. */
  readonly failures?: "recorded";
  /** `cpu`: a task needs as many cores of its machine as it used. Nothing by default. */
  readonly needs?: "cpu";
  /** Tasks use the blocks that are on record (the prefix of a prompt) in the caches of their pools, which spares up to this share of their work. */
  readonly prefixSaving?: number;
  /** Workflows come one after another as users are free for them, in the order of the trace, whatever their recorded times. */
  readonly closed?: ClosedArrivals;
}
