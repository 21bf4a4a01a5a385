import type { Policy } from "../policy.js";
import { workPerServer } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/** The pool whose backlog, in seconds of its own capacity, is least (Harchol-Balter 2013, sec. 24.1). */
export const leastWorkLeft = (): Policy =>
  leastPolicy("least-work-left", ["route"], (view, i) => workPerServer(view, view.pool(i)));
