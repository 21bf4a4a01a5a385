import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/** Last in, first out: the task that became ready last. */
export const lifo = (): Policy => serviceOrder("lifo", (view, task) => -view.tasks.readyAt(task));
