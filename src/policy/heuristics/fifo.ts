import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/** First in, first out: the task that has waited longest, to the fastest free pool. */
export const fifo = (): Policy => serviceOrder("fifo", (view, task) => view.tasks.readyAt(task));
