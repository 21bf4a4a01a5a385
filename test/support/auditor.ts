import type { Engine } from "../../src/engine/engine.js";
import type { WorkloadSource } from "../../src/workload/source.js";
import { auditEngine } from "./engine-audit.js";
import { Witness } from "./witness.js";

/** A witness that audits the engine's books before every event. */
export class Auditor extends Witness {
  override readonly stateHeld = (until: number): void => {
    // Of one instant, only what stands at its end lasts.
    if (until > this.watched.meter.now) auditEngine(this.watched);
  };
  override attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    super.attach(engine, sources);
  }
}
