import { PREPARING, STRAGGLING } from "../../engine/attempt-table.js";
import type { Engine } from "../../engine/engine.js";
import { LIVE } from "../../engine/flow-table.js";
import { typeOf } from "../../engine/stations.js";
import { BACKING_OFF, RUNNING, WAITING } from "../../engine/task-table.js";
import { arrivingWorkflows, type Scenario } from "../../model/scenario.js";
import { probabilityFigure } from "../../policy/runtime/table/index.js";
import {
  ARRIVAL,
  BACKOFF_OVER,
  CHANGED_OVER,
  CLEANED_UP,
  END,
  PATIENCE_OVER,
  PHASE,
  SERVER_RETIRES,
  SERVER_STARTED,
  SKY,
  STRAGGLES,
  WORKFLOW_TIMEOUT,
} from "../../sim/event-kinds.js";

const OUTCOMES = 4;

/** A kind of clock that runs. */
export interface Running {
  /** Of event, and what it is of: the first of those that are alike. */
  readonly kind: number;
  readonly subject: number;
  readonly count: number;
}

/**
 * What may happen next in a run: clocks that run at once, of which one rings first. A generalised semi-Markov process
 * (Glynn 1989), of which we suppose that clocks have no memory: one that is called the same in two states rings at the same
 * rate in both. So what is seen of it in all states says how often it rings in each.
 *
 * A clock is called by a number: its kind, and what it is of.
 */
export class Clocks {
  /** Sources by the number of the workflow that they bring. */
  private readonly timed: readonly boolean[];
  private readonly onset: readonly boolean[];
  private readonly patient: boolean;

  constructor(
    private readonly scenario: Scenario,
    private readonly engine: Engine,
  ) {
    this.timed = arrivingWorkflows(scenario).map(({ timeout }) => timeout !== undefined);
    this.onset = scenario.pools.map(({ stragglers }) => stragglers !== undefined && "onset" in stragglers);
    this.patient = scenario.workflows.some(({ tasks }) =>
      tasks.some(({ scheduleToStart }) => scheduleToStart !== undefined),
    );
  }

  /** The name of the clock that rings in an event that is due, of what it is of as it stands now. */
  nameOf(kind: number, subject: number): number {
    const { engine } = this;
    const { attempts, flows } = engine;
    if (kind >= END || kind === STRAGGLES || kind === CHANGED_OVER) {
      const task = attempts.task[subject]!;
      return this.attemptClock(Math.min(kind, END), subject, task);
    }
    if (kind === CLEANED_UP) return name(kind, attempts.pool[subject]!, 0, 0);
    if (kind === WORKFLOW_TIMEOUT) return name(kind, flows.source[subject]!, 0, 0);
    if (kind === PATIENCE_OVER || kind === BACKOFF_OVER)
      return name(kind, typeOf(this.engine.state, subject), 0, 0);
    if (kind === ARRIVAL || kind === PHASE) return this.sourceClock(kind, subject);
    if (kind === SKY) return this.skyClock(subject);
    return name(kind, subject, 0, 0);
  }

  /** An attempt's clock once its outcome is known: how often it comes is learned by outcome. */
  withOutcome(clock: number, outcome: number): number {
    return clock + 1 + (outcome % (OUTCOMES - 1));
  }

  /**
   * The clocks that run now, each with how many there are of it, and what the first of these is of. Ends of attempts stand for
   * those of any outcome. Kinds that are not known here are left out: of them a state's own samples alone tell.
   */
  running(): Map<number, Running> {
    const { engine, scenario } = this;
    const { attempts, tasks, pools, flows } = engine;
    const found = new Map<number, { kind: number; subject: number; count: number }>();
    const add = (clock: number, subject: number, count = 1) => {
      const known = found.get(clock);
      if (known !== undefined) known.count += count;
      else if (count > 0) found.set(clock, { kind: kindOf(clock), subject, count });
    };
    for (let s = 0; s < this.timed.length; s++) {
      add(this.sourceClock(ARRIVAL, s), s);
      if (engine.state.arrivalPhase[s]! >= 0) add(this.sourceClock(PHASE, s), s);
    }
    for (let w = 0; w < (scenario.weather ?? []).length; w++) add(this.skyClock(w), w);
    for (const attempt of attempts.inUse()) {
      // A cancelled copy of a task still holds its server.
      if (attempts.task[attempt] === -1) add(name(CLEANED_UP, attempts.pool[attempt]!, 0, 0), attempt);
    }
    for (let attempt = 0; attempt < attempts.extent; attempt++) {
      const task = attempts.task[attempt]!;
      if (task < 0 || tasks.attempt[task] !== attempt || tasks.state[task] !== RUNNING) continue;
      const pool = attempts.pool[attempt]!;
      if (attempts.is(PREPARING, attempt)) {
        add(this.attemptClock(CHANGED_OVER, attempt, task), attempt);
        continue;
      }
      add(this.attemptClock(END, attempt, task), attempt);
      if (this.onset[pool] && !attempts.is(STRAGGLING, attempt))
        add(this.attemptClock(STRAGGLES, attempt, task), attempt);
    }
    for (let p = 0; p < pools.count; p++) {
      add(name(SERVER_STARTED, p, 0, 0), p, pools.starting[p]!);
      add(name(SERVER_RETIRES, p, 0, 0), p, pools.idleServers[p]!.length);
    }
    const waits = this.patient || this.timed.includes(true);
    for (let flow = 0; waits && flow < flows.extent; flow++) {
      if (flows.state[flow] !== LIVE) continue;
      const source = flows.source[flow]!;
      if (this.timed[source] === true) add(name(WORKFLOW_TIMEOUT, source, 0, 0), flow);
      if (this.patient) this.addTimers(flow, add);
    }
    return found;
  }

  private addTimers(flow: number, add: (clock: number, task: number) => void): void {
    const { tasks, flows } = this.engine;
    const first = flows.first[flow]!;
    for (let t = first; t < first + flows.graph[flow]!.count; t++) {
      if (tasks.state[t] === WAITING && tasks.attempt[t]! < 0)
        add(name(PATIENCE_OVER, typeOf(this.engine.state, t), 0, 0), t);
      else if (tasks.state[t] === BACKING_OFF) add(name(BACKOFF_OVER, typeOf(this.engine.state, t), 0, 0), t);
    }
  }

  private attemptClock(kind: number, attempt: number, task: number): number {
    const { attempts, pools } = this.engine;
    const pool = attempts.pool[attempt]!;
    const failure = kind === END ? probabilityFigure(pools.weatherFailure[pool]!) : 0;
    return name(
      kind,
      pool,
      2 * (task < 0 ? 0 : typeOf(this.engine.state, task)) + (attempts.is(STRAGGLING, attempt) ? 1 : 0),
      failure * OUTCOMES,
    );
  }

  private sourceClock(kind: number, source: number): number {
    return name(kind, source, this.engine.state.arrivalPhase[source]! + 1, 0);
  }

  /** A disturbance has two clocks, and what it does tells which of them runs. */
  private skyClock(weather: number): number {
    const { pools } = this.engine;
    const pool = this.scenario.weather![weather]!.pools[0]!;
    const failure = probabilityFigure(pools.weatherFailure[pool]!);
    return name(SKY, weather, pools.outages[pool]!, failure * OUTCOMES);
  }
}

/** A clock of kind END stands for its outcomes too: they come right after it. */
export const outcomesOf = (clock: number): number[] =>
  kindOf(clock) === END ? Array.from({ length: OUTCOMES - 1 }, (_, k) => clock + 1 + k) : [clock];

const kindOf = (clock: number): number => Math.floor(clock / 2 ** 40);

const name = (kind: number, of: number, which: number, rest: number): number =>
  ((kind * 2 ** 10 + of) * 2 ** 15 + which) * 2 ** 15 + rest;
