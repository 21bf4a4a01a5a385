import { type Finding, type Replication, replicate } from "./replicate.js";

/** A worker thread's whole program: one replication. */
export default function run(job: Replication): Finding {
  return replicate(job);
}
