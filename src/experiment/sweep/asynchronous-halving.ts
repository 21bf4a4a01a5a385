import type { Settings } from "./domain.js";
import { type Job, type Trial, worstAsLarge } from "./trial.js";

/** One in so many goes on to the next rung, with so many times the effort. */
export const ETA = 3;
/** Workers of the machine that is imagined. A number of its own, so that results do not depend on that of the threads. */
const WORKERS = 8;

/** A job of the imagined machine: when it will be done, and its cost as soon as that is known. */
interface Running {
  readonly job: Job;
  readonly rung: number;
  readonly until: number;
  readonly cost: Promise<number>;
}

/**
 * Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2): a worker
 * that is free takes the best trial of a rung that is among its best third so far one rung up, from the top rung down, and where
 * there is none begins a new one. No rung is waited for.
 *
 * Who is done first decides there what goes on. Here that is imagined: eight workers, on whom a trial takes time in proportion to
 * its effort. Costs are waited for in the order in which that machine would have them, while up to eight are measured at once;
 * so the outcome is the same for any number of threads, however long each trial takes them.
 * @param measure the cost of one job
 * @returns all trials by number, each as it was last measured
 */
export async function asynchronousHalving(
  settings: readonly Settings[],
  measure: (job: Job) => Promise<number>,
): Promise<Trial[]> {
  const top = topRung(settings.length);
  const trials: Trial[] = [];
  /** Of each rung what is done there, and who was taken up from it. */
  const rungs = Array.from({ length: top + 1 }, () => ({ done: [] as Trial[], promoted: new Set<number>() }));
  let running: Running[] = [];
  let begun = 0;
  let now = 0;

  const begin = (trial: number, rung: number): void => {
    const job: Job = { trial, settings: settings[trial]!, share: ETA ** (rung - top) };
    const cost = measure(job);
    // Whoever waits for another one hears of a failure first; this one is then nobody's.
    cost.catch(() => {});
    running.push({ job, rung, until: now + ETA ** rung, cost });
  };
  const next = (): boolean => {
    for (let rung = top - 1; rung >= 0; rung--) {
      const { done, promoted } = rungs[rung]!;
      const best = [...done].sort(byCost).slice(0, Math.floor(done.length / ETA));
      const promotable = best.find(({ trial }) => !promoted.has(trial));
      if (promotable === undefined) continue;
      promoted.add(promotable.trial);
      begin(promotable.trial, rung + 1);
      return true;
    }
    if (begun === settings.length) return false;
    begin(begun++, 0);
    return true;
  };

  for (;;) {
    while (running.length < WORKERS && next());
    if (running.length === 0) return trials;
    const first = running.reduce((a, b) =>
      b.until < a.until || (b.until === a.until && b.job.trial < a.job.trial) ? b : a,
    );
    running = running.filter((other) => other !== first);
    now = first.until;
    const trial: Trial = { ...first.job, cost: await first.cost };
    rungs[first.rung]!.done.push(trial);
    trials[trial.trial] = trial;
  }
}

/** The rung of the whole effort, from 0: so many that one trial of all gets there. */
export const topRung = (trials: number): number => Math.floor(Math.log(trials) / Math.log(ETA) + 1e-9);

const byCost = (a: Trial, b: Trial): number =>
  worstAsLarge(a).cost - worstAsLarge(b).cost || a.trial - b.trial;
