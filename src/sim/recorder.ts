import type { Engine } from "../engine/engine.js";
import { ATTEMPT_OUTCOMES } from "../engine/ports.js";
import { COPY } from "../engine/progress.js";
import { GrowingColumn } from "../kit/growing-column.js";
import type { DecisionView } from "../model/decision-view.js";
import { DECISION_KINDS, type DecisionKind } from "../model/scenario.js";
import type { WorkloadSource } from "../workload/source.js";
import { CandidateRows } from "./candidate-rows.js";
import type { RunObserver } from "./run-observer.js";

export interface RecorderOptions {
  /** Records every n-th workflow of each source, with its attempts and decisions; 1, the default, records all. */
  readonly everyWorkflow?: number;
  /** Seconds of virtual time between two rows of each pool in `series`; none are recorded by default. */
  readonly poolsEvery?: number;
  /** Whether what the policy saw is recorded too: every feature of every candidate. False by default. */
  readonly features?: boolean;
  /** Who decides: its name and version go into the tables, and the probability of each answer, where it tells. */
  readonly policy?: { readonly name: string; propensity?(view: DecisionView, candidate: number): number };
}

/**
 * Telemetry of a run as columns that only grow. Give one to a `Simulation`; `telemetry` turns it into Arrow tables.
 * Where there is no recorder, nothing is recorded and nothing is paid.
 */
export class Recorder implements RunObserver {
  readonly attempts = {
    source: new GrowingColumn(Int32Array),
    workflow: new GrowingColumn(Int32Array),
    task: new GrowingColumn(Int32Array),
    /** 0 in the workflow itself; in one that runs within it, a number of its own. */
    instance: new GrowingColumn(Int32Array),
    attempt: new GrowingColumn(Int32Array),
    /** 1 for the second copy of a hedged attempt. */
    copy: new GrowingColumn(Int32Array),
    pool: new GrowingColumn(Int32Array),
    outcome: new GrowingColumn(Int32Array),
    ready: new GrowingColumn(Float64Array),
    started: new GrowingColumn(Float64Array),
    ended: new GrowingColumn(Float64Array),
  };
  readonly workflows = {
    source: new GrowingColumn(Int32Array),
    workflow: new GrowingColumn(Int32Array),
    succeeded: new GrowingColumn(Int32Array),
    submitted: new GrowingColumn(Float64Array),
    due: new GrowingColumn(Float64Array),
    ended: new GrowingColumn(Float64Array),
  };
  readonly decisions = {
    kind: new GrowingColumn(Int32Array),
    source: new GrowingColumn(Int32Array),
    workflow: new GrowingColumn(Int32Array),
    task: new GrowingColumn(Int32Array),
    pool: new GrowingColumn(Int32Array),
    /** The decision's number in the run: what tables of candidates refer to. */
    serial: new GrowingColumn(Int32Array),
    option: new GrowingColumn(Int32Array),
    candidates: new GrowingColumn(Int32Array),
    chosen: new GrowingColumn(Int32Array),
    /** Probability with which the policy answered so; NaN where it does not tell. */
    propensity: new GrowingColumn(Float64Array),
    time: new GrowingColumn(Float64Array),
  };
  /** When disturbances began and ended: the ground truth for detectors. */
  readonly weather = {
    weather: new GrowingColumn(Int32Array),
    began: new GrowingColumn(Int32Array),
    time: new GrowingColumn(Float64Array),
  };
  /** Pools at even moments, where that was asked for. */
  readonly series = {
    time: new GrowingColumn(Float64Array),
    pool: new GrowingColumn(Int32Array),
    running: new GrowingColumn(Int32Array),
    waiting: new GrowingColumn(Int32Array),
    servers: new GrowingColumn(Int32Array),
    starting: new GrowingColumn(Int32Array),
    speed: new GrowingColumn(Float64Array),
  };
  /** Names behind the indices in `source`, `pool`, `outcome`, `kind` and `weather`. */
  weatherNames: readonly string[] = [];
  sourceNames: readonly string[] = [];
  poolNames: readonly string[] = [];
  readonly outcomeNames = ATTEMPT_OUTCOMES;
  readonly kindNames = DECISION_KINDS;
  /** What the policy saw at decisions of each kind, where that was asked for. */
  readonly candidates: Readonly<Partial<Record<DecisionKind, CandidateRows>>>;
  readonly policyName: string;
  private readonly policy: RecorderOptions["policy"];
  private readonly every: number;
  private engine!: Engine;
  private nextRow = 0;
  /** Only there where pools are recorded at even moments: else no event has to be told. */
  readonly stateHeld?: (at: number) => void;

  constructor({ everyWorkflow = 1, poolsEvery = 0, features = false, policy }: RecorderOptions = {}) {
    this.every = everyWorkflow;
    this.candidates = features
      ? Object.fromEntries(DECISION_KINDS.map((kind) => [kind, new CandidateRows(kind)]))
      : {};
    this.policyName = policy?.name ?? "";
    this.policy = policy;
    if (poolsEvery > 0) {
      this.stateHeld = (at) => {
        for (; this.nextRow * poolsEvery < at; this.nextRow++) this.pools(this.nextRow * poolsEvery);
      };
    }
  }

  /** Called by the simulation that it is given to. */
  attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    this.engine = engine;
    this.weatherNames = (engine.state.scenario.weather ?? []).map(({ name }) => name);
    this.sourceNames = sources.map((source) => source.name);
    this.poolNames = engine.pools.names;
  }

  attemptEnded(at: number, attempt: number, outcome: number): void {
    const { attempts, tasks, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    if (flows.serial[flow]! % this.every !== 0) return;
    const row = this.attempts;
    row.source.push(flows.source[flow]!);
    row.workflow.push(flows.serial[flow]!);
    row.task.push(tasks.node[task]!);
    row.instance.push(flows.parent[flow]! < 0 ? 0 : flows.key[flow]!);
    row.attempt.push(tasks.attempts[task]! & ~COPY);
    row.copy.push(tasks.copy[task]!);
    row.pool.push(attempts.pool[attempt]!);
    row.outcome.push(outcome);
    row.ready.push(tasks.readyAt[task]!);
    row.started.push(attempts.begunAt[attempt]!);
    row.ended.push(at);
  }

  workflowEnded(at: number, flow: number, succeeded: boolean): void {
    const { flows } = this.engine;
    if (flows.serial[flow]! % this.every !== 0) return;
    const row = this.workflows;
    row.source.push(flows.source[flow]!);
    row.workflow.push(flows.serial[flow]!);
    row.succeeded.push(succeeded ? 1 : 0);
    row.submitted.push(flows.submittedAt[flow]!);
    row.due.push(flows.dueAt[flow]!);
    row.ended.push(at);
  }

  private pools(at: number): void {
    const { pools, queues } = this.engine;
    const row = this.series;
    for (let p = 0; p < pools.count; p++) {
      row.time.push(at);
      row.pool.push(p);
      row.running.push(pools.running[p]!);
      row.waiting.push(queues.waiting[pools.queue[p]!]!);
      row.servers.push(pools.online[p]!);
      row.starting.push(pools.starting[p]!);
      row.speed.push(pools.speed[p]!);
    }
  }

  weatherChanged(at: number, weather: number, began: boolean): void {
    const row = this.weather;
    row.weather.push(weather);
    row.began.push(began ? 1 : 0);
    row.time.push(at);
  }

  decided(view: DecisionView, candidate: number): void {
    const { tasks, flows } = this.engine;
    const task = view.task(candidate);
    // Decisions about no task (scaling, waiting) are of no workflow, and recorded whatever the sampling.
    const flow = task < 0 ? -1 : tasks.flow[task]!;
    if (flow >= 0 && flows.serial[flow]! % this.every !== 0) return;
    const row = this.decisions;
    row.kind.push(DECISION_KINDS.indexOf(view.kind));
    row.source.push(flow < 0 ? -1 : flows.source[flow]!);
    row.workflow.push(flow < 0 ? -1 : flows.serial[flow]!);
    row.task.push(task < 0 ? -1 : tasks.node[task]!);
    row.pool.push(view.pool(candidate));
    row.serial.push(view.serial);
    row.option.push(view.option(candidate));
    row.candidates.push(view.count);
    row.chosen.push(candidate);
    row.propensity.push(this.policy?.propensity?.(view, candidate) ?? Number.NaN);
    row.time.push(view.time);
    this.candidates[view.kind]?.add(view, candidate);
  }
}
