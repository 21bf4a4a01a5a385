import { STRAGGLING } from "../../engine/attempt-table.js";
import type { Engine } from "../../engine/engine.js";
import { FAILED, SUCCEEDED } from "../../engine/ports.js";
import { affinity } from "../../engine/stations.js";
import type { Distribution } from "../../kit/distribution.js";
import { moments } from "../../kit/moments.js";
import { arrivingWorkflows, type Scenario, type TaskTemplate } from "../../model/scenario.js";
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
import type { Running } from "../tabular/clocks.js";

/** Something that may happen next, as `Simulation.happen` is told of it, and how often a second. */
export interface NextEvent {
  readonly kind: number;
  readonly subject: number;
  readonly detail: number;
  readonly rate: number;
}

const rateOf = (d: Distribution): number => 1 / moments(d).mean;

/** How fast the clocks of a scenario run, of which `notExponential` has nothing to say. */
export class ClockRates {
  private readonly arriving: ReturnType<typeof arrivingWorkflows>;

  constructor(
    private readonly scenario: Scenario,
    private readonly engine: Engine,
  ) {
    this.arriving = arrivingWorkflows(scenario);
  }

  /** What may come of clocks of one kind: one event, or one an outcome. */
  eventsOf({ kind, subject, count }: Running): readonly NextEvent[] {
    const { engine, scenario } = this;
    const event = (rate: number, of = kind, detail = 0): NextEvent => ({
      kind: of,
      subject,
      detail,
      rate: count * rate,
    });
    switch (kind) {
      case ARRIVAL:
      case PHASE:
        return this.ofSource(kind, subject);
      case END:
        return this.ends(subject).map(({ outcome, rate }) => event(rate, END + outcome));
      case STRAGGLES: {
        const { stragglers } = scenario.pools[engine.attempts.pool[subject]!]!;
        return [event(rateOf((stragglers as { readonly onset: Distribution }).onset))];
      }
      case CHANGED_OVER:
        return [event(rateOf(this.taskOf(engine.attempts.task[subject]!).changeover!))];
      case CLEANED_UP:
        return [event(rateOf(this.cleanUp()))];
      case SERVER_STARTED:
        return [event(rateOf(scenario.pools[subject]!.scaling!.setup!))];
      case SERVER_RETIRES:
        return [event(rateOf(scenario.pools[subject]!.scaling!.idleTimeout!))];
      case WORKFLOW_TIMEOUT:
        return [event(rateOf(this.arriving[engine.flows.source[subject]!]!.timeout!))];
      case PATIENCE_OVER:
        return [event(rateOf(this.taskOf(subject).scheduleToStart!))];
      case BACKOFF_OVER:
        return [event(rateOf(this.taskOf(subject).retry.backoff.draw!))];
      case SKY: {
        const { when, pools } = scenario.weather![subject]!;
        const { every, lasts } = when as { readonly every: Distribution; readonly lasts: Distribution };
        return [event(rateOf(engine.pools.weatherFailure[pools[0]!]! > 0 ? lasts : every))];
      }
      default:
        return [];
    }
  }

  private ofSource(kind: number, source: number): readonly NextEvent[] {
    const { arrivals } = this.arriving[source]!;
    const one = (rate: number, detail = 0): NextEvent => ({ kind, subject: source, detail, rate });
    if (arrivals.kind === "poisson") return [one(arrivals.rate)];
    if (arrivals.kind !== "mmpp") return [];
    const phase = this.engine.state.arrivalPhase[source]!;
    if (kind === ARRIVAL) return [one(arrivals.rates[phase]!)];
    if ("switching" in arrivals!) return arrivals.switching[phase]!.map((rate, to) => one(rate, to));
    return [one(arrivals.leave[phase]!, (phase + 1) % arrivals.rates.length)];
  }

  /** How often an attempt ends in each way. */
  private ends(attempt: number): { readonly outcome: number; readonly rate: number }[] {
    const { attempts, pools, state } = this.engine;
    const task = attempts.task[attempt]!;
    const pool = attempts.pool[attempt]!;
    const template = this.taskOf(task);
    const { stragglers } = this.scenario.pools[pool]!;
    const slowdown = attempts.is(STRAGGLING, attempt) ? moments(stragglers!.slowdown).mean : 1;
    const rate = (affinity(state, task, pool) * pools.speed[pool]! * rateOf(template.work)) / slowdown;
    const good =
      (1 - template.attemptFailure) * (1 - pools.attemptFailure[pool]!) * (1 - pools.weatherFailure[pool]!);
    return [
      { outcome: SUCCEEDED, rate: rate * good },
      { outcome: FAILED, rate: rate * (1 - good) },
    ];
  }

  /** Of whose copy a server is cleaned up is not told any more: where it matters, `Explorer` has refused. */
  private cleanUp(): Distribution {
    return this.scenario.workflows.flatMap(({ tasks }) =>
      tasks.flatMap(({ hedge }) => hedge?.cleanUp ?? []),
    )[0]!;
  }

  private taskOf(task: number): TaskTemplate {
    const { tasks, flows } = this.engine;
    const flow = tasks.flow[task]!;
    return this.arriving[flows.source[flow]!]!.tasks[tasks.node[task]!]!;
  }
}
