import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { admitWhere } from "./admit-where.js";

/**
 * Takes a workflow in while fewer than so many are in the system (Naor 1969: a threshold is optimal for M/M/1); types named by
 * their first task have limits of their own, so that room is kept for the others (trunk reservation: Miller 1969).
 */
export const admitBelow = (limit: Weights): Policy =>
  admitWhere(
    label("admit-below", { n: limit.fallback }, ["", limit]),
    (view, task) => view.workflowsInSystem < limit.of(view.tasks.type(task)),
  );
