import { admitAll } from "../heuristics/admit-all.js";
import { admitBelow } from "../heuristics/admit-below.js";
import { admitFeasible } from "../heuristics/admit-feasible.js";
import { admitIfIdle } from "../heuristics/admit-if-idle.js";
import { admitRandom } from "../heuristics/admit-random.js";
import { naor } from "../heuristics/naor.js";
import { entry, type Heuristic, weighted } from "./entry.js";

/** Whether a workflow is taken in. */
export const ADMITTING: readonly Heuristic[] = [
  entry("admit-all", ["admit"], "every workflow", admitAll),
  weighted(
    "admit-below",
    ["admit"],
    "while fewer than n workflows are in the system",
    ({ n = 10 }, limit) => admitBelow(limit!.or(n)),
    {
      knobs: [
        {
          name: "n",
          default: 10,
          range: [0, 1e9],
          integer: true,
          grid: [1, 2, 3, 5, 8, 10, 15, 20, 50],
          meaning: "workflows in the system from which on others are turned away",
        },
      ],
      weights: [
        {
          name: "limit",
          of: "task type",
          default: Number.NaN,
          range: [0, 1e9],
          meaning: "n for workflows that begin with the type",
        },
      ],
    },
  ),
  weighted(
    "naor",
    ["admit"],
    "where a workflow's own expected delay is worth its reward",
    ({ cost = 1, reward = 10 }, rewards) => naor({ cost }, rewards!.or(reward)),
    {
      knobs: [
        {
          name: "reward",
          default: 10,
          range: [0, 1e9],
          grid: [1, 2, 5, 10, 20],
          meaning: "what a workflow is worth",
        },
        { name: "cost", default: 1, range: [0, 1e9], grid: [1], meaning: "what a second of delay costs" },
      ],
      weights: [
        {
          name: "rewards",
          of: "task type",
          default: Number.NaN,
          range: [0, 1e9],
          meaning: "what a workflow that begins with the type is worth",
        },
      ],
    },
  ),
  entry("admit-random", ["admit"], "with a fixed probability", admitRandom, [
    {
      name: "p",
      default: 0.5,
      range: [0, 1],
      grid: [0.25, 0.5, 0.75, 0.9, 1],
      meaning: "probability of being taken in",
    },
  ]),
  entry("admit-if-idle", ["admit"], "where the first task can start at once", admitIfIdle),
  entry("admit-feasible", ["admit"], "where the deadline is expected to be met", admitFeasible, [
    {
      name: "margin",
      default: 1,
      range: [0, 1e9],
      grid: [0.5, 0.75, 1, 1.5, 2],
      meaning: "by which the expected time is multiplied",
    },
  ]),
];
