import {
  type DecisionView,
  NONE,
  type PoolFigures,
  START,
  type TaskFigures,
} from "../model/decision-view.js";
import type { DecisionKind } from "../model/scenario.js";
import type { Meter } from "./meter.js";
import { type FlowTable, type PoolTable, RUNNING, type TaskTable, WAITING } from "./tables.js";

/** The decision that is due, seen through the engine's own columns: nothing is copied but the candidates' handles. */
export class Point implements DecisionView {
  kind: DecisionKind = "route";
  serial = 0;
  count = 0;
  readonly tasks: TaskFigures;
  readonly pools: PoolFigures;
  /** At `route`: the task; the pools are the candidates. At `dispatch`: the pool; the tasks are the candidates. */
  subject = -1;
  candidates = new Int32Array(16);

  constructor(
    private readonly meter: Meter,
    flows: FlowTable,
    tasks: TaskTable,
    private readonly columns: PoolTable,
    readonly timeScale: number,
  ) {
    this.tasks = new TaskColumnsView(flows, tasks, columns);
    this.pools = new PoolColumnsView(columns, meter);
  }

  get time(): number {
    return this.meter.now;
  }

  get workflowsInSystem(): number {
    return this.meter.workflows;
  }

  allowed(candidate: number): boolean {
    if (!(candidate >= 0 && candidate < this.count)) return false;
    if (this.kind !== "route") return true;
    const pool = this.candidates[candidate]!;
    return this.columns.running[pool]! + this.columns.waiting[pool]! < this.columns.capacity[pool]!;
  }

  task(candidate: number): number {
    return this.kind === "route" ? this.subject : this.candidates[candidate]!;
  }

  pool(candidate: number): number {
    return this.kind === "route" ? this.candidates[candidate]! : this.subject;
  }

  option(_candidate: number): number {
    return START;
  }
}

class TaskColumnsView implements TaskFigures {
  constructor(
    private readonly flows: FlowTable,
    private readonly columns: TaskTable,
    private readonly pools: PoolTable,
  ) {}

  size(task: number): number {
    return this.columns.size[task]!;
  }
  remaining(task: number): number {
    return this.size(task);
  }
  type(task: number): string {
    return this.graph(task).types[this.columns.node[task]!]!;
  }
  attempts(task: number): number {
    return this.columns.attempts[task]!;
  }
  attemptsAllowed(task: number): number {
    return this.graph(task).retry[this.columns.node[task]!]!.attempts;
  }
  readyAt(task: number): number {
    return this.columns.readyAt[task]!;
  }
  submittedAt(task: number): number {
    return this.flows.submittedAt[this.columns.flow[task]!]!;
  }
  dueAt(task: number): number {
    return this.flows.dueAt[this.columns.flow[task]!]!;
  }
  upwardRank(task: number): number {
    return this.graph(task).upwardRank[this.columns.node[task]!]!;
  }
  priority(task: number): number {
    return this.graph(task).priority;
  }
  failureProbability(task: number, pool: number): number {
    const own = this.graph(task).attemptFailure[this.columns.node[task]!]!;
    return 1 - (1 - own) * (1 - this.pools.attemptFailure[pool]!);
  }
  affinity(task: number, pool: number): number {
    return this.graph(task).pools[this.columns.node[task]!]!.includes(pool) ? 1 : 0;
  }
  variantSize(): number {
    return Number.NaN;
  }
  variantAffinity(): number {
    return 0;
  }
  variantFailure(): number {
    return 0;
  }
  cachedShare(): number {
    return 0;
  }
  startedAt(): number {
    return Number.NaN;
  }
  runsAt(task: number): number {
    return this.columns.state[task] === RUNNING ? this.columns.pool[task]! : NONE;
  }
  straggles(): boolean {
    return false;
  }
  queueLength(task: number): number {
    return this.present(this.type(task));
  }
  nextCount(task: number): number {
    const { firstChild } = this.graph(task);
    const node = this.columns.node[task]!;
    return firstChild[node + 1]! - firstChild[node]!;
  }
  nextType(task: number, k: number): string {
    const { firstChild, child, types } = this.graph(task);
    return types[child[firstChild[this.columns.node[task]!]! + k]!]!;
  }
  nextLength(task: number, k: number): number {
    return this.present(this.nextType(task, k));
  }
  need(): number {
    return 0;
  }

  /** Tasks of a type that wait or run. Counted anew each time: only policies that ask pay for it. */
  private present(type: string): number {
    const { flows, columns } = this;
    let count = 0;
    for (let flow = 0; flow < flows.extent; flow++) {
      if (flows.alive[flow] === 0) continue;
      const { types } = flows.graph[flow]!;
      for (let node = 0; node < types.length; node++) {
        const state = columns.state[flows.first[flow]! + node]!;
        if (types[node] === type && (state === WAITING || state === RUNNING)) count++;
      }
    }
    return count;
  }

  private graph(task: number) {
    return this.flows.graph[this.columns.flow[task]!]!;
  }
}

class PoolColumnsView implements PoolFigures {
  readonly count: number;

  constructor(
    private readonly columns: PoolTable,
    private readonly meter: Meter,
  ) {
    this.count = columns.count;
  }

  name(pool: number): string {
    return this.columns.names[pool]!;
  }
  servers(pool: number): number {
    return this.columns.servers[pool]!;
  }
  starting(): number {
    return 0;
  }
  open(): boolean {
    return true;
  }
  capacity(pool: number): number {
    return this.columns.capacity[pool]!;
  }
  running(pool: number): number {
    return this.columns.running[pool]!;
  }
  waiting(pool: number): number {
    return this.columns.waiting[pool]!;
  }
  speed(pool: number): number {
    return this.columns.speed[pool]!;
  }
  price(pool: number): number {
    return this.columns.price[pool]!;
  }
  backlog(pool: number): number {
    const { running, runningWork, startedSum, speed, queuedWork, sharing } = this.columns;
    // Where tasks share the servers, how far each has come is the driver's to know.
    if (sharing[pool] === 1) return runningWork[pool]!;
    // Sizes less work done since the starts; what overran its expected size counts as nothing left.
    const done = speed[pool]! * (running[pool]! * this.meter.now - startedSum[pool]!);
    const left = runningWork[pool]! - done;
    return queuedWork[pool]! + Math.max(left, 0);
  }
  arrivedWork(): number {
    return 0;
  }
  resource(): number {
    return Number.POSITIVE_INFINITY;
  }
  freeShare(): number {
    return 1;
  }
}
