import type { Engine } from "../../engine/engine.js";
import { LIVE } from "../../engine/flow-table.js";
import { RUNNING } from "../../engine/task-table.js";
import type { RunObserver } from "../../sim/run-observer.js";

const MOST = 0xfff0;
const FAILURE_STEPS = 1000;

/**
 * What a run is like right after a decision, as whole numbers: an afterstate (Sutton and Barto 2018, section 6.8; Powell
 * 2011, chapter 4). What follows depends on it alone, whichever decision led there, so that what is learned of one is
 * learned of all. It is read off the engine, which tells more than a policy sees: only the learner looks at it.
 */
export class AfterState implements RunObserver {
  /** As last read. Reused. */
  readonly figures: number[] = [];
  private engine!: Engine;
  private sources = 0;
  private readonly jobs: number[] = [];

  attach(engine: Engine, sources: readonly unknown[]): void {
    this.engine = engine;
    this.sources = sources.length;
  }

  attemptEnded(): void {}
  workflowEnded(): void {}
  decided(): void {}

  /** @param changing whether the decision has a server change over first: what is then in service is not yet served */
  read(changing: boolean): void {
    const { figures, engine } = this;
    const { pools, queues, meter } = engine;
    figures.length = 0;
    figures.push(changing ? 1 : 0);
    for (let s = 0; s < this.sources; s++) {
      const gone = meter.succeededOf[s]! + meter.failuresOf[s]! + meter.denialsOf[s]!;
      figures.push(Math.min(MOST, meter.submittedOf[s]! - gone));
    }
    for (let p = 0; p < pools.count; p++) {
      figures.push(
        Math.min(MOST, pools.running[p]!),
        Math.min(MOST, pools.online[p]!),
        Math.min(MOST, pools.starting[p]!),
        pools.outages[p]!,
        pools.lastType[p]! + 1,
        Math.round(pools.weatherFailure[p]! * FAILURE_STEPS),
      );
    }
    for (let q = 0; q < queues.count; q++) figures.push(Math.min(MOST, queues.waiting[q]!));
    this.readJobs();
  }

  /** Who is in service where: the type, whether it straggles, and whether a copy of it runs elsewhere. */
  private readJobs(): void {
    const { jobs, figures, engine } = this;
    const { tasks, flows, attempts } = engine;
    jobs.length = 0;
    for (let flow = 0; flow < flows.extent; flow++) {
      if (flows.state[flow] !== LIVE) continue;
      const graph = flows.graph[flow]!;
      const first = flows.first[flow]!;
      for (let t = first; t < first + graph.count; t++) {
        const twin = tasks.twin[t]!;
        this.readTask(t, twin >= 0, graph.type[tasks.spec[t]!]!, attempts.straggles);
        // A second copy has a slot of its own, beside its workflow's.
        if (twin >= 0) this.readTask(twin, true, graph.type[tasks.spec[t]!]!, attempts.straggles);
      }
    }
    jobs.sort((a, b) => a - b);
    figures.push(...jobs);
  }

  private readTask(task: number, copied: boolean, type: number, straggles: Uint8Array): void {
    const { tasks } = this.engine;
    if (tasks.state[task] !== RUNNING) return;
    const slow = straggles[tasks.attempt[task]!]!;
    this.jobs.push((((tasks.pool[task]! * 2 + slow) * 2 + (copied ? 1 : 0)) << 6) + (type & 63));
  }
}
