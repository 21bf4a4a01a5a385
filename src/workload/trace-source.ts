import { assert } from "../kit/assert.js";
import { InputError } from "../kit/errors.js";
import { type PlainState, plainState, restorePlainState } from "../kit/plain-state.js";
import { KeyedStream } from "../kit/random.js";
import { type Sampler, sampler } from "../kit/sampler.js";
import type { Names } from "../model/names.js";
import { type Pool, RESOURCE_NAMES, type Retry, type TraceReplay } from "../model/scenario.js";
import { buildGraph, type TaskGraph } from "../model/task-graph.js";
import { Users } from "./arrivals/users.js";
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
  /** Draws the work of a task of each type, where it is resampled. */
  private readonly resampled: readonly Sampler[] | null;
  private readonly works: KeyedStream;
  /** Number of a recorded pool by name. */
  private readonly poolNumbers: ReadonlyMap<string, number>;
  /** Whoever submits in a closed loop; null where workflows come at their recorded times. */
  private readonly users: Users | null;
  readonly workflowEnded?: (at: number, serial: number) => boolean;
  /** Workflows that have come. */
  private come = 0;
  private readonly fitting = new Map<number, Int32Array>();
  private readonly retries = new Map<number, Retry>();

  constructor(
    trace: ReplayableTrace,
    private readonly replay: TraceReplay,
    private readonly sizes: "known" | "expected",
    /** The scenario's list of types, to which the trace's are added as they are met. */
    private readonly types: Names,
    seed: number,
    antithetic = false,
    /** The scenario's pools: a recorded pool of the same name is taken for that one. */
    private readonly pools: readonly Pool[] = [],
  ) {
    const { timeScale, workScale, from, until, path } = replay;
    const figures = traceFigures(trace);
    const { workflows, rows, firstSubmitted, lastSubmitted, totalWork, meanOfType, unknownWork } = figures;
    if (unknownWork >= 0 && replay.work !== "resampled") throw unknown(path, unknownWork);
    this.resampled =
      replay.work === "resampled" ? figures.workOfType.map((values) => drawingFrom(values, path)) : null;
    this.works = KeyedStream.named(seed, "trace/work", 0, antithetic);
    this.poolNumbers = new Map(pools.map(({ name }, p) => [name, p]));
    if (replay.needs === "cpu") this.poolsFor(figures.mostCpu);
    if (replay.prefixSaving !== undefined && !replay.pools.some((p) => pools[p]?.cacheBlocks !== undefined))
      throw noCache(path);
    this.users =
      replay.closed === undefined
        ? null
        : new Users(replay.closed, KeyedStream.named(seed, "trace/think", 0, antithetic));
    this.meanOfType = meanOfType.map((seconds) => seconds * workScale);
    this.typicalWork = rows > 0 ? (totalWork / rows) * workScale : 0;
    const span = lastSubmitted - firstSubmitted;
    const whole = span + (workflows > 1 ? span / (workflows - 1) : 0);
    this.begin = firstSubmitted + from;
    this.end = firstSubmitted + until;
    this.passSeconds =
      ((until < Number.POSITIVE_INFINITY ? until : Math.max(whole, from)) - from) * timeScale;
    const { users } = this;
    if (users !== null) {
      this.workflowEnded = (at, serial) => {
        const before = this.nextAt;
        users.ended(at, serial);
        this.settle();
        return this.nextAt < before;
      };
    }
    this.jitter = sampler(replay.jitter);
    this.jitters = KeyedStream.named(seed, "trace/jitter", 0, antithetic);
    this.cursor = traceCursor(trace);
    if (from > 0) this.cursor.seekTime(this.begin);
    this.first = this.cursor.index;
    if (workflows > 0 && !this.inPass()) throw emptySlice(replay, span);
    this.settle();
  }

  get serial(): number {
    return this.users === null ? this.come : this.users.serial;
  }

  graph(): TaskGraph {
    return this.copyIsNext() ? this.copies.next.graph : this.recordedGraph();
  }

  deadline(): number {
    return this.copyIsNext() ? this.copies.next.deadline : this.recordedDeadline();
  }

  advance(): void {
    this.come++;
    this.users?.submitted();
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
    const { pass, come, copies, cursor, users } = this;
    const pending = copies.pending();
    return {
      pass,
      come,
      ...(users === null ? {} : { users: plainState({ users }) }),
      index: cursor.index,
      copyAt: Float64Array.from(pending, ({ at }) => at),
      copyOf: Float64Array.from(pending, ({ what }) => what.index),
    };
  }

  restore(state: PlainState, spared?: (held: object) => boolean): void {
    const saved = state as { pass: number; come: number; index: number; users?: PlainState } & Record<
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
    this.come = saved.come;
    const { users } = this;
    if (users !== null) restorePlainState({ users }, saved.users!, spared);
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
        ? (this.users?.nextAt ??
          this.pass * this.passSeconds + (this.submitted() - this.begin) * replay.timeScale)
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

  /** Work of the rows, seconds at speed 1. */
  private workOf(from: number, to: number): Float64Array {
    const { replay, cursor, resampled, pass } = this;
    const { work, type, observed } = cursor.columns;
    if (resampled !== null) {
      const draws = this.works.child(`${pass}`);
      return Float64Array.from(
        { length: to - from },
        (_, t) => resampled[type[from + t]!]!(draws.at(cursor.index, t)) * replay.workScale,
      );
    }
    const seconds = work.slice(from, to).map((recorded) => recorded * replay.workScale);
    const { recordedSpeeds } = replay;
    if (recordedSpeeds === undefined || observed === undefined) return seconds;
    return seconds.map((took, t) => {
      const name = observed.poolNames[observed.pool[from + t]!];
      return name !== undefined && Object.hasOwn(recordedSpeeds, name) ? took * recordedSpeeds[name]! : took;
    });
  }

  /** Retries of the rows, and which attempts fail where they are to fail as recorded. */
  private failuresOf(from: number, to: number) {
    const { replay } = this;
    const { observed } = this.cursor.columns;
    const count = to - from;
    if (replay.failures === undefined || observed === undefined)
      return { retry: new Array<Retry>(count).fill(replay.retry) };
    const { attempts, failed } = observed;
    return {
      retry: Array.from({ length: count }, (_, t) => this.retryOf(attempts[from + t]!)),
      recordedFailures: Int32Array.from({ length: count }, (_, t) =>
        failed[from + t] === 1 ? ALWAYS : Math.max(0, attempts[from + t]! - 1),
      ),
    };
  }

  /** Blocks on record, where they are to be looked for in caches. */
  private cachesOf(from: number, to: number) {
    const { prefixSaving: saving } = this.replay;
    const { observed } = this.cursor.columns;
    if (saving === undefined || observed === undefined) return {};
    const { prefix, prefixFirst } = observed;
    return {
      caches: Array.from({ length: to - from }, (_, t) => ({
        recorded: prefix.slice(prefixFirst[from + t]!, prefixFirst[from + t + 1]!),
        saving,
      })),
    };
  }

  /** The scenario's retries, as many as were recorded. */
  private retryOf(attempts: number): Retry {
    const { retry } = this.replay;
    if (attempts < 1) return retry;
    let found = this.retries.get(attempts);
    if (found === undefined) this.retries.set(attempts, (found = { ...retry, attempts }));
    return found;
  }

  private poolNumber(name: string | undefined): number {
    return name === undefined ? -1 : (this.poolNumbers.get(name) ?? -1);
  }

  /**
   * Pools whose machines have room for so many cores, where tasks need those that they used.
   * @throws {InputError} NO_ROOM
   */
  private poolsFor(cpu: number): Int32Array {
    const { replay, pools } = this;
    const needed = replay.needs === "cpu" && cpu > 0 ? cpu : 0;
    let found = this.fitting.get(needed);
    if (found === undefined) {
      found = Int32Array.from(
        needed === 0
          ? replay.pools
          : replay.pools.filter((p) => (pools[p]!.resources?.cpu ?? Number.POSITIVE_INFINITY) >= needed),
      );
      if (found.length === 0) throw noRoom(replay.path, needed);
      this.fitting.set(needed, found);
    }
    return found;
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
    const { observed } = trace;
    const recordedWork = this.workOf(from, to);
    const meanWork =
      this.sizes === "known"
        ? recordedWork
        : recordedWork.map((_, t) => this.meanOfType[trace.type[from + t]!]!);
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
        pools: Array.from({ length: count }, (_, t) => this.poolsFor(observed?.cpu[from + t] ?? Number.NaN)),
        attemptFailure: new Float64Array(count).fill(replay.attemptFailure),
        ...this.failuresOf(from, to),
        ...(observed === undefined
          ? {}
          : {
              recordedPool: observed.pool.slice(from, to).map((p) => this.poolNumber(observed.poolNames[p])),
            }),
        ...this.cachesOf(from, to),
        ...(replay.needs === "cpu" && observed !== undefined
          ? { needs: cpuNeeds(observed.cpu, from, to) }
          : {}),
        timeout: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
        priority: trace.priority[at]!,
      },
    );
  }
}

/** Draws one of the values, each as likely. @throws {InputError} where there is none */
function drawingFrom(values: Float64Array, path: string): Sampler {
  if (values.length === 0) {
    throw new InputError("UNKNOWN_WORK", {
      what: "of a type of task no work is known at all, so none can be drawn",
      where: path,
      mend: "filter those workflows out: switchyard trace transform",
    });
  }
  return (uniform) => values[Math.floor(uniform.next() * values.length)]!;
}

/** What is unknown is taken to need nothing. */
function cpuNeeds(cpu: Float64Array, from: number, to: number): Float64Array {
  const width = RESOURCE_NAMES.length;
  const needs = new Float64Array(width * (to - from));
  for (let row = from; row < to; row++) {
    const cores = cpu[row]!;
    if (!Number.isNaN(cores)) needs[width * (row - from) + RESOURCE_NAMES.indexOf("cpu")] = cores;
  }
  return needs;
}

/** Failures of a task that never succeeded. */
const ALWAYS = 0x7fffffff;

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

function noCache(path: string): InputError {
  return new InputError("NO_CACHE", {
    what: "the trace is to be replayed with its prefixes, and none of its pools has a cache",
    where: path,
    mend: "give a pool a cache, e.g. cache: { blocks: 10000 }",
  });
}

function noRoom(path: string, cpu: number): InputError {
  return new InputError("NO_ROOM", {
    what: `a task of the trace used ${cpu} cores, and no machine of its pools has as many`,
    where: path,
    mend: "give a pool machines of that size (resources: { cpu: ... }), or filter the task's workflow out",
  });
}

function emptySlice({ path, from, until }: TraceReplay, span: number): InputError {
  return new InputError("EMPTY_SLICE", {
    what: `no workflow of the trace was submitted from ${from} s until ${until} s after the first`,
    where: path,
    mend: `the last was submitted ${span} s after the first: choose \`from\` and \`until\` within that`,
  });
}
