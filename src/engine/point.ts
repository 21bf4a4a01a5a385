import { moments } from "../kit/moments.js";
import {
  type DecisionView,
  NONE,
  OTHER_POOL,
  type PoolFigures,
  START,
  type TaskFigures,
  WAIT,
} from "../model/decision-view.js";
import { type DecisionKind, RESOURCE_NAMES } from "../model/scenario.js";
import type { TaskGraph } from "../model/task-graph.js";
import { STRAGGLING } from "./attempt-table.js";
import { resized } from "./columns.js";
import type { EngineState } from "./state.js";
import { affinity, affinityOfSpec, graphOf, isFull } from "./stations.js";
import { RUNNING, WAITING } from "./task-table.js";

/** The decision that is due, seen through the engine's own columns: nothing is copied but the candidates' handles. */
export class Point implements DecisionView {
  kind: DecisionKind = "route";
  serial = 0;
  count = 0;
  readonly tasks: TaskFigures;
  readonly pools: PoolFigures;
  /** What the decision is about: a task, queue, workflow, attempt or pool, by its kind. */
  subject = -1;
  /** The task or pool of all candidates, where it is the same in all. */
  private oneTask = NONE;
  private onePool = NONE;
  tasks_ = new Int32Array(16);
  pools_ = new Int32Array(16);
  /** The pools of the candidates: `pools_`, or where `whole` says so all that the task may run in, as the graph has them. */
  private shown: Int32Array = this.pools_;
  private whole = false;
  private options = new Int32Array(16);
  /** At `dispatch`: whether candidates are pairs, and WAIT is none of them. At `route`: whether closed pools are none. */
  pairs = false;
  mustStart = false;
  onlyOpen = false;
  /** At `scale`: the fewest servers. */
  least = 0;

  constructor(
    private readonly state: EngineState,
    readonly timeScale: number,
  ) {
    this.tasks = new TaskColumnsView(state);
    this.pools = new PoolColumnsView(state);
  }

  /** A new decision, its candidates' handles already in place where they differ. */
  set(kind: DecisionKind, count: number, task: number, pool: number): void {
    this.kind = kind;
    this.count = count;
    this.oneTask = task;
    this.onePool = pool;
    this.pairs = false;
    this.mustStart = false;
    this.onlyOpen = false;
    this.whole = false;
    this.shown = this.pools_;
  }

  /** A choice among all pools that the task may run in, as its graph has them. Nothing is copied, however many there are. */
  setWholeRoute(task: number, pools: Int32Array): void {
    this.set("route", pools.length, task, NONE);
    this.whole = true;
    this.shown = pools;
  }

  /** After a restore: what is shown is no state. */
  showAgain(): void {
    const { state, oneTask } = this;
    this.shown = this.whole ? graphOf(state, oneTask).pools[state.tasks.spec[oneTask]!]! : this.pools_;
  }

  reserve(count: number): void {
    if (count <= this.pools_.length) return;
    this.tasks_ = resized(this.tasks_, 2 * count);
    this.pools_ = resized(this.pools_, 2 * count);
    this.options = resized(this.options, 2 * count);
  }

  add(candidate: number, task: number, pool: number, option: number): void {
    this.tasks_[candidate] = task;
    this.pools_[candidate] = pool;
    this.options[candidate] = option;
  }

  get time(): number {
    return this.state.meter.now;
  }

  get workflowsInSystem(): number {
    return this.state.meter.workflows;
  }

  arrivalPhase(source: number): number {
    return this.state.arrivalPhase[source] ?? NONE;
  }

  get observedArrivalRate(): number {
    return this.state.arrivalRate.reduce((sum, rate) => sum + rate, 0);
  }

  allowed(candidate: number): boolean {
    if (!(candidate >= 0 && candidate < this.count)) return false;
    if (this.kind === "route") {
      const { pools } = this.state;
      const pool = this.shown[candidate]!;
      if (this.onlyOpen && !pools.open(pool)) return false;
      return !isFull(this.state, pools.queue[pool]!);
    }
    if (this.kind === "dispatch") return !(this.mustStart && this.options[candidate] === WAIT && this.pairs);
    if (this.kind === "retry" && candidate === OTHER_POOL) {
      return graphOf(this.state, this.oneTask).pools[this.state.tasks.spec[this.oneTask]!]!.length > 1;
    }
    return true;
  }

  task(candidate: number): number {
    return this.kind === "dispatch" ? this.tasks_[candidate]! : this.oneTask;
  }

  pool(candidate: number): number {
    if (this.kind === "route" || this.pairs) return this.shown[candidate]!;
    return this.onePool;
  }

  option(candidate: number): number {
    if (this.kind === "route") return START;
    if (this.kind === "dispatch") return this.pairs ? this.options[candidate]! : START;
    return this.kind === "scale" ? this.least + candidate : candidate;
  }
}

class TaskColumnsView implements TaskFigures {
  constructor(private readonly state: EngineState) {}

  size(task: number): number {
    return this.state.tasks.size[task]! + this.state.tasks.given[task]!;
  }
  remaining(task: number): number {
    return this.state.tasks.size[task]!;
  }
  type(task: number): string {
    return graphOf(this.state, task).types[this.state.tasks.spec[task]!]!;
  }
  attempts(task: number): number {
    return this.state.tasks.attempts[task]!;
  }
  attemptsAllowed(task: number): number {
    return graphOf(this.state, task).retry[this.state.tasks.spec[task]!]!.attempts;
  }
  readyAt(task: number): number {
    return this.state.tasks.readyAt[task]!;
  }
  submittedAt(task: number): number {
    return this.state.flows.submittedAt[this.state.tasks.flow[task]!]!;
  }
  dueAt(task: number): number {
    return this.state.flows.dueAt[this.state.tasks.flow[task]!]!;
  }
  upwardRank(task: number): number {
    return graphOf(this.state, task).upwardRank[this.state.tasks.node[task]!]!;
  }
  priority(task: number): number {
    return graphOf(this.state, task).priority;
  }
  failureProbability(task: number, pool: number): number {
    return this.failureOfSpec(graphOf(this.state, task), this.state.tasks.spec[task]!, pool);
  }

  private failureOfSpec(graph: TaskGraph, spec: number, pool: number): number {
    const { pools } = this.state;
    const own = graph.attemptFailure[spec]!;
    let good = (1 - own) * (1 - pools.attemptFailure[pool]!) * (1 - pools.weatherFailure[pool]!);
    const load = pools.loadFailure[pool]!;
    if (load > 0) {
      const busy = Math.min(1, (pools.running[pool]! + 1) / Math.max(1, pools.online[pool]!));
      good *= 1 - load * busy;
    }
    return 1 - good;
  }
  affinity(task: number, pool: number): number {
    return affinity(this.state, task, pool);
  }
  variantSize(task: number, variant: number): number {
    const found = this.variant(task, variant);
    return found === undefined ? Number.NaN : graphOf(this.state, task).meanWork[found]!;
  }
  variantAffinity(task: number, variant: number, pool: number): number {
    const found = this.variant(task, variant);
    return found === undefined ? 0 : affinityOfSpec(graphOf(this.state, task), found, pool);
  }
  variantFailure(task: number, variant: number, pool: number): number {
    const found = this.variant(task, variant);
    return found === undefined ? 0 : this.failureOfSpec(graphOf(this.state, task), found, pool);
  }
  recordedPool(task: number): number {
    return graphOf(this.state, task).recordedPool?.[this.state.tasks.node[task]!] ?? NONE;
  }
  cachedShare(task: number, pool: number): number {
    return this.state.executor.cachedShare(task, pool);
  }
  changeover(task: number, pool: number): number {
    const { changeovers, type } = graphOf(this.state, task);
    const spec = this.state.tasks.spec[task]!;
    const needed = changeovers?.[spec];
    if (needed === undefined || this.state.pools.lastType[pool] === type[spec]) return 0;
    return moments(needed).mean;
  }
  startedAt(task: number): number {
    const attempt = this.state.tasks.attempt[task]!;
    return attempt < 0 ? Number.NaN : this.state.attempts.begunAt[attempt]!;
  }
  runsAt(task: number): number {
    const { tasks, attempts } = this.state;
    return tasks.state[task] === RUNNING ? attempts.pool[tasks.attempt[task]!]! : NONE;
  }
  straggles(task: number): boolean {
    const attempt = this.state.tasks.attempt[task]!;
    return attempt >= 0 && this.state.attempts.is(STRAGGLING, attempt);
  }
  queueLength(task: number): number {
    return this.state.present[graphOf(this.state, task).type[this.state.tasks.spec[task]!]!] ?? 0;
  }
  standsFor(task: number): number {
    const { queues, tasks } = this.state;
    const queue = tasks.queue[task]!;
    // Pools with queues of their own show all tasks; central queues the first in the line of each type.
    if (tasks.state[task] !== WAITING || queues.central[queue] !== 1) return 1;
    return queues.lines[queue]![graphOf(this.state, task).type[tasks.spec[task]!]!]?.size ?? 1;
  }
  nextCount(task: number): number {
    const { firstChild } = graphOf(this.state, task);
    const node = this.state.tasks.node[task]!;
    return firstChild[node + 1]! - firstChild[node]!;
  }
  nextType(task: number, k: number): string {
    const graph = graphOf(this.state, task);
    return graph.types[this.next(graph, task, k)]!;
  }
  nextLength(task: number, k: number): number {
    const graph = graphOf(this.state, task);
    return this.state.present[graph.type[this.next(graph, task, k)]!] ?? 0;
  }
  need(task: number, resource: number): number {
    const { needs } = graphOf(this.state, task);
    return needs === null ? 0 : needs[RESOURCE_NAMES.length * this.state.tasks.spec[task]! + resource]!;
  }

  private next({ firstChild, child }: TaskGraph, task: number, k: number): number {
    return child[firstChild[this.state.tasks.node[task]!]! + k]!;
  }

  /** Spec of an alternative; undefined where it is a workflow of its own. */
  private variant(task: number, variant: number): number | undefined {
    const found = graphOf(this.state, task).bodies?.[this.state.tasks.node[task]!]?.variants?.[variant];
    return found?.call === undefined ? found?.spec : undefined;
  }
}

class PoolColumnsView implements PoolFigures {
  readonly count: number;

  constructor(private readonly state: EngineState) {
    this.count = state.pools.count;
  }

  name(pool: number): string {
    return this.state.pools.names[pool]!;
  }
  servers(pool: number): number {
    const { pools } = this.state;
    return Math.max(pools.online[pool]!, pools.sharing[pool] === 1 ? 0 : pools.running[pool]!);
  }
  starting(pool: number): number {
    return this.state.pools.starting[pool]!;
  }
  open(pool: number): boolean {
    return this.state.pools.open(pool);
  }
  running(pool: number): number {
    return this.state.pools.running[pool]!;
  }
  waiting(pool: number): number {
    return this.state.queues.waiting[this.state.pools.queue[pool]!]!;
  }
  speed(pool: number): number {
    return this.state.pools.shownSpeed[pool]!;
  }
  price(pool: number): number {
    return this.state.pools.price[pool]!;
  }
  capacity(pool: number): number {
    return this.state.queues.capacity[this.state.pools.queue[pool]!]!;
  }
  peers(pool: number): ArrayLike<number> {
    return this.state.queues.pools[this.state.pools.queue[pool]!]!;
  }
  queuedWork(pool: number): number {
    return this.state.queues.queuedWork[this.state.pools.queue[pool]!]!;
  }
  backlog(pool: number): number {
    const { pools, meter } = this.state;
    // Where tasks share the servers, how far each has come is the driver's to know.
    if (pools.sharing[pool] === 1) return pools.runningWork[pool]!;
    // Sizes less work done since the starts; what overran its expected size counts as nothing left.
    const done = pools.shownSpeed[pool]! * (pools.running[pool]! * meter.now - pools.startedSum[pool]!);
    const left = pools.runningWork[pool]! - done;
    return this.queuedWork(pool) + Math.max(left, 0);
  }
  arrivedWork(pool: number): number {
    return this.state.queues.arrivedWork[this.state.pools.queue[pool]!]!;
  }
  resource(pool: number, resource: number): number {
    return this.state.pools.machine[pool]![resource]!;
  }
  freeShare(pool: number, resource: number): number {
    const { pools } = this.state;
    const free = pools.free[pool]!;
    const whole = pools.machine[pool]![resource]!;
    if (free === null || whole === Number.POSITIVE_INFINITY) return 1;
    const width = RESOURCE_NAMES.length;
    let sum = 0;
    for (let at = resource; at < free.length; at += width) sum += free[at]!;
    return whole === 0 ? 0 : (sum * width) / (whole * free.length);
  }
}
