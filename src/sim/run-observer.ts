import type { Engine } from "../engine/engine.js";
import type { Observer } from "../engine/ports.js";
import type { WorkloadSource } from "../workload/source.js";

/** Who may listen to a run: a recorder of telemetry, or a probe that measures. It must change nothing. */
export interface RunObserver extends Observer {
  /** Called by the simulation that it is given to, before anything happens. */
  attach(engine: Engine, sources: readonly WorkloadSource[]): void;
  /** Called before each event, and at the end: the state that the engine shows has held since the call before, and until `at`. */
  stateHeld?(at: number): void;
  /** Called right before an event of a kind (`event-kinds.ts`) is delivered. It may have become stale: then nothing happens. */
  eventDue?(kind: number, subject: number): void;
  /** A disturbance (an index into `Scenario.weather`) began or ended. */
  weatherChanged?(at: number, weather: number, began: boolean): void;
}

/** One observer of several, which hear everything in turn; undefined of none. */
export function together(...observers: readonly RunObserver[]): RunObserver | undefined {
  const [first, ...others] = observers;
  if (first === undefined || others.length === 0) return first;
  const rest = together(...others)!;
  return {
    attach(engine, sources) {
      first.attach(engine, sources);
      rest.attach(engine, sources);
    },
    stateHeld(at) {
      first.stateHeld?.(at);
      rest.stateHeld?.(at);
    },
    eventDue(kind, subject) {
      first.eventDue?.(kind, subject);
      rest.eventDue?.(kind, subject);
    },
    weatherChanged(at, weather, began) {
      first.weatherChanged?.(at, weather, began);
      rest.weatherChanged?.(at, weather, began);
    },
    taskReady(at, task) {
      first.taskReady?.(at, task);
      rest.taskReady?.(at, task);
    },
    attemptEnded(at, attempt, outcome) {
      first.attemptEnded(at, attempt, outcome);
      rest.attemptEnded(at, attempt, outcome);
    },
    workflowEnded(at, flow, succeeded) {
      first.workflowEnded(at, flow, succeeded);
      rest.workflowEnded(at, flow, succeeded);
    },
    decided(view, candidate) {
      first.decided(view, candidate);
      rest.decided(view, candidate);
    },
  };
}
