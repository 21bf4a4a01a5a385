import type { Policy } from "../policy.js";
import { serviceOrder } from "./service-order.js";

/**
 * Least slack (least laxity: Mok 1983), along the critical path: the task whose workflow has the least time to spare until
 * its deadline, the longest path ahead taken off. Without deadlines, as `fifo`.
 */
export const leastSlack = (): Policy =>
  serviceOrder("least-slack", ({ tasks }, task) => tasks.dueAt(task) - tasks.upwardRank(task));
