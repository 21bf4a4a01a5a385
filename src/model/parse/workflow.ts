import { suggest } from "../../kit/errors.js";
import { requirements } from "../requirements.js";
import type { EdgeCondition, TaskTemplate, WorkflowTemplate } from "../scenario.js";
import { arrivalsOf } from "./arrivals.js";
import { distribution } from "./distribution.js";
import { POSITIVE, quantity } from "./quantity.js";
import { given, type Reader } from "./reader.js";
import { topological } from "./task-order.js";
import { COMPENSATION_KEYS, noWork, OUTCOMES, SPEC_KEYS, type Surroundings, specOf } from "./task-spec.js";

export const WORKFLOW_KEYS = ["arrivals", "deadline", "timeout", "priority", "tasks"] as const;
/** What a task is in its workflow, besides its own work. */
export const NODE_KEYS = [
  "after",
  "join",
  "optional",
  "oneOf",
  "workflow",
  "forEach",
  "repeat",
  "compensate",
] as const;
export const TASK_KEYS = [...SPEC_KEYS, ...NODE_KEYS] as const;
export const ALTERNATIVE_KEYS = [...SPEC_KEYS, "workflow"] as const;
export const FOR_EACH_KEYS = ["count", "join"] as const;
export const REPEAT_KEYS = ["most", "until"] as const;

const MOST_TASKS = 100_000;
const MOST_ALTERNATIVES = 1000;
const MOST_REPEATS = 10_000;
const MOST_INSTANCES = 100_000;

export function workflow(name: string, reader: Reader, around: Surroundings): WorkflowTemplate {
  const fields = reader.fields("a workflow", WORKFLOW_KEYS);
  const arrivals = fields.get("arrivals");
  const deadline = fields.get("deadline");
  const tasks = fields.get("tasks");
  if (tasks === undefined) reader.complain(`workflow ${name} has no tasks`, "give it `tasks:`");
  return {
    name,
    ...(arrivals === undefined ? {} : { arrivals: arrivalsOf(arrivals) }),
    deadline: deadline === undefined ? Number.POSITIVE_INFINITY : quantity(deadline, "seconds", POSITIVE, 1),
    priority: fields.get("priority")?.integer(-32768, 32767, 0) ?? 0,
    ...given("timeout", fields.get("timeout"), (at) => distribution(at)),
    tasks: tasks === undefined ? [] : tasksOf(tasks, around),
  };
}

/** An edge from a parent, before it is known which tasks there are. */
interface Edge {
  readonly parent: string;
  /** A word that is none of the outcomes is one of the parent's values. */
  readonly condition: EdgeCondition;
  readonly at: Reader;
}

interface Draft {
  readonly name: string;
  readonly reader: Reader;
  readonly edges: readonly Edge[];
  readonly after: readonly string[];
  readonly rest: Omit<TaskTemplate, "name" | "after" | "join" | "conditions">;
  readonly join: Reader | undefined;
}

function tasksOf(reader: Reader, around: Surroundings): TaskTemplate[] {
  const entries = reader.entries("tasks");
  if (reader.isMap && entries.length === 0) reader.complain("there are no tasks", "give at least one");
  if (entries.length > MOST_TASKS) {
    reader.complain(`there are ${entries.length} tasks`, `give at most ${MOST_TASKS}`);
    return [];
  }
  const drafts = entries.map(({ key, value }) => draft(key, value, around));
  const byName = new Map(drafts.map((task) => [task.name, task]));
  for (const task of drafts) checkEdges(task, byName, around);
  const order = topological(drafts);
  if (order === null) return [];
  const index = new Map(order.map(({ name }, i) => [name, i]));
  const tasks = order.map(({ name, edges, rest, join }): TaskTemplate => {
    const known = edges.filter(({ parent }) => index.has(parent));
    const plain = known.every(({ condition }) => condition === "success");
    return {
      name,
      after: known.map(({ parent }) => index.get(parent)!),
      ...(plain ? {} : { conditions: known.map(({ condition }) => condition) }),
      join: join === undefined ? edges.length : joinOf(join, edges.length),
      ...rest,
    };
  });
  refuseContradictions(tasks, order);
  return tasks;
}

function checkEdges(
  { name, reader, edges }: Draft,
  byName: ReadonlyMap<string, Draft>,
  around: Surroundings,
): void {
  const seen = new Set<string>();
  for (const { parent, condition, at } of edges) {
    const task = byName.get(parent);
    if (task === undefined) {
      reader.complain(
        `task ${name} comes after "${parent}", which is no task`,
        suggest("tasks", parent, [...byName.keys()]),
      );
    } else if (typeof condition === "object") {
      const answers = answersOf(task.rest, around);
      if (!answers.includes(condition.value)) {
        at.complain(
          `task ${parent} never answers "${condition.value}"`,
          answers.length === 0
            ? `give it \`values\`, or write one of ${OUTCOMES.join(", ")}`
            : suggest("its values", condition.value, answers),
        );
      }
    }
    if (seen.has(parent)) reader.complain(`task ${name} names its parent "${parent}" twice`, "name it once");
    seen.add(parent);
  }
}

/** What a task's success may answer. Many instances answer nothing, and a task that repeats answers what ends it. */
function answersOf(task: Draft["rest"], { workflows }: Surroundings): readonly string[] {
  if (task.forEach !== undefined) return [];
  if (task.repeat?.until !== undefined) return [task.repeat.until];
  return (task.oneOf ?? [task]).flatMap(({ values, call }) =>
    call === undefined ? (values?.names ?? []) : workflows.answers(call),
  );
}

/** A task that needs two outcomes of one parent that exclude each other can never run: most often `join: any` is meant. */
function refuseContradictions(tasks: readonly TaskTemplate[], order: readonly Draft[]): void {
  const split = new Set<number>();
  for (const { after, conditions } of tasks)
    conditions?.forEach((condition, e) => {
      if (condition !== "success") split.add(after[e]!);
    });
  if (split.size === 0) return;
  const words = (outcome: EdgeCondition) =>
    typeof outcome === "object" ? `answers "${outcome.value}"` : outcome === "failure" ? "fails" : "succeeds";
  for (const { task, parent, outcomes } of requirements(tasks, (t) => split.has(t)).contradictions) {
    order[task]!.reader.complain(
      `task ${tasks[task]!.name} can never run: it waits until ${tasks[parent]!.name} both ${outcomes.map(words).join(" and ")}`,
      "branches that exclude each other meet in a task with join: any",
    );
  }
}

function draft(name: string, reader: Reader, around: Surroundings): Draft {
  const fields = reader.fields("a task", TASK_KEYS);
  const after = fields.get("after");
  const edges = after === undefined ? [] : edgesOf(after);
  const optional = fields.get("optional")?.boolean();
  const compensate = fields.get("compensate");
  const body = bodyOf(name, reader, fields, around);
  return {
    name,
    reader,
    edges,
    after: edges.map(({ parent }) => parent),
    join: fields.get("join"),
    rest: {
      ...body,
      ...(optional === undefined ? {} : { optional }),
      ...given("forEach", fields.get("forEach"), (at) => forEachOf(at)),
      ...given("repeat", fields.get("repeat"), (at) => repeatOf(at, answersOf(body, around))),
      ...(compensate === undefined
        ? {}
        : {
            compensate: specOf(
              compensate,
              compensate.fields("a compensation", COMPENSATION_KEYS),
              { what: `the compensation of ${name}`, type: `${name}.compensate`, pools: body.pools },
              around,
            ),
          }),
    },
  };
}

/** A parent, a list of them, or a map from each to what must have come of it. */
function edgesOf(reader: Reader): Edge[] {
  if (reader.isMap) {
    return reader.entries("after").map(({ key, value }) => ({
      parent: key,
      condition: conditionOf(value),
      at: value,
    }));
  }
  return reader
    .items()
    .map((at): Edge => ({ parent: at.text(""), condition: "success", at }))
    .filter(({ parent }) => parent !== "");
}

function conditionOf(reader: Reader): EdgeCondition {
  if (reader.isMap) {
    const value = reader.fields("a condition", ["value"]).get("value");
    if (value === undefined) reader.complain("a condition names a value", "e.g. { value: approve }");
    return value === undefined ? "success" : { value: wordOf(value) };
  }
  const word = wordOf(reader);
  if (word === "") {
    reader.complain(
      `${reader.shown} is no condition`,
      `write ${OUTCOMES.join(", ")}, or a value of the parent's`,
    );
    return "success";
  }
  return OUTCOMES.find((outcome) => outcome === word) ?? { value: word };
}

/** A value's name as it is written: `true` and `3` are names too. Empty where there is none. */
function wordOf({ scalar }: Reader): string {
  return typeof scalar === "string" || typeof scalar === "number" || typeof scalar === "boolean"
    ? String(scalar)
    : "";
}

/** The task's own work, or what stands in its place. */
function bodyOf(
  name: string,
  reader: Reader,
  fields: ReadonlyMap<string, Reader>,
  around: Surroundings,
): Omit<TaskTemplate, "name" | "after" | "join"> {
  const [oneOf, call, forEach, repeat] = ["oneOf", "workflow", "forEach", "repeat"].map((key) =>
    fields.get(key),
  );
  if (forEach !== undefined && repeat !== undefined)
    repeat.complain(
      `task ${name} has both forEach and repeat`,
      "put what repeats into a workflow of its own, and call that for each",
    );
  if (forEach !== undefined || repeat !== undefined)
    fields
      .get("output")
      ?.complain(
        `task ${name} runs many times, here and there, so nothing is fetched from it`,
        "give the output to a task that collects, after this one",
      );
  if (oneOf === undefined && call === undefined)
    return specOf(reader, fields, { what: `task ${name}`, type: name }, around);
  if (oneOf !== undefined && call !== undefined)
    reader.complain(`task ${name} has both oneOf and workflow`, "make the workflow one of the alternatives");
  refuseOwnWork(name, fields, oneOf === undefined ? "workflow" : "oneOf");
  const type = fields.get("type")?.text(name) ?? name;
  if (oneOf === undefined) return { ...noWork(type, around), call: around.workflows.find(call!) };
  const alternatives = oneOf.entries("oneOf");
  if (oneOf.isMap && alternatives.length < 2)
    oneOf.complain(`there are ${alternatives.length} alternatives`, "give at least two by name");
  if (alternatives.length > MOST_ALTERNATIVES)
    oneOf.complain(`there are ${alternatives.length} alternatives`, `give at most ${MOST_ALTERNATIVES}`);
  return {
    ...noWork(type, around),
    oneOf: alternatives.slice(0, MOST_ALTERNATIVES).map(({ key, value }) => {
      const own = value.fields("an alternative", ALTERNATIVE_KEYS);
      const called = own.get("workflow");
      const what = `alternative ${key} of task ${name}`;
      if (called === undefined)
        return { name: key, ...specOf(value, own, { what, type: `${name}.${key}` }, around) };
      if (forEach !== undefined || repeat !== undefined)
        called.complain(
          "an alternative of a task that runs many times cannot be a workflow",
          "put the alternatives into a workflow of their own, and call that",
        );
      refuseOwnWork(what, own, "workflow");
      return { name: key, ...noWork(`${name}.${key}`, around), call: around.workflows.find(called) };
    }),
  };
}

function refuseOwnWork(what: string, fields: ReadonlyMap<string, Reader>, body: "oneOf" | "workflow"): void {
  for (const key of SPEC_KEYS) {
    if (key === "type" && body === "oneOf") continue;
    fields
      .get(key)
      ?.complain(
        `${what} has \`${body}\` in place of work, so \`${key}\` is of nothing`,
        body === "oneOf"
          ? "give it to the alternatives"
          : "give it to the tasks of the workflow that is called",
      );
  }
}

/** `forEach: 8`, `forEach: uniform(1, 9)`, or `{ count, join }`. */
function forEachOf(reader: Reader): NonNullable<TaskTemplate["forEach"]> {
  const long = reader.isMap && reader.entries("forEach").some(({ key }) => key === "count" || key === "join");
  const fields = long ? reader.fields("forEach", FOR_EACH_KEYS) : new Map([["count", reader]]);
  const at = fields.get("count");
  if (at === undefined) reader.complain("forEach has no count", "e.g. { count: uniform(1, 9), join: all }");
  const count =
    at === undefined ? ({ kind: "deterministic", value: 1 } as const) : distribution(at, "number");
  if (count.kind === "deterministic" && count.value > MOST_INSTANCES)
    at!.complain(`it runs ${count.value} times at once`, `give at most ${MOST_INSTANCES}`);
  const join = fields.get("join");
  const need =
    join === undefined || join.scalar === "all" || join.scalar === "any" ? join?.scalar : undefined;
  return {
    count,
    join: join === undefined ? "all" : ((need as "all" | "any" | undefined) ?? instancesNeeded(join, count)),
  };
}

function instancesNeeded(reader: Reader, count: NonNullable<TaskTemplate["forEach"]>["count"]): number {
  if (typeof reader.scalar !== "number") {
    reader.complain(`${reader.shown} is no join`, "write all, any, or how many instances must succeed");
    return 1;
  }
  const need = reader.integer(1, MOST_INSTANCES, 1);
  if (count.kind === "deterministic" && need > count.value)
    reader.complain(`${need} of ${count.value} instances can never succeed`, "ask for fewer, or all");
  return need;
}

/** `repeat: 5`, or `{ most: 5, until: approved }`. */
function repeatOf(reader: Reader, answers: readonly string[]): NonNullable<TaskTemplate["repeat"]> {
  if (!reader.isMap) return { most: reader.integer(1, MOST_REPEATS, 1) };
  const fields = reader.fields("repeat", REPEAT_KEYS);
  const [most, until] = [fields.get("most"), fields.get("until")];
  if (most === undefined) reader.complain("repeat has no bound", "say how often at most, e.g. most: 5");
  const value = until === undefined ? undefined : wordOf(until);
  if (value !== undefined && !answers.includes(value))
    until!.complain(
      `what repeats never answers "${value}"`,
      answers.length === 0 ? "give the task `values`" : suggest("its values", value, answers),
    );
  return { most: most?.integer(1, MOST_REPEATS, 1) ?? 1, ...(value === undefined ? {} : { until: value }) };
}

function joinOf(reader: Reader, parents: number): number {
  if (reader.scalar === "all") return parents;
  if (reader.scalar === "any") return Math.min(1, parents);
  if (typeof reader.scalar === "number") return reader.integer(1, Math.max(1, parents), parents);
  reader.complain(`${reader.shown} is no join`, "write all, any, or how many parents must succeed");
  return parents;
}
