import { cmu } from "../heuristics/cmu.js";
import { cmuTheta } from "../heuristics/cmu-theta.js";
import { duplicateIdle } from "../heuristics/duplicate-idle.js";
import { edf } from "../heuristics/edf.js";
import { fastestIdleFirst } from "../heuristics/fastest-idle-first.js";
import { fifo } from "../heuristics/fifo.js";
import { fluidThreshold } from "../heuristics/fluid-threshold.js";
import { generalizedCmu } from "../heuristics/generalized-cmu.js";
import { leastSlack } from "../heuristics/least-slack.js";
import { lifo } from "../heuristics/lifo.js";
import { longestQueue } from "../heuristics/longest-queue.js";
import { maxPressure } from "../heuristics/max-pressure.js";
import { maxWeight } from "../heuristics/max-weight.js";
import { priority } from "../heuristics/priority.js";
import { randomIdle } from "../heuristics/random-idle.js";
import { sedThreshold } from "../heuristics/sed-threshold.js";
import { sjf } from "../heuristics/sjf.js";
import { srpt } from "../heuristics/srpt.js";
import { tetris } from "../heuristics/tetris.js";
import { threshold } from "../heuristics/threshold.js";
import { weightedFair } from "../heuristics/weighted-fair.js";
import { weightedPressure } from "../heuristics/weighted-pressure.js";
import { choice, entry, type Heuristic, type WeightsKnob, weighted } from "./entry.js";

const perType = (
  name: string,
  meaning: string,
  preset = 1,
  range: WeightsKnob["range"] = [0, 1e9],
): WeightsKnob => ({ name, of: "task type", default: preset, range, meaning });

const COST = perType("cost", "holding cost of a task of the type, a second");
const JOINT = choice("joint", "1 to give out free servers for the greatest sum, 0 for each in turn its best");
const POSITIVE = [1e-9, 1e9] as const;

/** What a free server takes up. */
export const DISPATCHING: readonly Heuristic[] = [
  entry("fifo", ["dispatch"], "the task that has waited longest", fifo),
  entry("lifo", ["dispatch"], "the task that became ready last", lifo),
  entry("sjf", ["dispatch"], "the smallest waiting task", sjf),
  entry("srpt", ["dispatch"], "the waiting task with the least work left", srpt),
  entry("edf", ["dispatch"], "the waiting task that is due first", edf),
  entry("least-slack", ["dispatch"], "the waiting task with the least time to spare on its path", leastSlack),
  entry("priority", ["dispatch"], "the waiting task of the largest priority", priority),
  weighted(
    "longest-queue",
    ["dispatch"],
    "a task of the type of which there are most",
    (knobs, weight) => longestQueue(knobs, weight!),
    {
      weights: [perType("weight", "by which the length of the type's queue is multiplied")],
      knobs: [JOINT],
    },
  ),
  weighted(
    "cmu",
    ["dispatch"],
    "largest holding cost times service rate",
    (knobs, cost) => cmu(knobs, cost!),
    {
      weights: [COST],
      knobs: [JOINT],
    },
  ),
  weighted(
    "generalized-cmu",
    ["dispatch"],
    "largest marginal holding cost times service rate",
    (knobs, cost) => generalizedCmu(knobs, cost!),
    {
      weights: [perType("cost", "a type of which n are present costs this times n ^ power, a second")],
      knobs: [
        {
          name: "power",
          default: 2,
          range: [1, 16],
          grid: [1, 1.5, 2, 3],
          meaning: "how the cost of a type grows with its number; 2 is quadratic",
        },
        choice("difference", "1 for the cost of the last task in place of the derivative"),
      ],
    },
  ),
  weighted(
    "cmu-theta",
    ["dispatch"],
    "the cmu rule for types that abandon",
    (knobs, cost, theta, penalty) => cmuTheta(knobs, cost!, theta!, penalty!),
    {
      weights: [
        COST,
        perType("theta", "rate at which a task of the type abandons, a second", 1, POSITIVE),
        perType("penalty", "cost of an abandoned task of the type", 0),
      ],
      knobs: [JOINT],
    },
  ),
  weighted(
    "max-weight",
    ["dispatch"],
    "largest holding cost * service rate * queue length",
    (knobs, cost) => maxWeight(knobs, cost!),
    { weights: [COST], knobs: [JOINT] },
  ),
  weighted(
    "max-pressure",
    ["dispatch"],
    "largest service rate times what the type's queue weighs more than those it feeds",
    (knobs, cost) => maxPressure(knobs, cost!),
    {
      weights: [COST],
      knobs: [JOINT, choice("idle", "1 to wait, where allowed, when all pressures are negative")],
    },
  ),
  weighted(
    "weighted-pressure",
    ["dispatch"],
    "largest service rate times what the type is worth, by its queue and those it feeds",
    (knobs, cost, slope, onward) => weightedPressure(knobs, cost!, slope!, onward!),
    {
      weights: [
        perType("cost", "worth of serving the type, however many there are"),
        perType("slope", "what each task of the type adds to it"),
        perType("onward", "what each task of the types that follow takes from it"),
      ],
      knobs: [JOINT],
    },
  ),
  weighted(
    "weighted-fair",
    ["dispatch"],
    "types share the servers in proportion to their weights",
    (_, weight) => weightedFair(weight!),
    { weights: [perType("weight", "share of the type beside the others", 1, POSITIVE)] },
  ),
  entry("tetris", ["dispatch"], "the task whose needs fit best what is free", tetris),
  entry("fastest-idle-first", ["dispatch"], "the fastest free pool first", fastestIdleFirst),
  entry("random-idle", ["dispatch"], "the task that has waited longest, to any free pool", randomIdle),
  weighted(
    "threshold",
    ["dispatch"],
    "the fastest free pool for whose threshold enough tasks wait",
    (_, least) => threshold(least!),
    {
      weights: [
        {
          name: "least",
          of: "pool",
          default: 1,
          range: [0, 1e9],
          meaning: "waiting tasks that it takes to use the pool",
        },
      ],
    },
  ),
  entry(
    "sed-threshold",
    ["dispatch"],
    "a slow pool only where the last in line would wait longer than it takes",
    sedThreshold,
  ),
  entry(
    "fluid-threshold",
    ["dispatch"],
    "the same, allowing for the tasks that go on arriving",
    fluidThreshold,
    [
      {
        name: "arrivals",
        default: 0,
        range: [0, 1e9],
        grid: [0],
        meaning: "tasks that arrive a second; 0 for what has been seen so far",
      },
    ],
  ),
  entry(
    "duplicate-idle",
    ["dispatch"],
    "the fastest free pool first; idle servers get second copies of what runs",
    duplicateIdle,
    [
      choice("first", "1 if copies go before waiting tasks"),
      {
        name: "most",
        default: 1e9,
        range: [0, 1e9],
        integer: true,
        grid: [0, 2, 5, 1e9],
        meaning: "with first=1: tasks that may wait at the most for a copy to go first",
      },
      choice("straggling", "1 if only tasks that were seen to straggle are copied"),
      choice("faster", "1 if copies go only to pools that are faster than where the task runs"),
    ],
  ),
];
