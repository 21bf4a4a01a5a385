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
