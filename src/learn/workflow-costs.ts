import { resized } from "../engine/columns.js";
import type { Engine } from "../engine/engine.js";
import { AT_THE_DOOR } from "../engine/flow-table.js";
import { FAILED, TIMED_OUT } from "../engine/ports.js";
import { arrivalRate } from "../model/arrival-rate.js";
import type { DecisionView } from "../model/decision-view.js";
import { Names } from "../model/names.js";
import type { AnyMetric } from "../model/objective.js";
import { arrivingWorkflows, type Scenario, specsOf } from "../model/scenario.js";
import { templateGraphs } from "../model/task-graph.js";
import type { RunObserver } from "../sim/run-observer.js";

/** What the objective weighs that single workflows bring about; by source where it may be of one workflow. */
interface Weights {
  readonly flowTime: Float64Array;
  readonly failures: Float64Array;
  readonly succeeded: Float64Array;
  readonly deadlineMisses: Float64Array;
  readonly tardiness: number;
  readonly attemptFailures: number;
  /** Of a second that a server of each pool is busy. */
  readonly busySecond: Float64Array;
}

/** By how much the columns grow; there are as many as workflows are in the system. */
const ROOM = 64;

/**
 * Costs of a run by the decision that brought them about: each decision pays for the time that the workflow that it is about is in the system until the next
 * decision about it, for its failure or delay if it ends by then, and for the attempts at its task (servers that work, failures). What
 * is left of the objective (servers that idle, workflows that nobody has decided about yet) is paid by the decision after which it fell
 * due. So an episode that ends has the same total; one that is cut still owes what comes of its last workflows.
 *
 * As long as a decision does not delay workflows that were placed before it (`whyNoWorkflowCosts`), what it costs is in its own charge
 * and in those after it, so that nothing is lost to a learner; and what earlier decisions cost no longer is.
 */
export class WorkflowCosts implements RunObserver {
  /** Of the step: so many decisions (numbers in the episode, from 0; some of them several times), and what each earns. */
  count = 0;
  decisions = new Int32Array(ROOM);
  rewards = new Float64Array(ROOM);

  private readonly weights: Weights;
  private engine: Engine | null = null;
  private taken = 0;
  /** By workflow: the decision that pays, since when, and whose slot it was then. */
  private owner = new Int32Array(0);
  private since = new Float64Array(0);
  private stamp = new Int32Array(0);
  /** By task: the last decision about it, which pays for its attempts, and whose slot it was then. */
  private payer = new Int32Array(0);
  private payerFlow = new Int32Array(0);
  private payerStamp = new Int32Array(0);
  /** Of the workflows that somebody pays for: what their presence costs a second, and that times since when. */
  private presence = 0;
  private presenceSince = 0;
  /** Cost of busy servers up to now that no attempt has been charged for. */
  private working = 0;
  private heldUntil = 0;
  /** Charged in this step; and what was owed at its beginning. */
  private charged = 0;
  private owedBefore = 0;

  constructor(scenario: Scenario) {
    this.weights = weightsOf(scenario);
  }

  attach(engine: Engine): void {
    this.engine = engine;
    this.taken = 0;
    this.owner.fill(-1);
    this.payer.fill(-1);
    this.presence = 0;
    this.presenceSince = 0;
    this.working = 0;
    this.heldUntil = 0;
    this.restart();
  }

  restart(): void {
    this.count = 0;
    this.charged = 0;
    this.owedBefore = this.owed;
  }

  /** A step is over that has cost `cost` in all: what nobody was charged for is its own decision's. */
  close(cost: number, terminated: boolean): void {
    const owed = terminated ? 0 : this.owed;
    this.charge(this.taken - 1, cost - this.charged - (owed - this.owedBefore));
  }

  /** Whether there is a workflow in the system that one of the decisions from `from` to before `to` pays for, as a whole or a task of it. */
  pending(from: number, to: number): boolean {
    const isMeant = (decision: number) => decision >= from && decision < to;
    for (let flow = 0; flow < this.owner.length; flow++) {
      if (this.isOwned(flow) && isMeant(this.owner[flow]!)) return true;
    }
    for (let task = 0; task < this.payer.length; task++) if (isMeant(this.payerOf(task))) return true;
    return false;
  }

  /** Stands from now on where another does; attached to a run that stands where the other's does. */
  copy(other: WorkflowCosts): void {
    this.taken = other.taken;
    this.owner = other.owner.slice();
    this.since = other.since.slice();
    this.stamp = other.stamp.slice();
    this.payer = other.payer.slice();
    this.payerFlow = other.payerFlow.slice();
    this.payerStamp = other.payerStamp.slice();
    this.presence = other.presence;
    this.presenceSince = other.presenceSince;
    this.working = other.working;
    this.heldUntil = other.heldUntil;
    this.restart();
  }

  decided(view: DecisionView, candidate: number): void {
    const task = view.task(candidate);
    const flow = this.workflowOf(task);
    if (this.isOwned(flow)) this.settle(flow, view.time);
    if (task >= this.payer.length) {
      const room = Math.max(ROOM, 2 * task);
      this.payer = resized(this.payer, room, -1);
      this.payerFlow = resized(this.payerFlow, room);
      this.payerStamp = resized(this.payerStamp, room);
    }
    this.payer[task] = this.taken;
    const { flows, tasks } = this.engine!.state;
    this.payerFlow[task] = tasks.flow[task]!;
    this.payerStamp[task] = flows.stamp[tasks.flow[task]!]!;
    this.own(flow, this.taken++, view.time);
  }

  stateHeld(at: number): void {
    const { pools } = this.engine!;
    const { busySecond } = this.weights;
    const seconds = at - this.heldUntil;
    this.heldUntil = at;
    for (let p = 0; p < busySecond.length; p++) this.working += seconds * busySecond[p]! * pools.running[p]!;
  }

  attemptEnded(at: number, attempt: number, outcome: number): void {
    const { attempts } = this.engine!;
    const { busySecond, attemptFailures } = this.weights;
    const worked = busySecond[attempts.pool[attempt]!]! * (at - attempts.begunAt[attempt]!);
    this.working -= worked;
    const payer = this.payerOf(attempts.task[attempt]!);
    if (payer < 0) return;
    const failed = outcome === FAILED || outcome === TIMED_OUT;
    this.charge(payer, worked + (failed ? attemptFailures : 0));
  }

  workflowEnded(at: number, flow: number, succeeded: boolean): void {
    if (!this.isOwned(flow)) return;
    const { flows } = this.engine!.state;
    const owner = this.owner[flow]!;
    this.settle(flow, at);
    // Not admitted: it was never in the system.
    if (flows.state[flow] === AT_THE_DOOR) return;
    const { failures, succeeded: success, deadlineMisses, tardiness } = this.weights;
    const source = flows.source[flow]!;
    const due = flows.dueAt[flow]!;
    const late = Math.max(0, at - due);
    const missed = late > 0 || (!succeeded && due < Number.POSITIVE_INFINITY);
    this.charge(
      owner,
      (succeeded ? success : failures)[source]! + (missed ? deadlineMisses[source]! : 0) + tardiness * late,
    );
  }

  /** What has fallen due, and will be charged to somebody. */
  private get owed(): number {
    const now = this.engine!.state.meter.now;
    return this.presence * now - this.presenceSince + this.working;
  }

  private isOwned(flow: number): boolean {
    return (
      flow < this.owner.length &&
      this.owner[flow]! >= 0 &&
      this.stamp[flow] === this.engine!.state.flows.stamp[flow]
    );
  }

  private own(flow: number, decision: number, at: number): void {
    if (flow >= this.owner.length) this.grow(flow);
    const { flows } = this.engine!.state;
    const weight = this.weights.flowTime[flows.source[flow]!]!;
    this.owner[flow] = decision;
    this.since[flow] = at;
    this.stamp[flow] = flows.stamp[flow]!;
    this.presence += weight;
    this.presenceSince += weight * at;
  }

  /** Whoever pays for a workflow has paid for its presence, and no longer does. */
  private settle(flow: number, at: number): void {
    const weight = this.weights.flowTime[this.engine!.state.flows.source[flow]!]!;
    const since = this.since[flow]!;
    this.charge(this.owner[flow]!, weight * (at - since));
    this.presence -= weight;
    this.presenceSince -= weight * since;
    this.owner[flow] = -1;
  }

  private charge(decision: number, cost: number): void {
    if (this.count === this.decisions.length) {
      this.decisions = resized(this.decisions, 2 * this.count);
      this.rewards = resized(this.rewards, 2 * this.count);
    }
    this.decisions[this.count] = decision;
    this.rewards[this.count++] = -cost;
    this.charged += cost;
  }

  private payerOf(task: number): number {
    if (task < 0 || task >= this.payer.length) return -1;
    // The slot may be another workflow's by now.
    const { flows, tasks } = this.engine!.state;
    const flow = tasks.flow[task]!;
    const isSame = this.payerFlow[task] === flow && this.payerStamp[task] === flows.stamp[flow];
    return isSame ? this.payer[task]! : -1;
  }

  /** The workflow that a task belongs to in the end. */
  private workflowOf(task: number): number {
    const { flows, tasks } = this.engine!.state;
    let flow = tasks.flow[task]!;
    while (flows.parent[flow]! >= 0) flow = tasks.flow[flows.parent[flow]!]!;
    return flow;
  }

  private grow(flow: number): void {
    const room = Math.max(ROOM, 2 * flow);
    this.owner = resized(this.owner, room, -1);
    this.since = resized(this.since, room);
    this.stamp = resized(this.stamp, room);
  }
}

/** Why costs cannot be told by workflow in a scenario, or would mislead; null where they can. */
export function whyNoWorkflowCosts(scenario: Scenario): string | null {
  const { decide, objective, pools, queues = [] } = scenario;
  if (objective.weights === null)
    return `the objective \`${objective.expression}\` is no weighted sum: it has no parts that single workflows cost`;
  const other = decide.find((kind) => kind === "dispatch" || kind === "scale");
  if (other !== undefined)
    return `a ${other} decision is about all that wait, and would pay for one workflow alone`;
  const station = [...pools, ...queues].find(({ discipline }) => discipline !== "fifo");
  if (station !== undefined)
    return `${station.name} is ${station.discipline}, not fifo: who comes later delays workflows that earlier decisions pay for`;
  return null;
}

/** Share of the servers' time that is asked for, from which on queues grow too long under a learner that has yet to learn. */
const BUSY = 0.8;

/**
 * Whether costs by workflow are the better choice, as far as a scenario tells: they are to be had, a route is all that is decided
 * about a workflow, so that a decision pays for all that became of it, and the system is busy. Where tasks follow each other, or
 * queues are short, the usual rewards do as well or better (docs/learning.md).
 */
export function adviseWorkflowCosts(scenario: Scenario): boolean {
  const { decide, workflows, trace } = scenario;
  return (
    whyNoWorkflowCosts(scenario) === null &&
    decide.every((kind) => kind === "route") &&
    trace === undefined &&
    workflows.every(({ tasks }) => specsOf(tasks).length === 1) &&
    offeredLoad(scenario) >= BUSY
  );
}

/** Work that arrives a second over what all servers can do of it; workflows of one task, failures aside. */
function offeredLoad(scenario: Scenario): number {
  const { pools, workflows } = scenario;
  const graphs = templateGraphs(scenario, new Names(), new Names());
  const work = workflows.reduce(
    (sum, { arrivals }, w) =>
      arrivals === undefined ? sum : sum + arrivalRate(arrivals) * graphs[w]!.upwardRank[0]!,
    0,
  );
  return work / pools.reduce((sum, { servers, speed }) => sum + servers * speed, 0);
}

function weightsOf(scenario: Scenario): Weights {
  const { objective, pools, weather = [], workflows } = scenario;
  const names = arrivingWorkflows(scenario).map(({ name }) => name);
  // A trace is a source after those of the templates.
  const sources = names.length + (scenario.trace === undefined ? 0 : 1);
  const weight = (metric: AnyMetric, of?: string) =>
    objective.figures.reduce(
      (sum, figure, i) =>
        sum + (figure.metric === metric && figure.of === of ? (objective.weights?.[i] ?? 0) : 0),
      0,
    );
  const bySource = (metric: AnyMetric) =>
    Float64Array.from({ length: sources }, (_, s) => {
      const name = names[s];
      return weight(metric) + (name === undefined ? 0 : weight(metric, name));
    });
  const cleansUp = workflows.some(({ tasks }) =>
    specsOf(tasks).some(({ hedge }) => hedge?.cleanUp !== undefined),
  );
  const held = weather
    .filter(({ effect }) => effect.kind === "outage")
    .flatMap(({ pools: struck }) => struck);
  return {
    flowTime: bySource("flowTime"),
    failures: bySource("failures"),
    succeeded: bySource("succeeded"),
    deadlineMisses: bySource("deadlineMisses"),
    tardiness: weight("tardiness"),
    attemptFailures: weight("attemptFailures"),
    // Where servers work for several tasks, or tasks are held, a server's time is not that of one attempt: left to who decided last.
    busySecond: Float64Array.from(pools, ({ name, price, resources, breakdown }, p) =>
      resources !== undefined || breakdown !== undefined || held.includes(p) || cleansUp
        ? 0
        : weight("cost") * price + weight("busyTime") + weight("busyTime", name),
    ),
  };
}
