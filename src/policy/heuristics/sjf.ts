import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/**
 * Shortest job first, by the size as far as known; where only means are known this is shortest expected processing time
 * (Cox and Smith 1961).
 */
export const sjf = (): Policy => serviceOrder("sjf", (view, task) => view.tasks.size(task));
