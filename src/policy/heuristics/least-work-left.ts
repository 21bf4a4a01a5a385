import type { Policy } from "../policy.js";
import { leastPolicy } from "./tie-breaking.js";

/** The pool whose backlog, in seconds of its own capacity, is least (Harchol-Balter 2013, sec. 24.1). */
export const leastWorkLeft = (): Policy =>
  leastPolicy("least-work-left", ["route"], (view, i) => {
    const pool = view.pool(i);
    return view.pools.backlog(pool) / (view.pools.servers(pool) * view.pools.speed(pool));
  });
