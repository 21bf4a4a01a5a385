import type { Policy } from "../policy.js";
import { tasksPerServer } from "./delay.js";
import { leastPolicy } from "./tie-breaking.js";

/** Join the shortest queue: fewest tasks in the pool, running or waiting, for each of its servers (Winston 1977). */
export const jsq = (): Policy =>
  leastPolicy("jsq", ["route"], (view, i) => tasksPerServer(view, view.pool(i)));
