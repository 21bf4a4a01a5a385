import type { Engine } from "../engine/engine.js";
import { ATTEMPT_OUTCOMES } from "../engine/ports.js";
import { COPY } from "../engine/progress.js";
import { RowTable } from "../kit/row-table.js";
import type { DecisionView } from "../model/decision-view.js";
import { DECISION_KINDS, type DecisionKind, type Scenario } from "../model/scenario.js";
import { SCORE_SENSES, type ScoreSense } from "../model/score-sense.js";
import type { WorkloadSource } from "../workload/source.js";
import { CandidateRows } from "./candidate-rows.js";
import type { RunObserver } from "./run-observer.js";

export interface RecorderOptions {
  /** Records every n-th workflow of each source, with its attempts and decisions; 1, the default, records all. */
  readonly everyWorkflow?: number;
  /** Seconds of virtual time between two rows of each pool in `series`; none are recorded by default. */
  readonly poolsEvery?: number;
  /** Whether what the policy saw is recorded too, every feature of every candidate, with its score. False by default. */
  readonly features?: boolean;
  /** Who decides: its name and version go into the tables, and the probability of each answer and its scores, where it tells. */
  readonly policy?: {
    readonly name: string;
    propensity?(view: DecisionView, candidate: number): number;
    scores?(view: DecisionView, scores: Float64Array): ScoreSense | null;
  };
}

/**
 * Telemetry of a run as tables that only grow. Give one to a `Simulation`; `telemetry` turns it into Arrow tables.
 * Where there is no recorder, nothing is recorded and nothing is paid.
 */
export class Recorder implements RunObserver {
  readonly attempts = new RowTable((rows) => ({
    source: new Int32Array(rows),
    workflow: new Int32Array(rows),
    task: new Int32Array(rows),
    /** 0 in the workflow itself; in one that runs within it, a number of its own. */
    instance: new Int32Array(rows),
    attempt: new Int32Array(rows),
    /** 1 for the second copy of a hedged attempt. */
    copy: new Int32Array(rows),
    pool: new Int32Array(rows),
    outcome: new Int32Array(rows),
    ready: new Float64Array(rows),
    started: new Float64Array(rows),
    ended: new Float64Array(rows),
  }));
  readonly workflows = new RowTable((rows) => ({
    source: new Int32Array(rows),
    workflow: new Int32Array(rows),
    succeeded: new Int32Array(rows),
    submitted: new Float64Array(rows),
    due: new Float64Array(rows),
    ended: new Float64Array(rows),
  }));
  readonly decisions = new RowTable((rows) => ({
    kind: new Int32Array(rows),
    source: new Int32Array(rows),
    workflow: new Int32Array(rows),
    task: new Int32Array(rows),
    pool: new Int32Array(rows),
    /** The decision's number in the run: what tables of candidates refer to. */
    serial: new Int32Array(rows),
    option: new Int32Array(rows),
    candidates: new Int32Array(rows),
    chosen: new Int32Array(rows),
    /** Probability with which the policy answered so; NaN where it does not tell. */
    propensity: new Float64Array(rows),
    time: new Float64Array(rows),
  }));
  /** When disturbances began and ended: the ground truth for detectors. */
  readonly weather = new RowTable((rows) => ({
    weather: new Int32Array(rows),
    began: new Int32Array(rows),
    time: new Float64Array(rows),
  }));
  /** Pools at even moments, where that was asked for. */
  readonly series = new RowTable((rows) => ({
    time: new Float64Array(rows),
    pool: new Int32Array(rows),
    running: new Int32Array(rows),
    waiting: new Int32Array(rows),
    servers: new Int32Array(rows),
    starting: new Int32Array(rows),
    speed: new Float64Array(rows),
  }));
  /** Names behind the indices in `source`, `pool`, `outcome`, `kind`, `weather` and `sense`. */
  weatherNames: readonly string[] = [];
  sourceNames: readonly string[] = [];
  poolNames: readonly string[] = [];
  readonly outcomeNames = ATTEMPT_OUTCOMES;
  readonly kindNames = DECISION_KINDS;
  readonly senseNames = SCORE_SENSES;
  /** What the policy saw at decisions of each kind, where that was asked for. */
  readonly candidates: Readonly<Partial<Record<DecisionKind, CandidateRows>>>;
  readonly policyName: string;
  private readonly policy: RecorderOptions["policy"];
  private readonly judge: ((view: DecisionView, scores: Float64Array) => ScoreSense | null) | undefined;
  private readonly every: number;
  private readonly seesFeatures: boolean;
  /** The scenario that is run: what names and numbers in the tables stand for. */
  scenario!: Scenario;
  private engine!: Engine;
  private nextRow = 0;
  /** Only there where pools are recorded at even moments: else no event has to be told. */
  readonly stateHeld?: (at: number) => void;

  constructor({ everyWorkflow = 1, poolsEvery = 0, features = false, policy }: RecorderOptions = {}) {
    this.every = everyWorkflow;
    this.seesFeatures = features;
    this.candidates = features
      ? Object.fromEntries(DECISION_KINDS.map((kind) => [kind, new CandidateRows(kind)]))
      : {};
    this.policyName = policy?.name ?? "";
    this.policy = policy;
    this.judge = policy?.scores?.bind(policy);
    if (poolsEvery > 0) {
      this.stateHeld = (at) => {
        for (; this.nextRow * poolsEvery < at; this.nextRow++) this.pools(this.nextRow * poolsEvery);
      };
    }
  }

  /** Called by the simulation that it is given to. */
  attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    this.engine = engine;
    this.scenario = engine.state.scenario;
    this.weatherNames = (engine.state.scenario.weather ?? []).map(({ name }) => name);
    this.sourceNames = sources.map((source) => source.name);
    this.poolNames = engine.pools.names;
  }

  attemptEnded(at: number, attempt: number, outcome: number): void {
    const { attempts, tasks, flows } = this.engine;
    const task = attempts.task[attempt]!;
    const flow = tasks.flow[task]!;
    const serial = flows.serial[flow]!;
    if (this.every > 1 && serial % this.every !== 0) return;
    const row = this.attempts.add();
    const { block } = this.attempts;
    block.source[row] = flows.source[flow]!;
    block.workflow[row] = serial;
    block.task[row] = tasks.node[task]!;
    block.instance[row] = flows.parent[flow]! < 0 ? 0 : flows.key[flow]!;
    block.attempt[row] = tasks.attempts[task]! & ~COPY;
    block.copy[row] = tasks.copy[task]!;
    block.pool[row] = attempts.pool[attempt]!;
    block.outcome[row] = outcome;
    block.ready[row] = tasks.readyAt[task]!;
    block.started[row] = attempts.begunAt[attempt]!;
    block.ended[row] = at;
  }

  workflowEnded(at: number, flow: number, succeeded: boolean): void {
    const { flows } = this.engine;
    const serial = flows.serial[flow]!;
    if (this.every > 1 && serial % this.every !== 0) return;
    const row = this.workflows.add();
    const { block } = this.workflows;
    block.source[row] = flows.source[flow]!;
    block.workflow[row] = serial;
    block.succeeded[row] = succeeded ? 1 : 0;
    block.submitted[row] = flows.submittedAt[flow]!;
    block.due[row] = flows.dueAt[flow]!;
    block.ended[row] = at;
  }

  private pools(at: number): void {
    const { pools, queues } = this.engine;
    for (let p = 0; p < pools.count; p++) {
      const row = this.series.add();
      const { block } = this.series;
      block.time[row] = at;
      block.pool[row] = p;
      block.running[row] = pools.running[p]!;
      block.waiting[row] = queues.waiting[pools.queue[p]!]!;
      block.servers[row] = pools.online[p]!;
      block.starting[row] = pools.starting[p]!;
      block.speed[row] = pools.speed[p]!;
    }
  }

  weatherChanged(at: number, weather: number, began: boolean): void {
    const row = this.weather.add();
    const { block } = this.weather;
    block.weather[row] = weather;
    block.began[row] = began ? 1 : 0;
    block.time[row] = at;
  }

  decided(view: DecisionView, candidate: number): void {
    const { tasks, flows } = this.engine;
    const task = view.task(candidate);
    // Decisions about no task (scaling, waiting) are of no workflow, and recorded whatever the sampling.
    const flow = task < 0 ? -1 : tasks.flow[task]!;
    const serial = flow < 0 ? -1 : flows.serial[flow]!;
    if (this.every > 1 && flow >= 0 && serial % this.every !== 0) return;
    const row = this.decisions.add();
    const { block } = this.decisions;
    block.kind[row] = KIND_NUMBERS.get(view.kind)!;
    block.source[row] = flow < 0 ? -1 : flows.source[flow]!;
    block.workflow[row] = serial;
    block.task[row] = task < 0 ? -1 : tasks.node[task]!;
    block.pool[row] = view.pool(candidate);
    block.serial[row] = view.serial;
    block.option[row] = view.option(candidate);
    block.candidates[row] = view.count;
    block.chosen[row] = candidate;
    block.propensity[row] = this.policy?.propensity?.(view, candidate) ?? Number.NaN;
    block.time[row] = view.time;
    if (this.seesFeatures) this.candidates[view.kind]!.add(this.engine, view, candidate, this.judge);
  }
}

const KIND_NUMBERS: ReadonlyMap<DecisionKind, number> = new Map(DECISION_KINDS.map((kind, k) => [kind, k]));
