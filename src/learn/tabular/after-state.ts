import { PREPARING, STRAGGLING } from "../../engine/attempt-table.js";
import type { Engine } from "../../engine/engine.js";
import { typeOf } from "../../engine/stations.js";
import { RUNNING } from "../../engine/task-table.js";
import { countFigure, probabilityFigure } from "../../policy/runtime/table/index.js";

/**
 * What a run is like while nothing is to be decided, as whole numbers: after a decision, an afterstate (Sutton and Barto
 * 2018, section 6.8; Powell 2011, chapter 4). What follows depends on it alone, whichever decision led there, so that what
 * is learned of one is learned of all. It is read off the engine, which tells more than a policy sees: only the learner
 * looks at it.
 */
export class AfterState {
  /** As last read. Reused. */
  readonly figures: number[] = [];
  private readonly jobs: number[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly sources: number,
  ) {}

  read(): readonly number[] {
    const { figures, engine } = this;
    const { pools, queues, meter, state } = engine;
    figures.length = 0;
    for (let s = 0; s < this.sources; s++) {
      const gone = meter.succeededOf[s]! + meter.failuresOf[s]! + meter.denialsOf[s]!;
      figures.push(countFigure(meter.submittedOf[s]! - gone), state.arrivalPhase[s]! + 1);
    }
    for (let p = 0; p < pools.count; p++) {
      figures.push(
        countFigure(pools.running[p]!),
        countFigure(pools.online[p]!),
        countFigure(pools.starting[p]!),
        pools.outages[p]!,
        pools.lastType[p]! + 1,
        probabilityFigure(pools.weatherFailure[p]!),
      );
    }
    for (let q = 0; q < queues.count; q++) figures.push(countFigure(queues.waiting[q]!));
    this.readJobs();
    return figures;
  }

  /** Who is in service where: the type, whether it straggles or is still prepared for, and whether a copy of it runs elsewhere. */
  private readJobs(): void {
    const { jobs, figures, engine } = this;
    const { tasks, attempts, state } = engine;
    jobs.length = 0;
    for (let attempt = 0; attempt < attempts.extent; attempt++) {
      const task = attempts.task[attempt]!;
      if (task < 0 || tasks.attempt[task] !== attempt || tasks.state[task] !== RUNNING) continue;
      const type = typeOf(state, task);
      const marks =
        (attempts.is(STRAGGLING, attempt) ? 1 : 0) +
        (attempts.is(PREPARING, attempt) ? 2 : 0) +
        (tasks.twin[task]! >= 0 ? 4 : 0);
      jobs.push((((attempts.pool[attempt]! << 3) + marks) << 6) + (type & 63));
    }
    jobs.sort((a, b) => a - b);
    for (const job of jobs) figures.push(job);
  }
}
