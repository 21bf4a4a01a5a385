import type { JsonObject } from "../../../kit/json.js";
import { orNone } from "../counts.js";
import { type Nanos, rfc3339, secondsOf } from "../instant.js";
import { KeyCounts } from "../key-counts.js";
import { earliest, latest } from "../spans-of-time.js";
import type { LogCase, LogEvent } from "./event.js";
import { executionsOf } from "./executions.js";

const TOP_ACTIVITIES = 5;
/** Between the activities of a variant, as it is kept. */
const SEPARATOR = "\u0000";

/** Figures of an event log, case by case. */
export class CaseFigures {
  private readonly activities = new Map<string, { count: number; first: number }>();
  private readonly lifecycle = new Map<string, number>();
  private readonly resources = new Set<string>();
  private readonly follows = new Set<string>();
  private readonly variants = new Set<string>();
  private readonly starts = new Set<string>();
  private readonly ends = new Set<string>();
  private readonly ids = new KeyCounts();
  private readonly count = {
    traces: 0,
    events: 0,
    edges: 0,
    empty: 0,
    untimed: 0,
    bad: 0,
    decreasing: 0,
    duplicates: 0,
    longest: 0,
    shortest: Number.POSITIVE_INFINITY,
    pairs: 0,
    unstarted: 0,
    withStart: 0,
    reversed: 0,
    timedCases: 0,
  };
  private duration = 0n;
  private work = 0n;
  private first: Nanos | null = null;
  private last: Nanos | null = null;
  private firstArrival: Nanos | null = null;
  private lastArrival: Nanos | null = null;

  add({ id, events }: LogCase): void {
    const { count } = this;
    count.traces++;
    if (id !== null) {
      if (this.ids.of(id) > 0) count.duplicates++;
      this.ids.add(id);
    }
    count.longest = Math.max(count.longest, events.length);
    count.shortest = Math.min(count.shortest, events.length);
    count.events += events.length;
    count.edges += Math.max(0, events.length - 1);
    if (events.length === 0) count.empty++;
    const names = events.map(({ activity }) => orNone(activity));
    this.variants.add(names.join(SEPARATOR));
    names.forEach((name, i) => {
      if (i > 0) this.follows.add(`${names[i - 1]}${SEPARATOR}${name}`);
      const known = this.activities.get(name);
      if (known === undefined) this.activities.set(name, { count: 1, first: events[i]!.line });
      else {
        known.count++;
        known.first = Math.min(known.first, events[i]!.line);
      }
    });
    if (names.length > 0) {
      this.starts.add(names[0]!);
      this.ends.add(names.at(-1)!);
    }
    for (const event of events) this.addEvent(event);
    this.addTimes(events.flatMap(({ at }) => (at === null ? [] : [at])));
    const { list, pairs, unstarted } = executionsOf(events);
    count.pairs += pairs;
    count.unstarted += unstarted;
    for (const { start, end } of list) {
      if (start === null || end === null) continue;
      if (end > start) this.work += end - start;
      else if (end < start) count.reversed++;
    }
  }

  private addEvent({ at, begun, badTime, lifecycle, resource }: LogEvent): void {
    const { count } = this;
    if (at === null) count.untimed++;
    if (badTime) count.bad++;
    if (begun !== null) count.withStart++;
    const transition = orNone(lifecycle);
    this.lifecycle.set(transition, (this.lifecycle.get(transition) ?? 0) + 1);
    if (resource !== null) this.resources.add(resource);
  }

  private addTimes(times: readonly Nanos[]): void {
    if (times.length === 0) return;
    for (let i = 1; i < times.length; i++) if (times[i]! < times[i - 1]!) this.count.decreasing++;
    const first = earliest(times)!;
    const last = latest(times)!;
    this.count.timedCases++;
    this.duration += last - first;
    this.first = earliest([first, ...known(this.first)]);
    this.last = latest([last, ...known(this.last)]);
    this.firstArrival = earliest([first, ...known(this.firstArrival)]);
    this.lastArrival = latest([first, ...known(this.lastArrival)]);
  }

  toObject(): JsonObject {
    const { count, first, last, firstArrival, lastArrival } = this;
    const top = [...this.activities].sort(([, a], [, b]) => b.count - a.count || a.first - b.first);
    const arrivals = firstArrival === null || lastArrival === null ? 0n : lastArrival - firstArrival;
    return {
      unparseable_timestamps: count.bad,
      traces: count.traces,
      events: count.events,
      tasks: count.events,
      activities: this.activities.size,
      edges: count.edges,
      roots: count.traces - count.empty,
      distinct_directly_follows: this.follows.size,
      directly_follows_total: count.edges,
      empty_traces: count.empty,
      events_without_timestamp: count.untimed,
      timestamps_decreasing_within_trace: count.decreasing,
      case_duration_sum_s: secondsOf(this.duration),
      max_trace_length: count.longest,
      min_trace_length: count.traces === 0 ? 0 : count.shortest,
      variants: this.variants.size,
      duplicate_case_ids: count.duplicates,
      resources: this.resources.size,
      lifecycle: Object.fromEntries(this.lifecycle),
      top_activities: Object.fromEntries(
        top.slice(0, TOP_ACTIVITIES).map(([name, entry]) => [name, entry.count]),
      ),
      start_activities: this.starts.size,
      end_activities: this.ends.size,
      ...(first === null || last === null
        ? {}
        : {
            first: rfc3339(first),
            last: rfc3339(last),
            case_arrival_rate_per_s: arrivals === 0n ? null : (count.timedCases - 1) / secondsOf(arrivals),
          }),
      ...(count.pairs > 0
        ? {
            start_complete_pairs: count.pairs,
            total_work_s: secondsOf(this.work),
            complete_without_start: count.unstarted,
          }
        : {}),
      ...(count.withStart > 0
        ? {
            events_with_start: count.withStart,
            total_work_s: secondsOf(this.work),
            start_after_end: count.reversed,
          }
        : {}),
    };
  }
}

const known = (at: Nanos | null): Nanos[] => (at === null ? [] : [at]);
