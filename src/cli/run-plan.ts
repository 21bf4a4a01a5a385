import { dirname, join } from "node:path";
import type { BenchmarkPlan } from "../experiment/benchmark.js";
import type { BenchmarkResults } from "../experiment/results.js";
import { type Progress, progress } from "./progress.js";
import { cacheRemarks } from "./result-cache.js";
import { runKept } from "./run-experiment.js";
import { stopSignals } from "./stop-signals.js";

export interface RunPlanOptions {
  /** As results state it: without what they do not depend on. */
  readonly command: string;
  readonly threads: number;
  /** Folder of the cache; null for none. */
  readonly cache: string | null;
  readonly silent: boolean;
}

/** Where cells are kept unless one says otherwise: beside the file that asks for them. */
export const defaultCache = (file: string): string => join(dirname(file), ".switchyard", "cache");

/**
 * Runs a plan with progress, keeping cells as they come.
 * @returns null where a signal stopped it; the exit code is then set
 */
export async function runPlan(
  plan: BenchmarkPlan,
  { command, threads, cache, silent }: RunPlanOptions,
): Promise<BenchmarkResults | null> {
  const stop = stopSignals(cache === null ? "nothing is kept" : "what has run is kept");
  const shown: { bar?: Progress } = {};
  try {
    return await runKept(plan, command, {
      threads,
      signal: stop.aborted,
      onRemark: cacheRemarks(silent),
      ...(cache === null ? {} : { cache }),
      onCell: (done, total, found) => {
        // The time left is that of cells which have to run.
        shown.bar ??= progress({ label: "bench", total, unit: "runs", silent, start: found });
        shown.bar.update(done, { total, ...(found === 0 ? {} : { cached: found }) });
      },
    });
  } catch (error) {
    if (stop.signal === null) throw error;
    if (!silent && cache !== null) process.stderr.write("stopped; go on with the same command\n");
    stop.setExitCode();
    return null;
  } finally {
    shown.bar?.stop();
    stop.release();
  }
}
