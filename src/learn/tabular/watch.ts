import type { Engine } from "../../engine/engine.js";
import { CANCELLED } from "../../engine/ports.js";
import { ARRIVAL, END } from "../../sim/event-kinds.js";
import type { RunObserver } from "../../sim/run-observer.js";
import type { WorkloadSource } from "../../workload/source.js";
import type { Clocks } from "./clocks.js";

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
  private clocks: Clocks | null = null;
  private run: { cost(): number } | null = null;

  attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    this.engine = engine;
    this.sources = sources.length;
  }

  /** From here on events are told: what was before is not. */
  follow(run: { cost(): number }, clocks: Clocks): void {
    this.run = run;
    this.clocks = clocks;
  }

  stateHeld(at: number): void {
    if (this.run === null) return;
    // Time goes on to the event a moment earlier than it would: what is integrated until then is what the state cost.
    this.engine.meter.advance(at);
    this.costBefore = this.run.cost();
  }

  eventDue(kind: number, subject: number): void {
    if (this.clocks === null) return;
    this.clock = this.clocks.nameOf(kind, subject);
    this.isArrival = kind === ARRIVAL;
    this.isEnd = kind >= END;
  }

  attemptEnded(_at: number, _attempt: number, outcome: number): void {
    // Of a hedged task the other copy is cancelled: that follows, and is no event of its own.
    if (!this.isEnd || outcome === CANCELLED) return;
    this.clock = this.clocks!.withOutcome(this.clock, outcome);
    this.isEnd = false;
  }

  workflowEnded(): void {}
  decided(): void {}
}
