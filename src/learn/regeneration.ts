import type { Engine } from "../engine/engine.js";
import { arrivingWorkflows, type Scenario, specsOf } from "../model/scenario.js";
import type { RunObserver } from "../sim/run-observer.js";

/**
 * Tells when a run begins anew: nothing is in the system, and nothing but the next arrival is to come, whose law does not depend on
 * what was before. Only of scenarios of which `whyNotRegenerative` answers null.
 */
export class Regeneration implements RunObserver {
  /** Whether the system was empty at any moment since `restart`. */
  happened = false;
  private engine: Engine | null = null;

  attach(engine: Engine): void {
    this.engine = engine;
    this.restart();
  }

  restart(): void {
    this.happened = false;
  }

  stateHeld(): void {
    const { state, pools } = this.engine!;
    if (state.meter.workflows > 0) return;
    // A cancelled copy may still hold its server.
    for (let p = 0; p < pools.count; p++) if (pools.running[p]! > 0) return;
    this.happened = true;
  }

  attemptEnded(): void {}
  workflowEnded(): void {}
  decided(): void {}
}

/** What in a scenario has a memory that outlives an empty system; null where an empty system begins anew. */
export function whyNotRegenerative(scenario: Scenario): string | null {
  const { pools, weather = [], trace } = scenario;
  if (trace !== undefined) return "a trace is replayed: what comes next depends on when it is";
  const arrivals = arrivingWorkflows(scenario).map((workflow) => workflow.arrivals);
  const memoryless = arrivals.every(
    (process) => process.kind === "poisson" || (process.kind === "batch" && "rate" in process),
  );
  // Whoever finds the system empty begins a cycle: for gaps with a memory, only where nobody else may come first.
  const alone = arrivals.length === 1 && arrivals[0]!.kind === "renewal";
  if (!memoryless && !alone)
    return "arrivals have a memory: they are neither Poisson nor of one renewal process";
  if (weather.length > 0) return "there is weather, which goes on while the system is empty";
  for (const pool of pools) {
    const lasting = (["scaling", "breakdown", "rateLimit", "drain", "cacheBlocks"] as const).find(
      (feature) => pool[feature] !== undefined,
    );
    if (lasting !== undefined) return `pool ${pool.name} has a state that outlives its tasks: ${lasting}`;
  }
  for (const { name, tasks } of scenario.workflows) {
    const specs = specsOf(tasks);
    if (specs.some(({ changeover }) => changeover !== undefined))
      return `servers remember what they were set up for: workflow ${name} has changeovers`;
    if (specs.some(({ hedge }) => hedge?.after !== undefined && "quantile" in hedge.after))
      return `workflow ${name} hedges by a quantile of all latencies so far`;
  }
  return null;
}
