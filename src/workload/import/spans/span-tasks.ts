import type { TaskRecord } from "../workflow-of.js";
import { typeOf, whereIs } from "./span.js";
import { coverage, type SpanTree } from "./span-tree.js";

/** Type and pool of the tasks that stand for time in which nobody is known to work. */
export const ELAPSED = "(elapsed)";

const NANOS_A_SECOND = 1e9;

/**
 * The spans of a trace as tasks which, each begun as soon as its parents have ended, begin and end when the spans did.
 *
 * A span is a thread of control that is cut where children start. The segment before a start comes after the segment
 * before it and after all children awaited that had ended by then; its length is the time from the last of these to the
 * start. So children that run one after another are joined by the segment between them, and those that run at a time
 * hang on segments that do not wait for each other. The last segment, which every span has, awaits the remaining
 * children and ends with the span.
 *
 * Nobody awaits a child that outlives its parent, that is detached, or that consumes what its parent produced; one that
 * starts after its parent's end comes after the last segment and a wait.
 *
 * Where a direct child runs during a segment, the time is not the span's own (its self time): that part of the segment is
 * a task `(elapsed)`. So are the gaps between spans without a parent, which are children of a thread of nobody's. Segments
 * of no length are left out, unless they spare edges.
 *
 * A child that starts before its parent starts from the nearest ancestor that had begun, which does not await it.
 * @param clock seconds on the clock of the files at the start of the trace, for recorded times
 * @param skewed is told of each child that starts before its parent
 */
export function spanTasks(tree: SpanTree, clock: number, skewed: (span: number) => void): TaskRecord[] {
  const { tops, launched } = launchers(tree, skewed);
  const tasks: TaskRecord[] = [];
  /** Ids of the tasks that have ended when a span starts. */
  const before = new Map<number, readonly string[]>();
  new Thread(tree, null, clock, tasks, before).run([], tops);
  const open = [...tops];
  for (let s = open.pop(); s !== undefined; s = open.pop()) {
    new Thread(tree, s, clock, tasks, before).run(before.get(s)!, launched[s]!);
    before.delete(s);
    for (const child of launched[s]!) open.push(child);
  }
  return tasks;
}

/** The last segment of a span. */
const endOf = (span: number): string => String(span);

/** A span while it is cut into tasks, or the thread of nobody's from which spans without a parent start. */
class Thread {
  private readonly begun: number;
  private readonly end: number;
  private readonly covered: readonly (readonly [number, number])[];
  /** The first interval of `covered` that has not passed. */
  private ahead = 0;
  /** How far it is cut, and the tasks that must have ended for it to go on. */
  private at: number;
  private after: readonly string[] = [];
  /** Starts that it was cut at so far. */
  private step = 0;
  private readonly startedAt = new Map<number, number>();
  /** Children that are awaited, by their ends, and how many have been. */
  private awaited: readonly number[] = [];
  private joined = 0;

  constructor(
    private readonly tree: SpanTree,
    /** Null for the thread of nobody's. */
    private readonly span: number | null,
    private readonly clock: number,
    private readonly tasks: TaskRecord[],
    private readonly before: Map<number, readonly string[]>,
  ) {
    this.begun = span === null ? 0 : tree.starts[span]!;
    this.end = span === null ? Number.POSITIVE_INFINITY : tree.ends[span]!;
    this.covered = span === null ? [[0, this.end]] : coverage(tree, span);
    this.at = this.begun;
  }

  /** @param children what starts from it, in the order of starts */
  run(after: readonly string[], children: readonly number[]): void {
    const { starts, ends } = this.tree;
    this.after = after;
    this.awaited = children
      .filter((child) => this.awaits(child))
      .sort((a, b) => ends[a]! - ends[b]! || starts[a]! - starts[b]!);
    const late = children.findIndex(
      (child) => starts[child]! > this.end || (starts[child] === this.end && !this.awaits(child)),
    );
    const during = late < 0 ? children.length : late;
    this.start(children.slice(0, during), true);
    if (this.span === null) return;
    this.join(this.end);
    this.goOn(this.end, endOf(this.span));
    this.step++;
    this.start(children.slice(during), false);
  }

  private start(children: readonly number[], during: boolean): void {
    const { starts } = this.tree;
    for (let i = 0; i < children.length; ) {
      const time = starts[children[i]!]!;
      let to = i;
      while (to < children.length && starts[children[to]!] === time) to++;
      this.join(time);
      if (during) this.goOn(time);
      else this.wait(time);
      if (this.after.length > 1 && to > i + 1) this.add(`${this.name}.join`, time, time, this.span !== null);
      this.step++;
      for (; i < to; i++) {
        this.before.set(children[i]!, this.after);
        this.startedAt.set(children[i]!, this.step);
      }
    }
  }

  /** Awaits the children that started before and had ended by `time`. */
  private join(time: number): void {
    const { ends } = this.tree;
    const ids: string[] = [];
    let latest = false;
    for (; this.joined < this.awaited.length; this.joined++) {
      const child = this.awaited[this.joined]!;
      const step = this.startedAt.get(child);
      if (ends[child]! > time || step === undefined) break;
      ids.push(endOf(child));
      latest ||= step === this.step;
      this.at = Math.max(this.at, ends[child]!);
    }
    if (ids.length === 0) return;
    // A child of the latest start comes after all that the thread comes after.
    this.after = latest ? ids : [...this.after, ...ids];
  }

  /** Up to `time`: its own time, and time in which children run, in turn. */
  private goOn(time: number, lastId?: string): void {
    const pieces: { readonly to: number; readonly own: boolean }[] = [];
    for (let from = this.at; from < time; ) {
      const next = this.covered[this.ahead];
      if (next !== undefined && next[1] <= from) {
        this.ahead++;
        continue;
      }
      const own = next === undefined || next[0] > from;
      from = Math.min(time, next === undefined ? time : own ? next[0] : next[1]);
      pieces.push({ to: from, own });
    }
    if (lastId !== undefined && pieces.at(-1)?.own !== true) pieces.push({ to: time, own: true });
    pieces.forEach(({ to, own }, i) => {
      const last = i === pieces.length - 1 && lastId !== undefined;
      this.add(last ? lastId : `${this.name}.${i}`, this.at, to, own, last);
    });
    this.at = time;
  }

  /** After the end of the span, when it does nothing. */
  private wait(time: number): void {
    if (time > this.at) this.add(`${this.name}.wait`, this.at, time, false);
    this.at = time;
  }

  private add(id: string, from: number, to: number, own: boolean, last = false): void {
    const { spans } = this.tree;
    const span = spans[this.span ?? 0]!;
    this.tasks.push({
      id,
      type: own ? typeOf(span) : ELAPSED,
      parents: this.after,
      work: (to - from) / NANOS_A_SECOND,
      recordedStart: this.clock + from / NANOS_A_SECOND,
      recordedEnd: this.clock + to / NANOS_A_SECOND,
      recordedPool: own ? span.service : ELAPSED,
      outcome: last && span.failed ? "failed" : "succeeded",
      where: whereIs(span),
    });
    this.after = [id];
    this.at = to;
  }

  private get name(): string {
    return `${this.span ?? ""}:${this.step}`;
  }

  private awaits(child: number): boolean {
    if (this.span === null) return true;
    const { spans, ends, parent } = this.tree;
    if (parent[child] !== this.span || spans[child]!.detached || ends[child]! > this.end) return false;
    return !(spans[child]!.kind === "consumer" && spans[this.span]!.kind === "producer");
  }
}

/** Spans by what they start from: their parent, or the nearest ancestor that had begun. In the order of starts. */
function launchers({ starts, parent }: SpanTree, skewed: (span: number) => void) {
  const order = Array.from(starts, (_, s) => s).sort((a, b) => starts[a]! - starts[b]! || a - b);
  const tops: number[] = [];
  const launched: number[][] = order.map(() => []);
  for (const s of order) {
    let from = parent[s]!;
    if (from >= 0 && starts[from]! > starts[s]!) {
      skewed(s);
      while (from >= 0 && starts[from]! > starts[s]!) from = parent[from]!;
    }
    if (from < 0) tops.push(s);
    else launched[from]!.push(s);
  }
  return { tops, launched };
}
