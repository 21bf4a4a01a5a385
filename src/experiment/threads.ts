import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FixedQueue, Piscina } from "piscina";

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
    filename: compiled(worker),
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

/** The compiled worker, also where this file itself runs as TypeScript (under the test runner). */
function compiled(worker: string): string {
  const beside = fileURLToPath(new URL(`./${worker}`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL(`../../dist/experiment/${worker}`, import.meta.url));
}
