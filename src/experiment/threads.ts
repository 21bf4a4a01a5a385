import { FixedQueue, Piscina } from "piscina";
import { compiled } from "../learn/threads/compiled.js";

export interface Threads<Job, Result> {
  run(job: Job, signal?: AbortSignal): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Worker threads that each run one program, over and over.
 * @param worker its compiled file below this folder, e.g. `matrix-worker.js`; its default export takes a job
 * @param data what every thread is given at its start
 */
export function openThreads<Job, Result>(
  worker: string,
  threads: number,
  data?: unknown,
): Threads<Job, Result> {
  const pool = new Piscina<Job, Result>({
    filename: compiled(`experiment/${worker}`),
    workerData: data,
    minThreads: threads,
    maxThreads: threads,
    taskQueue: new FixedQueue(),
  });
  return {
    run: (job, signal) => pool.run(job, signal === undefined ? {} : { signal }),
    close: () => pool.destroy(),
  };
}
