import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/** Earliest deadline first (Jackson 1955): the task whose workflow is due first; without deadlines, as `fifo`. */
export const edf = (): Policy => serviceOrder("edf", (view, task) => view.tasks.dueAt(task));
