import { readJson } from "../../../kit/json.js";
import { wholeOf } from "../content.js";
import { Entry, remark } from "../entry.js";
import type { Nanos } from "../instant.js";
import type { ReportBuilder } from "../report.js";
import type { Source } from "../source.js";
import type { TaskRecord } from "../workflow-of.js";

/** The recorded events of one run of a Temporal workflow, and what it set in motion. */
export interface History {
  readonly file: string;
  readonly workflowType: string;
  readonly events: readonly HistoryEvent[];
  readonly operations: readonly Operation[];
  /** Whether ids are texts, as the API writes 64-bit integers, or numbers. */
  readonly idsAreText: boolean;
  /** Whether types are spelled `EVENT_TYPE_TIMER_FIRED`, or `TimerFired`. */
  readonly screaming: boolean;
}

export interface HistoryEvent {
  readonly id: number;
  /** As in `TimerFired`, however the file spells it. */
  readonly type: string;
  readonly at: Nanos;
  readonly entry: Entry;
}

/** What a workflow waits for: an activity, a timer, a child workflow or a Nexus operation. */
export interface Operation {
  readonly kind: "activity" | "timer" | "child" | "nexus";
  /** Id of the event that opened it. */
  readonly id: number;
  readonly name: string;
  readonly taskQueue: string | null;
  /** Id of the event up to which the workflow had seen its history when it decided upon this. */
  readonly seen: number;
  readonly scheduled: Nanos;
  /** What a timer was set to; null for others. */
  readonly timeout: Nanos | null;
  /** Of the last attempt; null where it has not begun, or where beginning is not recorded. */
  started: Nanos | null;
  attempt: number | null;
  close: { readonly id: number; readonly at: Nanos; readonly how: string } | null;
  /** Its path in the file. */
  readonly place: string;
}

const CODE = "BAD_TEMPORAL_HISTORY";

/** How an operation opens, by the type of the event. */
const OPENS: ReadonlyMap<string, Operation["kind"]> = new Map([
  ["ActivityTaskScheduled", "activity"],
  ["TimerStarted", "timer"],
  ["StartChildWorkflowExecutionInitiated", "child"],
  ["NexusOperationScheduled", "nexus"],
]);

/** The attribute that names the opening event. */
const OPENED_BY = {
  activity: "scheduledEventId",
  timer: "startedEventId",
  child: "initiatedEventId",
  nexus: "scheduledEventId",
} as const;

const STARTS: ReadonlyMap<string, Operation["kind"]> = new Map([
  ["ActivityTaskStarted", "activity"],
  ["ChildWorkflowExecutionStarted", "child"],
  ["NexusOperationStarted", "nexus"],
]);

const CLOSES: ReadonlyMap<string, readonly [kind: Operation["kind"], how: string]> = new Map<
  string,
  readonly [Operation["kind"], string]
>([
  ["TimerFired", ["timer", "Completed"]],
  ["TimerCanceled", ["timer", "Canceled"]],
  ["StartChildWorkflowExecutionFailed", ["child", "NotStarted"]],
  ["ChildWorkflowExecutionCompleted", ["child", "Completed"]],
  ["ChildWorkflowExecutionFailed", ["child", "Failed"]],
  ["ChildWorkflowExecutionTimedOut", ["child", "TimedOut"]],
  ["ChildWorkflowExecutionCanceled", ["child", "Canceled"]],
  ["ChildWorkflowExecutionTerminated", ["child", "Terminated"]],
  ["ActivityTaskCompleted", ["activity", "Completed"]],
  ["ActivityTaskFailed", ["activity", "Failed"]],
  ["ActivityTaskTimedOut", ["activity", "TimedOut"]],
  ["ActivityTaskCanceled", ["activity", "Canceled"]],
  ["NexusOperationCompleted", ["nexus", "Completed"]],
  ["NexusOperationFailed", ["nexus", "Failed"]],
  ["NexusOperationTimedOut", ["nexus", "TimedOut"]],
  ["NexusOperationCanceled", ["nexus", "Canceled"]],
]);

export const OUTCOME_OF: Readonly<Record<string, TaskRecord["outcome"]>> = {
  Completed: "succeeded",
  Failed: "failed",
  NotStarted: "failed",
  TimedOut: "timed out",
  Canceled: "cancelled",
  Terminated: "cancelled",
};

/**
 * The history in a file: `{events}`, or the answer of the API, `{history: {events}}`. Events of unknown types are kept.
 * @throws {InputError} BAD_TEMPORAL_HISTORY for events that are not in the order of their ids, or name events that are
 * not there; what `readJson` throws
 */
export async function readHistory(source: Source, report: ReportBuilder): Promise<History> {
  const document = readJson(await wholeOf(source), source.name);
  remark(document, report);
  const root = Entry.root(document, CODE);
  const entries = (root.child("history") ?? root).children("events");
  const events = entries.map(eventOf);
  const [first] = events;
  if (first === undefined) return root.fail("events", "is missing or empty");
  for (let i = 1; i < events.length; i++) {
    if (events[i]!.id > events[i - 1]!.id) continue;
    events[i]!.entry.refuse(
      `event ids are not ascending: ${events[i - 1]!.id} at position ${i} is followed by ${events[i]!.id} at position ${i + 1}`,
      "export the history again, with its events in their order",
    );
  }
  if (first.type !== "WorkflowExecutionStarted") {
    first.entry.refuse(
      `a history begins with WorkflowExecutionStarted, this one with ${first.type}`,
      "export it from its first event on",
    );
  }
  return {
    file: source.name,
    workflowType: nameIn(attributesOf(first), "workflowType"),
    events,
    operations: operationsOf(events),
    idsAreText: typeof first.entry.value("eventId") === "string",
    screaming: first.entry.text("eventType")!.startsWith("EVENT_TYPE_"),
  };
}

function eventOf(entry: Entry): HistoryEvent {
  const spelled = entry.name("eventType") ?? entry.fail("eventType", "is missing");
  return {
    id: entry.whole("eventId") ?? entry.fail("eventId", "is missing"),
    type: spelled.startsWith("EVENT_TYPE_") ? camel(spelled.slice("EVENT_TYPE_".length)) : spelled,
    at: entry.instant("eventTime") ?? entry.fail("eventTime", "is missing"),
    entry,
  };
}

const camel = (type: string): string =>
  type.toLowerCase().replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

export function attributesOf({ type, entry }: HistoryEvent): Entry {
  return entry.required(`${type[0]!.toLowerCase()}${type.slice(1)}EventAttributes`);
}

function operationsOf(events: readonly HistoryEvent[]): Operation[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const open = new Map<number, Operation>();
  const starts = new Map<Operation, number>();
  const opened = (event: HistoryEvent, kind: Operation["kind"], does: string): Operation => {
    const key = OPENED_BY[kind];
    const attributes = attributesOf(event);
    const id = attributes.whole(key) ?? attributes.fail(key, "is missing");
    const operation = open.get(id);
    if (operation?.kind === kind) return operation;
    const called = kind === "child" ? "child workflow" : kind;
    return attributes.fail(
      key,
      byId.has(id)
        ? `is wrong: event ${event.id} ${does} a ${called}, and event ${id} before it opens none`
        : `is wrong: event ${event.id} ${does} the ${called} scheduled by event ${id}, which does not exist`,
    );
  };
  for (const event of events) {
    const { id, at, type } = event;
    const opens = OPENS.get(type);
    if (opens !== undefined) open.set(id, operationOf(event, opens, byId));
    const begins = STARTS.get(type);
    if (begins !== undefined) {
      const operation = opened(event, begins, "starts");
      operation.started = at;
      operation.attempt = begins === "activity" ? (attributesOf(event).whole("attempt") ?? 1) : null;
      starts.set(operation, id);
    }
    const closes = CLOSES.get(type);
    if (closes !== undefined) {
      const [kind, how] = closes;
      const operation = opened(event, kind, "completes");
      const attributes = attributesOf(event);
      if (operation.close !== null)
        attributes.fail(OPENED_BY[kind], `names event ${operation.id}, which has ended`);
      const start = kind === "timer" ? 0 : (attributes.whole("startedEventId") ?? 0);
      if (start !== 0 && start !== starts.get(operation))
        attributes.fail("startedEventId", `names event ${start}, which did not start it`);
      operation.close = { id, at, how };
    }
  }
  return [...open.values()];
}

function operationOf(
  event: HistoryEvent,
  kind: Operation["kind"],
  byId: ReadonlyMap<number, HistoryEvent>,
): Operation {
  const attributes = attributesOf(event);
  return {
    kind,
    id: event.id,
    name: nameOf(attributes, kind),
    taskQueue: attributes.child("taskQueue")?.name("name") ?? null,
    seen: seenBy(event, attributes, byId),
    scheduled: event.at,
    timeout: kind === "timer" ? durationIn(attributes, "startToFireTimeout") : null,
    // A timer runs as soon as it is set.
    started: kind === "timer" ? event.at : null,
    attempt: null,
    close: null,
    place: event.entry.place,
  };
}

function nameOf(attributes: Entry, kind: Operation["kind"]): string {
  switch (kind) {
    case "activity":
      return nameIn(attributes, "activityType");
    case "child":
      return nameIn(attributes, "workflowType");
    case "nexus":
      return [attributes.name("service"), attributes.name("operation")]
        .filter((part) => part !== null)
        .join(".");
    case "timer":
      return "timer";
  }
}

function nameIn(attributes: Entry, key: string): string {
  const type = attributes.required(key);
  return type.name("name") ?? type.fail("name", "is missing");
}

/** A duration as JSON has those of Protocol Buffers: `10s`, `0.5s`. */
function durationIn(attributes: Entry, key: string): Nanos | null {
  const text = attributes.text(key);
  if (text === null) return null;
  const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text) ?? [];
  if (whole === undefined)
    return attributes.fail(key, `must be a duration like "10s", got "${text.slice(0, 40)}"`);
  return BigInt(whole + fraction.padEnd(9, "0"));
}

/** A command is decided by a workflow task, which had seen what lay before it began. */
function seenBy(event: HistoryEvent, attributes: Entry, byId: ReadonlyMap<number, HistoryEvent>): number {
  const key = "workflowTaskCompletedEventId";
  const id = attributes.whole(key) ?? 0;
  if (id === 0) return event.id;
  const decided = byId.get(id);
  if (decided?.type !== "WorkflowTaskCompleted" || id > event.id)
    return attributes.fail(key, `names event ${id}, which is no workflow task that had ended`);
  return attributesOf(decided).whole("startedEventId") || id;
}
