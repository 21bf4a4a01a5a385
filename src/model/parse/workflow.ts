import { suggest } from "../../kit/errors.js";
import { type Retry, type TaskTemplate, UNBOUNDED_ATTEMPTS, type WorkflowTemplate } from "../scenario.js";
import { arrivalsOf } from "./arrivals.js";
import { distribution } from "./distribution.js";
import { NOT_NEGATIVE, POSITIVE, PROBABILITY, parseQuantity, quantity } from "./quantity.js";
import type { Reader } from "./reader.js";

export const WORKFLOW_KEYS = ["arrivals", "deadline", "priority", "tasks"] as const;
export const TASK_KEYS = [
  "type",
  "after",
  "join",
  "work",
  "pools",
  "attemptFailure",
  "retry",
  "timeout",
  "scheduleToStart",
] as const;
export const RETRY_KEYS = ["attempts", "backoff", "work"] as const;
export const BACKOFF_KEYS = ["first", "factor", "cap", "jitter"] as const;

/** More attempts than this are a mistake, and draws are keyed by fewer. */
const MOST_ATTEMPTS = 1000;
const MOST_TASKS = 100_000;

export const ONE_ATTEMPT: Retry = {
  attempts: 1,
  backoff: { first: 0, factor: 1, cap: Number.POSITIVE_INFINITY, jitter: 0 },
  work: "fresh",
};

export function workflow(name: string, reader: Reader, pools: readonly string[]): WorkflowTemplate {
  const fields = reader.fields("a workflow", WORKFLOW_KEYS);
  const arrivals = fields.get("arrivals");
  const deadline = fields.get("deadline");
  const priority = fields.get("priority");
  const tasks = fields.get("tasks");
  if (tasks === undefined) reader.complain(`workflow ${name} has no tasks`, "give it `tasks:`");
  return {
    name,
    ...(arrivals === undefined ? {} : { arrivals: arrivalsOf(arrivals) }),
    deadline: deadline === undefined ? Number.POSITIVE_INFINITY : quantity(deadline, "seconds", POSITIVE, 1),
    priority: priority === undefined ? 0 : priority.integer(-32768, 32767, 0),
    tasks: tasks === undefined ? [] : tasksOf(tasks, pools),
  };
}

interface Draft {
  readonly name: string;
  readonly reader: Reader;
  readonly after: readonly string[];
  readonly rest: Omit<TaskTemplate, "name" | "after" | "join">;
  readonly join: Reader | undefined;
}

function tasksOf(reader: Reader, pools: readonly string[]): TaskTemplate[] {
  const drafts = reader.entries("tasks").map(({ key, value }) => draft(key, value, pools));
  if (reader.isMap && drafts.length === 0) reader.complain("there are no tasks", "give at least one");
  if (drafts.length > MOST_TASKS) {
    reader.complain(`there are ${drafts.length} tasks`, `give at most ${MOST_TASKS}`);
    return [];
  }
  const names = drafts.map(({ name }) => name);
  const known = new Set(names);
  for (const { name, reader: at, after } of drafts) {
    for (const parent of after) {
      if (!known.has(parent))
        at.complain(
          `task ${name} comes after "${parent}", which is no task`,
          suggest("tasks", parent, names),
        );
    }
    const twice = after.find((parent, i) => after.indexOf(parent) !== i);
    if (twice !== undefined) at.complain(`task ${name} names its parent "${twice}" twice`, "name it once");
  }
  const order = topological(drafts);
  if (order === null) return [];
  const index = new Map(order.map(({ name }, i) => [name, i]));
  return order.map(({ name, after, rest, join }) => ({
    name,
    after: after.flatMap((parent) => index.get(parent) ?? []),
    join: join === undefined ? after.length : joinOf(join, after.length),
    ...rest,
  }));
}

function draft(name: string, reader: Reader, pools: readonly string[]): Draft {
  const fields = reader.fields("a task", TASK_KEYS);
  const [type, after, work] = [fields.get("type"), fields.get("after"), fields.get("work")];
  const [failure, timeout, retry] = [
    fields.get("attemptFailure"),
    fields.get("timeout"),
    fields.get("retry"),
  ];
  const patience = fields.get("scheduleToStart");
  if (work === undefined && reader.isMap)
    reader.complain(`task ${name} has no work`, "give it `work:`, e.g. exponential(250 ms)");
  return {
    name,
    reader,
    after:
      after === undefined
        ? []
        : after
            .items()
            .map((item) => item.text(""))
            .filter((parent) => parent !== ""),
    join: fields.get("join"),
    rest: {
      type: type === undefined ? name : type.text(name),
      work: work === undefined ? { kind: "deterministic", value: 1 } : distribution(work),
      pools: poolsOf(fields.get("pools"), pools),
      attemptFailure: failure === undefined ? 0 : quantity(failure, "share", PROBABILITY, 0),
      retry: retry === undefined ? ONE_ATTEMPT : retryOf(retry),
      timeout: timeout === undefined ? Number.POSITIVE_INFINITY : quantity(timeout, "seconds", POSITIVE, 1),
      ...(patience === undefined ? {} : { scheduleToStart: distribution(patience) }),
    },
  };
}

/** Indices of the pools named, all where none are. */
export function poolsOf(reader: Reader | undefined, pools: readonly string[]): number[] {
  if (reader === undefined) return pools.map((_, i) => i);
  const found: number[] = [];
  for (const item of reader.items()) {
    const name = item.text("");
    const pool = pools.indexOf(name);
    if (pool < 0) {
      if (name !== "") item.complain(`there is no pool "${name}"`, suggest("pools", name, pools));
    } else if (found.includes(pool)) item.complain(`the pool "${name}" is named twice`, "name it once");
    else found.push(pool);
  }
  if (reader.isList && reader.items().length === 0)
    reader.complain("no pool may run it", "name one, or leave `pools` out");
  return found;
}

function joinOf(reader: Reader, parents: number): number {
  if (reader.scalar === "all") return parents;
  if (reader.scalar === "any") return Math.min(1, parents);
  if (typeof reader.scalar === "number") return reader.integer(1, Math.max(1, parents), parents);
  reader.complain(`${reader.shown} is no join`, "write all, any, or how many parents must succeed");
  return parents;
}

export function retryOf(reader: Reader): Retry {
  const fields = reader.fields("retry", RETRY_KEYS);
  const [attempts, backoff, work] = [fields.get("attempts"), fields.get("backoff"), fields.get("work")];
  if (attempts === undefined && reader.isMap)
    reader.complain("retry has no attempts", "say how many in all, e.g. attempts: 3");
  return {
    attempts:
      attempts === undefined
        ? 1
        : attempts.scalar === "unlimited"
          ? UNBOUNDED_ATTEMPTS
          : attempts.integer(1, MOST_ATTEMPTS, 1),
    backoff: backoff === undefined ? ONE_ATTEMPT.backoff : backoffOf(backoff),
    work: work === undefined ? "fresh" : work.choice(["fresh", "same"], "fresh"),
  };
}

const SHORT = /^(exponential|fixed)\s*\(([^()]*)\)$/;

function backoffOf(reader: Reader): Retry["backoff"] {
  if (reader.isMap) {
    const fields = reader.fields("backoff", [...BACKOFF_KEYS, "draw"]);
    const draw = fields.get("draw");
    if (draw !== undefined) {
      if (fields.size > 1)
        reader.complain("a back-off that is drawn has no other key", "leave the others out");
      return { ...ONE_ATTEMPT.backoff, draw: distribution(draw) };
    }
    const [first, factor, cap, jitter] = BACKOFF_KEYS.map((key) => fields.get(key));
    if (first === undefined) reader.complain("backoff has no first delay", "e.g. { first: 1 s, factor: 2 }");
    return {
      first: first === undefined ? 0 : quantity(first, "seconds", NOT_NEGATIVE, 0),
      factor: factor === undefined ? 2 : quantity(factor, "number", { least: 1, most: 1000 }, 1),
      cap: cap === undefined ? Number.POSITIVE_INFINITY : quantity(cap, "seconds", POSITIVE, 1),
      jitter: jitter === undefined ? 0 : quantity(jitter, "share", PROBABILITY, 0),
    };
  }
  const short = typeof reader.scalar === "string" ? SHORT.exec(reader.scalar.trim()) : null;
  const first = short === null ? undefined : parseQuantity(short[2]!, "seconds");
  if (first === undefined || !(first >= 0 && first < Number.POSITIVE_INFINITY)) {
    reader.complain(
      `${reader.shown} is no back-off`,
      "write exponential(1 s), fixed(2 s), or { first, factor, cap, jitter }",
    );
    return ONE_ATTEMPT.backoff;
  }
  return { first, factor: short![1] === "fixed" ? 1 : 2, cap: Number.POSITIVE_INFINITY, jitter: 0 };
}

/** Parents before children, otherwise as written (Kahn 1962); null and a complaint where tasks wait for each other. */
function topological(drafts: readonly Draft[]): Draft[] | null {
  const byName = new Map(drafts.map((task) => [task.name, task]));
  const children = new Map<string, string[]>();
  const missing = new Map<string, number>();
  for (const { name, after } of drafts) {
    const parents = new Set(after.filter((parent) => byName.has(parent)));
    missing.set(name, parents.size);
    for (const parent of parents) children.set(parent, [...(children.get(parent) ?? []), name]);
  }
  const position = new Map(drafts.map(({ name }, i) => [name, i]));
  let ready = drafts.filter(({ name }) => missing.get(name) === 0);
  const order: Draft[] = [];
  while (ready.length > 0) {
    const next: Draft[] = [];
    for (const task of ready) {
      order.push(task);
      for (const child of children.get(task.name) ?? []) {
        missing.set(child, missing.get(child)! - 1);
        if (missing.get(child) === 0) next.push(byName.get(child)!);
      }
    }
    ready = next.sort((a, b) => position.get(a.name)! - position.get(b.name)!);
  }
  if (order.length === drafts.length) return order;
  const cycle = findCycle(
    drafts.filter(({ name }) => missing.get(name)! > 0),
    byName,
    missing,
  );
  cycle[0]!.reader.complain(
    `tasks wait for each other: ${[...cycle, cycle[0]!].map(({ name }) => name).join(" -> ")}`,
    "drop one of these `after`",
  );
  return null;
}

/** From a task that waits, back along parents that wait: sooner or later one comes twice. */
function findCycle(
  waiting: readonly Draft[],
  byName: ReadonlyMap<string, Draft>,
  missing: ReadonlyMap<string, number>,
): Draft[] {
  const path: Draft[] = [];
  let task = waiting[0]!;
  while (!path.includes(task)) {
    path.push(task);
    task = byName.get(task.after.find((parent) => (missing.get(parent) ?? 0) > 0)!)!;
  }
  return path.slice(path.indexOf(task)).reverse();
}
