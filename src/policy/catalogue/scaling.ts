import { fixedSize } from "../heuristics/fixed-size.js";
import { nPolicy } from "../heuristics/n-policy.js";
import { onOff } from "../heuristics/on-off.js";
import { squareRootStaffing } from "../heuristics/square-root-staffing.js";
import { targetUtilisation } from "../heuristics/target-utilisation.js";
import { tasksPerServerRule } from "../heuristics/tasks-per-server.js";
import { choice, entry, type Heuristic } from "./entry.js";

/** How many servers a pool is to have. */
export const SCALING: readonly Heuristic[] = [
  entry("fixed-size", ["scale"], "always the same number", fixedSize, [
    { name: "n", default: 1, range: [0, 1e9], integer: true, grid: [1, 2, 3, 4, 6, 8], meaning: "servers" },
  ]),
  entry("target-utilisation", ["scale"], "so that a share of the servers is busy", targetUtilisation, [
    {
      name: "share",
      default: 0.7,
      range: [1e-6, 1],
      grid: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
      meaning: "of the servers that is to be busy",
    },
  ]),
  entry("tasks-per-server", ["scale"], "one for so many tasks, running or waiting", tasksPerServerRule, [
    {
      name: "tasks",
      default: 2,
      range: [1e-6, 1e9],
      grid: [1, 1.5, 2, 3, 4, 6],
      meaning: "tasks for each server",
    },
  ]),
  entry("on-off", ["scale"], "one for every task, off when idle", onOff, [
    {
      name: "least",
      default: 0,
      range: [0, 1e9],
      integer: true,
      grid: [0, 1, 2],
      meaning: "servers that are kept on",
    },
    choice("staggered", "1 to set up one server at a time"),
    choice("release", "0 to leave idle servers on", 1),
  ]),
  entry("n-policy", ["scale"], "all when N tasks are there, none when it is empty", nPolicy, [
    {
      name: "n",
      default: 2,
      range: [1, 1e9],
      integer: true,
      grid: [1, 2, 3, 4, 6, 8],
      meaning: "tasks that it takes",
    },
  ]),
  entry("square-root-staffing", ["scale"], "the offered load and beta times its root", squareRootStaffing, [
    { name: "beta", default: 1, range: [-10, 100], grid: [0, 0.5, 1, 2], meaning: "quality of service" },
    {
      name: "memory",
      default: 100,
      range: [1e-6, 1e9],
      grid: [30, 100, 300],
      meaning: "typical tasks after which what has come in counts 1/e",
    },
  ]),
];
