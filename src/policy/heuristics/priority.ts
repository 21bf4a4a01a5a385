import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/** Head of the line (Cobham 1954): the task of the workflow with the largest priority. */
export const priority = (): Policy => serviceOrder("priority", (view, task) => -view.tasks.priority(task));
