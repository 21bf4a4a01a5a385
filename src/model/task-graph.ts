import { assert } from "../kit/assert.js";
import type { Distribution } from "../kit/distribution.js";
import { mapped } from "../kit/mapped.js";
import { moments } from "../kit/moments.js";
import { type BlockSampler, sampler } from "../kit/sampler.js";
import type { Names } from "./names.js";
import {
  type CacheUse,
  type EdgeCondition,
  type Hedge,
  RESOURCE_NAMES,
  type RecordedBlocks,
  type Retry,
  type Scenario,
  type TaskSpec,
  type TaskTemplate,
} from "./scenario.js";

/**
 * A workflow's DAG as columns: what the engine walks. One graph serves every instance of a template; a trace brings
 * one for each workflow. Tasks are in topological order; the children of task t are child[firstChild[t] .. firstChild[t + 1]).
 *
 * What attempts take stands in *specs*: those of the tasks come first, at the tasks' own numbers, then those of their
 * alternatives and compensations.
 */
export interface TaskGraph {
  readonly name: string;
  readonly count: number;
  /** Edges that must be met before a task is ready; 0 for roots. */
  readonly join: Int32Array;
  readonly firstChild: Int32Array;
  readonly child: Int32Array;
  /** The parents of t are parent[firstParent[t] .. firstParent[t + 1]). */
  readonly firstParent: Int32Array;
  readonly parent: Int32Array;
  /** When each edge of `child` is met; null where all are on success. */
  readonly conditions: Int32Array | null;
  /** What is not plain work, by task; null where all is. */
  readonly bodies: readonly (Body | undefined)[] | null;
  /** 1 for tasks whose failure is nobody's concern. */
  readonly optional: Uint8Array | null;
  /** Spec that undoes each task, -1 where there is none; null where no task has one. */
  readonly compensations: Int32Array | null;
  readonly priority: number;
  /** Seconds from submission after which all of it is cancelled. */
  readonly timeLimit: Distribution | null;
  /** Work as recorded, by spec, where the workflow comes from a trace; it is then not drawn. */
  readonly recordedWork: Float64Array | null;
  /** How many attempts fail first, by spec, where failures are replayed, too. */
  readonly recordedFailures: Int32Array | null;
  /** Pool where each task ran when it was recorded, -1 where that is unknown or none of the scenario's; null where all are. By task. */
  readonly recordedPool: Int32Array | null;
  /** Whether all tasks are plain work that succeeds or fails the workflow: no conditions, bodies, answers and the like. */
  readonly plain: boolean;
  /** Mean work on the longest path from the task, itself included: Topcuoglu et al. 2002 (HEFT), without transfers. By task. */
  readonly upwardRank: Float64Array;
  /** Mean work on the longest path of all. */
  readonly criticalPath: number;

  // By spec, from here on.
  readonly types: readonly string[];
  /** Numbers of the types in the scenario's list of them. */
  readonly type: Int32Array;
  /** Draws the work of an attempt; null where it is recorded. */
  readonly work: readonly BlockSampler[] | null;
  /** Work as far as a policy may know it: its mean, seconds at speed 1. */
  readonly meanWork: Float64Array;
  /** Pools that may run each: indices into `Scenario.pools`. */
  readonly pools: readonly Int32Array[];
  /** By how much faster than its speed says each of `pools` does it; null where all are 1. */
  readonly speeds: readonly (Float64Array | undefined)[] | null;
  readonly attemptFailure: Float64Array;
  readonly retry: readonly Retry[];
  readonly timeout: Float64Array;
  /** Patience of attempts; null where all are patient for ever. */
  readonly scheduleToStart: readonly (Distribution | undefined)[] | null;
  readonly hedges: readonly (Hedge | undefined)[] | null;
  /** Resources: those of spec s are at 3 s; null where nothing is asked for. */
  readonly needs: Float64Array | null;
  readonly bytesOut: Float64Array | null;
  readonly caches: readonly (CacheUse | RecordedBlocks | undefined)[] | null;
  readonly changeovers: readonly (Distribution | undefined)[] | null;
  /** What a success may answer. */
  readonly answers: readonly (Answers | undefined)[] | null;
}

/** Codes of `TaskGraph.conditions`; a code from VALUE on is met by the success that answers value code - VALUE. */
export const ON_SUCCESS = 0;
export const ON_FAILURE = 1;
export const WHEN_DONE = 2;
export const VALUE = 3;

/** What a task runs that is not its own work. */
export interface Body {
  /** One of these runs in place of the task's own spec. */
  readonly variants?: readonly { readonly spec: number; readonly call?: TaskGraph }[];
  /** A workflow that runs within this one: once, or as `count` or `most` say. */
  readonly call?: TaskGraph;
  /** Instances at once, and how many must succeed: -1 all. */
  readonly count?: Distribution;
  readonly need: number;
  /** Instances one after another, until one succeeds and, where `until` is not negative, answers it. */
  readonly most: number;
  readonly until: number;
}

export interface Answers {
  /** Numbers of the values in the scenario's list of them. */
  readonly values: Int32Array;
  readonly weights: readonly number[];
}

/** Edges as compressed rows: the parents of t are parent[firstParent[t] .. firstParent[t + 1]). */
export interface GraphShape {
  readonly count: number;
  readonly firstParent: Int32Array;
  readonly parent: Int32Array;
}

/** What a graph has besides its edges; all but the first few are left out where there is nothing of the kind. */
export type GraphRest = Pick<
  TaskGraph,
  | "name"
  | "priority"
  | "types"
  | "type"
  | "work"
  | "meanWork"
  | "pools"
  | "attemptFailure"
  | "retry"
  | "timeout"
> &
  Partial<
    Pick<
      TaskGraph,
      | "bodies"
      | "optional"
      | "compensations"
      | "timeLimit"
      | "recordedWork"
      | "recordedFailures"
      | "recordedPool"
      | "speeds"
      | "scheduleToStart"
      | "hedges"
      | "needs"
      | "bytesOut"
      | "caches"
      | "changeovers"
      | "answers"
    >
  > & {
    readonly join?: Int32Array;
    /** By edge, in the order of the parents' rows. */
    readonly conditionOfParent?: Int32Array;
    /** Mean work by task where it is not that of its spec. */
    readonly taskWork?: Float64Array;
  };

/** The columns that follow from shape and work alone, and the rest. Every graph has the same fields, in the same order. */
export function buildGraph(shape: GraphShape, rest: GraphRest): TaskGraph {
  const { count, firstParent, parent } = shape;
  const { conditionOfParent, bodies = null, compensations = null, optional = null, answers = null } = rest;
  const join = new Int32Array(count);
  const firstChild = new Int32Array(count + 1);
  for (let t = 0; t < count; t++) {
    const parents = firstParent[t + 1]! - firstParent[t]!;
    join[t] = rest.join === undefined ? parents : Math.min(parents, rest.join[t]!);
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) {
      assert(parent[e]! < t, `task ${t} of ${rest.name} stands before its parent ${parent[e]}`);
      firstChild[parent[e]! + 1]!++;
    }
  }
  for (let t = 0; t < count; t++) firstChild[t + 1]! += firstChild[t]!;
  const child = new Int32Array(parent.length);
  const conditions = conditionOfParent === undefined ? null : new Int32Array(parent.length);
  const filled = firstChild.slice(0, count);
  for (let t = 0; t < count; t++) {
    for (let e = firstParent[t]!; e < firstParent[t + 1]!; e++) {
      const at = filled[parent[e]!]!++;
      child[at] = t;
      if (conditions !== null) conditions[at] = conditionOfParent![e]!;
    }
  }
  const rank = upwardRank(firstChild, child, rest.taskWork ?? rest.meanWork, count);
  return {
    name: rest.name,
    count,
    join,
    firstChild,
    child,
    firstParent,
    parent,
    conditions,
    bodies,
    optional,
    compensations,
    priority: rest.priority,
    timeLimit: rest.timeLimit ?? null,
    recordedWork: rest.recordedWork ?? null,
    recordedFailures: rest.recordedFailures ?? null,
    recordedPool: rest.recordedPool ?? null,
    plain: [conditions, bodies, optional, compensations, answers].every((part) => part === null),
    upwardRank: rank,
    criticalPath: rank.reduce((longest, of) => Math.max(longest, of), 0),
    types: rest.types,
    type: rest.type,
    work: rest.work,
    meanWork: rest.meanWork,
    pools: rest.pools,
    speeds: rest.speeds ?? null,
    attemptFailure: rest.attemptFailure,
    retry: rest.retry,
    timeout: rest.timeout,
    scheduleToStart: rest.scheduleToStart ?? null,
    hedges: rest.hedges ?? null,
    needs: rest.needs ?? null,
    bytesOut: rest.bytesOut ?? null,
    caches: rest.caches ?? null,
    changeovers: rest.changeovers ?? null,
    answers,
  };
}

/** Children stand after their parents, so one sweep from the back sees every child's rank first. */
function upwardRank(
  firstChild: Int32Array,
  child: Int32Array,
  work: Float64Array,
  count: number,
): Float64Array {
  const rank = new Float64Array(count);
  for (let t = count - 1; t >= 0; t--) {
    let longest = 0;
    for (let e = firstChild[t]!; e < firstChild[t + 1]!; e++) longest = Math.max(longest, rank[child[e]!]!);
    rank[t] = work[t]! + longest;
  }
  return rank;
}

/** The graph of every template of a scenario, in their order; the types and values that they name are added to the lists. */
export function templateGraphs(scenario: Scenario, types: Names, values: Names): readonly TaskGraph[] {
  const graphs: (TaskGraph | undefined)[] = [];
  const graphOf = (template: number): TaskGraph =>
    (graphs[template] ??= templateGraph(scenario, template, types, values, graphOf));
  return mapped(scenario.workflows, (_, template) => graphOf(template));
}

function templateGraph(
  scenario: Scenario,
  template: number,
  types: Names,
  values: Names,
  graphOf: (template: number) => TaskGraph,
): TaskGraph {
  const { name, tasks, priority, timeout } = scenario.workflows[template]!;
  const firstParent = new Int32Array(tasks.length + 1);
  tasks.forEach((task, t) => {
    firstParent[t + 1] = firstParent[t]! + task.after.length;
  });
  const specs: TaskSpec[] = [...tasks];
  const bodies = tasks.map((task): Body | undefined => {
    const once = { need: -1, most: 1, until: -1 };
    const variants = task.oneOf?.map(({ call, ...spec }) => ({
      spec: specs.push(spec) - 1,
      ...(call === undefined ? {} : { call: graphOf(call) }),
    }));
    // What runs many times is a workflow of its own: the one called, or one of just this task.
    const inner = task.call === undefined ? undefined : graphOf(task.call);
    if (task.forEach !== undefined) {
      const { count, join } = task.forEach;
      const need = join === "all" ? -1 : join === "any" ? 1 : join;
      return { ...once, call: inner ?? aloneGraph(task, priority, types, values, graphOf), count, need };
    }
    if (task.repeat !== undefined) {
      const { most, until } = task.repeat;
      const call = inner ?? aloneGraph(task, priority, types, values, graphOf);
      return { ...once, call, most, until: until === undefined ? -1 : values.number(until) };
    }
    if (inner !== undefined) return { ...once, call: inner };
    return variants === undefined ? undefined : { ...once, variants };
  });
  const compensations = Int32Array.from(tasks, ({ compensate }) =>
    compensate === undefined ? -1 : specs.push(compensate) - 1,
  );
  const conditional = tasks.some(({ conditions }) => conditions?.some((met) => met !== "success"));
  const meanWork = Float64Array.from(specs, (spec) => moments(spec.work).mean);
  const taskWork = meanWork.slice(0, tasks.length);
  bodies.forEach((body, t) => {
    if (body !== undefined) taskWork[t] = meanWorkOf(body, meanWork);
  });
  return buildGraph(
    { count: tasks.length, firstParent, parent: Int32Array.from(tasks.flatMap((task) => task.after)) },
    {
      ...specColumns(specs, types, values),
      name,
      priority,
      taskWork,
      join: Int32Array.from(tasks, (task) => task.join),
      ...(timeout === undefined ? {} : { timeLimit: timeout }),
      ...(conditional
        ? {
            conditionOfParent: Int32Array.from(
              tasks.flatMap(({ after, conditions }) =>
                after.map((_, k) => conditionCode(conditions?.[k] ?? "success", values)),
              ),
            ),
          }
        : {}),
      ...(bodies.some((body) => body !== undefined) ? { bodies } : {}),
      ...(tasks.some(({ optional }) => optional === true)
        ? { optional: Uint8Array.from(tasks, ({ optional }) => (optional === true ? 1 : 0)) }
        : {}),
      ...(compensations.some((spec) => spec >= 0) ? { compensations } : {}),
    },
  );
}

/** A task as a workflow of its own, without what it is in the workflow that it stands in. */
function aloneGraph(
  task: TaskTemplate,
  priority: number,
  types: Names,
  values: Names,
  graphOf: (template: number) => TaskGraph,
): TaskGraph {
  const bare: TaskTemplate = { ...task, after: [], join: 0 };
  const { forEach: _forEach, repeat: _repeat, compensate: _undo, conditions: _edges, ...plain } = bare;
  const variants = plain.oneOf;
  const specs: TaskSpec[] = [plain, ...(variants ?? [])];
  const body: Body | undefined =
    variants === undefined
      ? undefined
      : {
          need: -1,
          most: 1,
          until: -1,
          variants: variants.map(({ call }, v) => ({
            spec: v + 1,
            ...(call === undefined ? {} : { call: graphOf(call) }),
          })),
        };
  return buildGraph(
    { count: 1, firstParent: new Int32Array(2), parent: new Int32Array(0) },
    {
      ...specColumns(specs, types, values),
      name: task.name,
      priority,
      ...(body === undefined ? {} : { bodies: [body] }),
    },
  );
}

/** Mean seconds that a body takes at least at speed 1, for ranks: instances at once count once, repeats once. */
function meanWorkOf(body: Body, meanWork: Float64Array): number {
  const longest = (graph: TaskGraph) => Math.max(0, ...graph.upwardRank);
  if (body.call !== undefined) return longest(body.call);
  const { variants = [] } = body;
  const each = variants.map(({ spec, call }) => (call === undefined ? meanWork[spec]! : longest(call)));
  return each.reduce((sum, work) => sum + work, 0) / Math.max(1, each.length);
}

function conditionCode(condition: EdgeCondition, values: Names): number {
  if (typeof condition === "object") return VALUE + values.number(condition.value);
  return condition === "success" ? ON_SUCCESS : condition === "failure" ? ON_FAILURE : WHEN_DONE;
}

function specColumns(specs: readonly TaskSpec[], types: Names, values: Names) {
  const column = (of: (spec: TaskSpec) => number) => Float64Array.from(specs, of);
  /** A list by spec, left out where no spec has anything in it. */
  const some = <K extends string, T>(key: K, of: (spec: TaskSpec) => T | undefined) => {
    const list = mapped(specs, of);
    return (list.some((entry) => entry !== undefined) ? { [key]: list } : {}) as unknown as Partial<
      Record<K, readonly (T | undefined)[]>
    >;
  };
  return {
    types: mapped(specs, (spec) => spec.type),
    type: Int32Array.from(specs, (spec) => types.number(spec.type)),
    work: mapped(specs, (spec) => sampler(spec.work)),
    meanWork: column((spec) => moments(spec.work).mean),
    pools: mapped(specs, (spec) => Int32Array.from(spec.pools)),
    attemptFailure: column((spec) => spec.attemptFailure),
    retry: mapped(specs, (spec) => spec.retry),
    timeout: column((spec) => spec.timeout),
    ...some("speeds", ({ speeds }) =>
      speeds?.some((factor) => factor !== 1) ? Float64Array.from(speeds) : undefined,
    ),
    ...some("scheduleToStart", (spec) => spec.scheduleToStart),
    ...some("hedges", (spec) => spec.hedge),
    ...some("caches", (spec) => spec.cache),
    ...some("changeovers", (spec) => spec.changeover),
    ...some("answers", ({ values: answers }) =>
      answers === undefined
        ? undefined
        : {
            values: Int32Array.from(answers.names, (value) => values.number(value)),
            weights: answers.weights,
          },
    ),
    ...(specs.some(({ bytesOut = 0 }) => bytesOut > 0)
      ? { bytesOut: column((spec) => spec.bytesOut ?? 0) }
      : {}),
    ...(specs.some(({ needs }) => needs !== undefined)
      ? {
          needs: Float64Array.from(
            specs.flatMap(({ needs }) => RESOURCE_NAMES.map((name) => needs?.[name] ?? 0)),
          ),
        }
      : {}),
  };
}
