import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/**
 * Shortest remaining processing time (Schrage and Miller 1966): the task with the least work left, as far as known. Differs
 * from `sjf` only where servers are given out anew while tasks run.
 */
export const srpt = (): Policy => serviceOrder("srpt", (view, task) => view.tasks.remaining(task));
