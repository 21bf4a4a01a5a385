import type { Nanos } from "../instant.js";
import type { LogEvent } from "./event.js";

/** One carrying out of an activity, of one event or of several. */
export interface Execution {
  readonly activity: string | null;
  readonly resource: string | null;
  readonly ready: Nanos | null;
  readonly start: Nanos | null;
  readonly end: Nanos | null;
  readonly outcome: "succeeded" | "cancelled" | "skipped" | null;
  readonly line: number;
}

export interface Executions {
  /** In the order of the events that began them. */
  readonly list: readonly Execution[];
  /** Of a start with a completion; and what has no counterpart. */
  readonly pairs: number;
  readonly unstarted: number;
  readonly uncompleted: number;
  /** Events that neither begin nor end anything: suspended, resumed, assigned. */
  readonly passed: number;
}

/** Transitions of the standard lifecycle (IEEE 1849) that end an activity. */
const ENDS: Readonly<Record<string, Execution["outcome"]>> = {
  complete: "succeeded",
  ate_abort: "cancelled",
  pi_abort: "cancelled",
  withdraw: "cancelled",
  manualskip: "skipped",
  autoskip: "skipped",
};
const PASSED = new Set(["assign", "reassign", "suspend", "resume"]);

/**
 * What was carried out in a case. Starts are paired with completions in order, activity by activity; an event with both
 * times is a pair in itself; any other event stands for an activity of which the end is known. So does one whose lifecycle
 * is not the standard one, as statuses are.
 */
export function executionsOf(events: readonly LogEvent[]): Executions {
  const list: Writable[] = [];
  const started = new Map<string | null, Queue>();
  const scheduled = new Map<string | null, Queue>();
  let pairs = 0;
  let unstarted = 0;
  let passed = 0;
  for (const event of events) {
    const { activity, resource, at, begun, line } = event;
    const transition = event.lifecycle?.trim().toLowerCase() ?? "";
    if (PASSED.has(transition)) {
      passed++;
      continue;
    }
    const fresh: Writable = { activity, resource, ready: null, start: begun, end: null, outcome: null, line };
    if (transition === "schedule" || transition === "start") {
      const known = transition === "start" ? take(scheduled, activity) : undefined;
      const execution = known ?? fresh;
      if (known === undefined) list.push(execution);
      execution.resource = resource ?? execution.resource;
      if (transition === "schedule") execution.ready = at;
      else execution.start = at;
      put(transition === "start" ? started : scheduled, activity, execution);
      continue;
    }
    const ends = Object.hasOwn(ENDS, transition);
    const open = ends ? take(started, activity) : undefined;
    const execution = open ?? (ends ? take(scheduled, activity) : undefined) ?? fresh;
    if (execution === fresh) list.push(execution);
    if (open !== undefined) pairs++;
    else if (ends && begun === null) unstarted++;
    execution.end = at;
    execution.outcome = ENDS[transition] ?? null;
    execution.resource ??= resource;
  }
  let uncompleted = 0;
  for (const { left } of [...started.values(), ...scheduled.values()]) uncompleted += left;
  return { list, pairs, unstarted, uncompleted, passed };
}

type Writable = { -readonly [K in keyof Execution]: Execution[K] };

/** First in, first out. */
class Queue {
  private readonly items: Writable[] = [];
  private taken = 0;

  get left(): number {
    return this.items.length - this.taken;
  }

  put(item: Writable): void {
    this.items.push(item);
  }

  take(): Writable | undefined {
    return this.taken < this.items.length ? this.items[this.taken++] : undefined;
  }
}

function put(queues: Map<string | null, Queue>, activity: string | null, execution: Writable): void {
  let queue = queues.get(activity);
  if (queue === undefined) queues.set(activity, (queue = new Queue()));
  queue.put(execution);
}

const take = (queues: Map<string | null, Queue>, activity: string | null): Writable | undefined =>
  queues.get(activity)?.take();
