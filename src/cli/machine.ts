import { availableParallelism, cpus, totalmem } from "node:os";
import type { Machine } from "../experiment/results.js";

/** Where this runs: said beside wall times, never part of a result. */
export function thisMachine(): Machine {
  const cpu = cpus()[0]?.model.trim();
  return {
    platform: process.platform,
    architecture: process.arch,
    ...(cpu === undefined || cpu === "" ? {} : { cpu }),
    cores: availableParallelism(),
    memory: totalmem(),
  };
}

/** Worker threads that are worth having here. */
export function defaultThreads(): number {
  return Math.max(1, Math.min(8, availableParallelism()));
}
