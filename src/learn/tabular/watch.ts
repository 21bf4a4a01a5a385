import type { Engine } from "../../engine/engine.js";
import { CANCELLED } from "../../engine/ports.js";
import { ARRIVAL, END } from "../../sim/event-kinds.js";
import type { RunObserver } from "../../sim/run-observer.js";
import type { WorkloadSource } from "../../workload/source.js";

/** Looks on at a run, event by event: which clock rang, and what it had cost until then. */
export class Watch implements RunObserver {
  engine!: Engine;
  sources = 0;
  /** The clock of the last event, and whether it is of a kind that is never stale. */
  clock = 0;
  isArrival = false;
  /** Cost of the run right before the last event. */
  costBefore = 0;
  private isEnd = false;
  private nameOf: (kind: number, subject: number) => number = () => 0;
  private withOutcome: (clock: number, outcome: number) => number = (clock) => clock;
  private cost: () => number = () => 0;

  /** @param cost what the run has cost so far */
  begin(
    clocks: {
      nameOf(kind: number, subject: number): number;
      withOutcome(clock: number, outcome: number): number;
    },
    cost: () => number,
  ): void {
    this.nameOf = (kind, subject) => clocks.nameOf(kind, subject);
    this.withOutcome = (clock, outcome) => clocks.withOutcome(clock, outcome);
    this.cost = cost;
  }

  attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    this.engine = engine;
    this.sources = sources.length;
  }

  stateHeld(at: number): void {
    // Time goes on to the event a moment earlier than it would: what is integrated until then is what the state cost.
    this.engine.meter.advance(at);
    this.costBefore = this.cost();
  }

  eventDue(kind: number, subject: number): void {
    this.clock = this.nameOf(kind, subject);
    this.isArrival = kind === ARRIVAL;
    this.isEnd = kind >= END;
  }

  attemptEnded(_at: number, _attempt: number, outcome: number): void {
    if (!this.isEnd || outcome === CANCELLED) return;
    this.clock = this.withOutcome(this.clock, outcome);
    this.isEnd = false;
  }

  workflowEnded(): void {}
  decided(): void {}
}
