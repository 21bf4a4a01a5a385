import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { serviceOrder } from "./service-order.js";

/**
 * Longest queue first (Tassiulas and Ephremides 1993): a task of the type of which most wait or run, counted by `weight`,
 * whatever its rate.
 */
export const longestQueue = (weight: Weights): Policy =>
  serviceOrder(
    label("longest-queue", {}, ["", weight]),
    ({ tasks }, task) => -weight.of(tasks.type(task)) * tasks.queueLength(task),
  );
