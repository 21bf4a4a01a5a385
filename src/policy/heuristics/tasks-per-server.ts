import type { Policy } from "../policy.js";
import { label } from "../weights.js";
import { present } from "./delay.js";
import { scalingRule, wholeServers } from "./scaling-rule.js";

/** Queue-based: one server for so many tasks, running or waiting, rounded up; only idle servers go off, never a busy one. */
export const tasksPerServerRule = ({ tasks = 2 }: { tasks?: number } = {}): Policy =>
  scalingRule(label("tasks-per-server", { tasks }), (view, pool) =>
    Math.max(view.pools.running(pool), wholeServers(present(view, pool) / tasks)),
  );
