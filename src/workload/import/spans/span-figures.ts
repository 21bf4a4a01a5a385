import type { JsonObject } from "../../../kit/json.js";
import { type Nanos, rfc3339, secondsOf } from "../instant.js";
import type { Span } from "./span.js";
import { depths, MISSING_PARENT, NO_PARENT, selfTime, spanTree } from "./span-tree.js";

/** Figures of spans, trace by trace, which all formats of spans have. */
export class SpanFigures {
  private readonly services = new Set<string | null>();
  private readonly operations = new Set<string>();
  private readonly perTrace = new Map<number, number>();
  private readonly count = {
    traces: 0,
    spans: 0,
    edges: 0,
    roots: 0,
    orphans: 0,
    duplicates: 0,
    depth: 0,
    failures: 0,
    outside: 0,
    zero: 0,
    negative: 0,
  };
  private durations = 0n;
  private self = 0n;
  private longest = 0n;
  private traceDurations = 0n;
  private first: Nanos | null = null;
  private lastStart: Nanos | null = null;
  private lastEnd: Nanos | null = null;

  add(spans: readonly Span[]): void {
    const tree = spanTree(spans);
    const { parent, starts, ends } = tree;
    const { count } = this;
    count.traces++;
    count.spans += spans.length;
    count.duplicates += tree.repeated.length;
    this.perTrace.set(spans.length, (this.perTrace.get(spans.length) ?? 0) + 1);
    const edges = new Set<string>();
    let end = spans[0]!.end;
    let self = 0;
    spans.forEach((span, s) => {
      this.services.add(span.service);
      this.operations.add(span.operation);
      if (span.end > end) end = span.end;
      if (span.failed) count.failures++;
      if (span.end === span.start) count.zero++;
      if (span.end < span.start) count.negative++;
      else this.durations += span.end - span.start;
      self += selfTime(tree, s);
      const p = parent[s]!;
      if (p === NO_PARENT) count.roots++;
      else if (p === MISSING_PARENT) count.orphans++;
      else {
        edges.add(`${spans[p]!.id} ${span.id}`);
        if (starts[s]! < starts[p]! || ends[s]! > ends[p]!) count.outside++;
      }
    });
    count.edges += edges.size;
    count.depth = depths(tree).reduce((a, b) => Math.max(a, b), count.depth);
    this.self += BigInt(Math.round(self));
    const duration = end - tree.start;
    this.traceDurations += duration;
    if (duration > this.longest) this.longest = duration;
    if (this.first === null || tree.start < this.first) this.first = tree.start;
    if (this.lastStart === null || tree.start > this.lastStart) this.lastStart = tree.start;
    if (this.lastEnd === null || end > this.lastEnd) this.lastEnd = end;
  }

  toObject(): JsonObject {
    const { count, first, lastStart, lastEnd } = this;
    const arrivals = first === null || lastStart === null ? 0n : lastStart - first;
    return {
      traces: count.traces,
      spans: count.spans,
      tasks: count.spans,
      edges: count.edges,
      roots: count.roots,
      orphan_parent_refs: count.orphans,
      duplicate_span_ids: count.duplicates,
      max_depth: count.depth,
      services: this.services.size,
      operations: this.operations.size,
      failures: count.failures,
      span_duration_sum_s: secondsOf(this.durations),
      total_work_s: secondsOf(this.self),
      critical_path_s: secondsOf(this.longest),
      trace_duration_sum_s: secondsOf(this.traceDurations),
      children_outside_parent_interval: count.outside,
      duration_zero: count.zero,
      duration_negative: count.negative,
      ...(first === null || lastEnd === null
        ? {}
        : { first_start: rfc3339(first), last_end: rfc3339(lastEnd) }),
      trace_arrival_rate_per_s: arrivals === 0n ? null : (count.traces - 1) / secondsOf(arrivals),
      spans_per_trace: Object.fromEntries([...this.perTrace].map(([size, n]) => [String(size), n])),
    };
  }
}
