import { workerData } from "piscina";
import { measureTrial, type SweepSubject } from "./measure-trial.js";
import type { Job } from "./sweep.js";

/** A worker thread's whole program: what one setting costs. */
export default function run(job: Job): Promise<number> {
  return measureTrial(workerData as SweepSubject, job);
}
