import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { admitWhere } from "./admit-where.js";
import { exceeds, leastExpectedDelay } from "./delay.js";

/**
 * Individual equilibrium (Naor 1969): a workflow is taken in where its own expected time at the pool that serves it first,
 * at `cost` a second, is worth its reward; rewards go by the type of its first task. What it costs others is not counted.
 */
export const naor = ({ cost = 1 }: { cost?: number }, reward: Weights): Policy =>
  admitWhere(
    label("naor", { reward: reward.fallback, cost }, ["", reward]),
    (view, task) => !exceeds(cost * leastExpectedDelay(view, task), reward.of(view.tasks.type(task))),
  );
