import { assert } from "../kit/assert.js";
import { InputError } from "../kit/errors.js";
import type { PlainState } from "../kit/plain-state.js";
import { KeyedStream } from "../kit/random.js";
import { type Sampler, sampler } from "../kit/sampler.js";
import type { Names } from "../model/names.js";
import type { TraceReplay } from "../model/scenario.js";
import { buildGraph, type TaskGraph } from "../model/task-graph.js";
import type { WorkloadSource } from "./source.js";
import { type ReplayableTrace, type TraceCursor, traceCursor, traceFigures } from "./trace/trace-cursor.js";
import { TraceCopies } from "./trace-copies.js";

/**
 * Replays a trace: recorded arrivals, DAGs and work; pools, failures and retries are the scenario's.
 *
 * A pass plays what was submitted from `from` until `until`, or else until one mean gap after the last submission; passes
 * follow each other `repeat` times. Amplified n times, each workflow comes n times: as recorded, and each copy a jitter after
 * the one before. Policies that see no sizes see means by type over the whole trace, whatever part of it is played.
 */
export class TraceSource implements WorkloadSource {
  readonly name = "trace";
  readonly typicalWork: number;
  serial = 0;
  nextAt = Number.POSITIVE_INFINITY;
  private readonly cursor: TraceCursor;
  /** Mean work of each type: all that a policy knows where sizes are only expected. */
  private readonly meanOfType: Float64Array;
  /** Recorded seconds between which a pass lies, and its first workflow. */
  private readonly begin: number;
  private readonly end: number;
  private readonly first: number;
  private readonly passSeconds: number;
  private pass = 0;
  /** When the workflow at the cursor comes; Infinity after the last pass. */
  private recordedAt = Number.POSITIVE_INFINITY;
  private made: TaskGraph | null = null;
  private readonly copies = new TraceCopies<Copy>();
  private readonly jitter: Sampler;
  private readonly jitters: KeyedStream;

  constructor(
    trace: ReplayableTrace,
    private readonly replay: TraceReplay,
    private readonly sizes: "known" | "expected",
    /** The scenario's list of types, to which the trace's are added as they are met. */
    private readonly types: Names,
    seed: number,
    antithetic = false,
  ) {
    const { timeScale, workScale, from, until, path } = replay;
    const { workflows, rows, firstSubmitted, lastSubmitted, totalWork, meanOfType, unknownWork } =
      traceFigures(trace);
    if (unknownWork >= 0) throw unknown(path, unknownWork);
    this.meanOfType = meanOfType.map((seconds) => seconds * workScale);
    this.typicalWork = rows > 0 ? (totalWork / rows) * workScale : 0;
    const span = lastSubmitted - firstSubmitted;
    const whole = span + (workflows > 1 ? span / (workflows - 1) : 0);
    this.begin = firstSubmitted + from;
    this.end = firstSubmitted + until;
    this.passSeconds =
      ((until < Number.POSITIVE_INFINITY ? until : Math.max(whole, from)) - from) * timeScale;
    this.jitter = sampler(replay.jitter);
    this.jitters = KeyedStream.named(seed, "trace/jitter", 0, antithetic);
    this.cursor = traceCursor(trace);
    if (from > 0) this.cursor.seekTime(this.begin);
    this.first = this.cursor.index;
    if (workflows > 0 && !this.inPass()) throw emptySlice(replay, span);
    this.settle();
  }

  graph(): TaskGraph {
    return this.copyIsNext() ? this.copies.next.graph : this.recordedGraph();
  }

  deadline(): number {
    return this.copyIsNext() ? this.copies.next.deadline : this.recordedDeadline();
  }

  advance(): void {
    this.serial++;
    if (this.copyIsNext()) this.copies.drop();
    else {
      this.addCopies();
      this.made = null;
      this.cursor.advance();
    }
    this.settle();
  }

  work(): null {
    return null;
  }

  save(): PlainState {
    const { pass, serial, copies, cursor } = this;
    const pending = copies.pending();
    return {
      pass,
      serial,
      index: cursor.index,
      copyAt: Float64Array.from(pending, ({ at }) => at),
      copyOf: Float64Array.from(pending, ({ what }) => what.index),
    };
  }

  restore(state: PlainState): void {
    const saved = state as { pass: number; serial: number; index: number } & Record<
      "copyAt" | "copyOf",
      Float64Array
    >;
    while (this.copies.nextAt < Number.POSITIVE_INFINITY) this.copies.drop();
    let copy: Copy | null = null;
    saved.copyOf.forEach((index, i) => {
      if (copy?.index !== index) {
        this.cursor.seek(index);
        this.made = null;
        copy = this.recordedCopy();
      }
      this.copies.add(saved.copyAt[i]!, copy);
    });
    this.serial = saved.serial;
    this.pass = saved.pass;
    this.made = null;
    this.cursor.seek(saved.index);
    this.settle();
  }

  /** Of two at once, the copy of the earlier workflow goes first. */
  private copyIsNext(): boolean {
    return this.copies.nextAt <= this.recordedAt;
  }

  /** Where the pass is over, the next begins. */
  private settle(): void {
    const { cursor, replay } = this;
    if (!this.inPass() && this.pass < replay.repeat) {
      this.pass++;
      if (this.pass < replay.repeat) cursor.seek(this.first);
    }
    this.recordedAt =
      this.pass < replay.repeat && this.inPass()
        ? this.pass * this.passSeconds + (this.submitted() - this.begin) * replay.timeScale
        : Number.POSITIVE_INFINITY;
    this.nextAt = Math.min(this.recordedAt, this.copies.nextAt);
  }

  private inPass(): boolean {
    const { cursor, end } = this;
    return cursor.at < cursor.columns.workflows && this.submitted() < end;
  }

  private submitted(): number {
    return this.cursor.columns.submitted[this.cursor.at]!;
  }

  private addCopies(): void {
    const { amplify } = this.replay;
    if (amplify === 1) return;
    const copy = this.recordedCopy();
    let at = this.recordedAt;
    for (let k = 1; k < amplify; k++) {
      at += this.jitter(this.jitters.at(copy.index, this.pass * amplify + k));
      this.copies.add(at, copy);
    }
  }

  private recordedCopy(): Copy {
    return { graph: this.recordedGraph(), deadline: this.recordedDeadline(), index: this.cursor.index };
  }

  private recordedDeadline(): number {
    const recorded = this.cursor.columns.deadline[this.cursor.at]!;
    return recorded < Number.POSITIVE_INFINITY ? recorded : this.replay.deadline;
  }

  private recordedGraph(): TaskGraph {
    this.made ??= this.makeGraph();
    return this.made;
  }

  private makeGraph(): TaskGraph {
    const { replay } = this;
    const { columns: trace, at } = this.cursor;
    assert(at < trace.workflows, "a graph was asked for after the last workflow");
    const from = trace.firstRow[at]!;
    const to = trace.firstRow[at + 1]!;
    const count = to - from;
    const base = trace.parentFirst[from]!;
    const firstParent = Int32Array.from({ length: count + 1 }, (_, t) => trace.parentFirst[from + t]! - base);
    const recordedWork = trace.work.slice(from, to).map((seconds) => seconds * replay.workScale);
    const meanWork =
      this.sizes === "known"
        ? recordedWork
        : recordedWork.map((_, t) => this.meanOfType[trace.type[from + t]!]!);
    const pools = Int32Array.from(replay.pools);
    return buildGraph(
      { count, firstParent, parent: trace.parents.slice(base, trace.parentFirst[to]!) },
      {
        meanWork,
        recordedWork,
        work: null,
        name: trace.templateNames[trace.template[at]!]!,
        types: Array.from({ length: count }, (_, t) => trace.typeNames[trace.type[from + t]!]!),
        type: Int32Array.from({ length: count }, (_, t) =>
          this.types.number(trace.typeNames[trace.type[from + t]!]!),
        ),
        pools: new Array<Int32Array>(count).fill(pools),
        attemptFailure: new Float64Array(count).fill(replay.attemptFailure),
        retry: new Array(count).fill(replay.retry),
        timeout: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
        priority: trace.priority[at]!,
      },
    );
  }
}

/** A workflow that comes once more. Graphs are only read, so all its copies share one. */
interface Copy {
  readonly graph: TaskGraph;
  readonly deadline: number;
  /** Number of the workflow in the trace. */
  readonly index: number;
}

/** A task whose work is unknown cannot be replayed: taking 0 for it would be a lie. */
function unknown(path: string, row: number): InputError {
  return new InputError("UNKNOWN_WORK", {
    what: "the work of a task is unknown, so it cannot be replayed",
    where: `${path} > row ${row}`,
    mend: "drop the workflow from the trace, or give its work",
  });
}

function emptySlice({ path, from, until }: TraceReplay, span: number): InputError {
  return new InputError("EMPTY_SLICE", {
    what: `no workflow of the trace was submitted from ${from} s until ${until} s after the first`,
    where: path,
    mend: `the last was submitted ${span} s after the first: choose \`from\` and \`until\` within that`,
  });
}
