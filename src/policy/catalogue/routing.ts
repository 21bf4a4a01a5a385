import { asRecorded } from "../heuristics/as-recorded.js";
import { cacheAware } from "../heuristics/cache-aware.js";
import { cheapestFeasible } from "../heuristics/cheapest-feasible.js";
import { circuitBreaker } from "../heuristics/circuit-breaker.js";
import { joinIdleQueue } from "../heuristics/join-idle-queue.js";
import { jsq } from "../heuristics/jsq.js";
import { leastLoaded } from "../heuristics/least-loaded.js";
import { leastWorkLeft } from "../heuristics/least-work-left.js";
import { locality } from "../heuristics/locality.js";
import { overflow } from "../heuristics/overflow.js";
import { powerOfD } from "../heuristics/power-of-d.js";
import { roundRobin } from "../heuristics/round-robin.js";
import { shortestExpectedDelay } from "../heuristics/shortest-expected-delay.js";
import { staticSplit } from "../heuristics/static-split.js";
import { weightedRandom } from "../heuristics/weighted-random.js";
import { weightedRoundRobin } from "../heuristics/weighted-round-robin.js";
import { entry, type Heuristic, weighted } from "./entry.js";

/** Where a ready task goes. */
export const ROUTING: readonly Heuristic[] = [
  entry(
    "weighted-random",
    ["route"],
    "a pool at random, in proportion to its good capacity",
    weightedRandom,
    [
      {
        name: "exponent",
        default: 1,
        range: [0, 16],
        grid: [0, 0.5, 1, 1.5, 2, 3, 4],
        meaning: "power of the capacity: 0 uniform, 1 in proportion, more favours large pools",
      },
    ],
  ),
  weighted(
    "static-split",
    ["route"],
    "a pool at random, by fixed weights",
    (_, share) => staticSplit(share!),
    {
      weights: [
        {
          name: "share",
          of: "pool",
          default: 1,
          range: [0, 1e9],
          meaning: "weight of the pool; 0 for never",
        },
      ],
    },
  ),
  entry("round-robin", ["route"], "pools in turn", roundRobin),
  entry("as-recorded", ["route"], "where the task ran when its trace was recorded", asRecorded),
  weighted(
    "weighted-round-robin",
    ["route"],
    "pools in turn, as often as their capacity says",
    (_, weight) => weightedRoundRobin(weight!),
    {
      weights: [
        {
          name: "weight",
          of: "pool",
          default: 1,
          range: [0, 1e9],
          meaning: "by which its capacity is multiplied",
        },
      ],
    },
  ),
  entry("jsq", ["route"], "the pool with the fewest tasks for each server", jsq),
  entry("power-of-d", ["route"], "the shorter queue of d sampled pools", powerOfD, [
    {
      name: "d",
      default: 2,
      range: [1, 1e6],
      integer: true,
      grid: [2, 3],
      meaning: "how many pools are sampled",
    },
  ]),
  entry("join-idle-queue", ["route"], "any pool with an idle server, else any pool", joinIdleQueue),
  weighted(
    "overflow",
    ["route"],
    "the first pool in a fixed order that has an idle server, else the shortest queue",
    (_, rank) => overflow(rank!),
    {
      weights: [
        {
          name: "rank",
          of: "pool",
          default: 1,
          range: [0, 1e9],
          meaning: "place in the order, the least first",
        },
      ],
    },
  ),
  entry("least-work-left", ["route"], "the pool with the least backlog in seconds", leastWorkLeft),
  entry("least-loaded", ["route"], "the pool whose scarcest resource is used least", leastLoaded),
  entry("sed", ["route"], "the pool where the task is expected to end first", shortestExpectedDelay, [
    {
      name: "price",
      default: 0,
      range: [0, 1e9],
      grid: [0, 0.25, 0.5, 1, 2],
      meaning: "seconds charged per unit of money",
    },
    {
      name: "failure",
      default: 0,
      range: [0, 1e9],
      grid: [0, 0.5, 1, 1.5, 2, 3, 4, 8, 16],
      meaning: "seconds charged per expected failed attempt",
    },
  ]),
  entry(
    "cheapest-feasible",
    ["route"],
    "the cheapest pool where the task is expected to end in time",
    cheapestFeasible,
    [
      {
        name: "limit",
        default: 10,
        range: [0, 1e9],
        grid: [2, 5, 10, 20],
        meaning: "expected delay that is still in time, in typical tasks",
      },
    ],
  ),
  entry(
    "locality",
    ["route"],
    "the pool that holds most of the task's cache, while its queue is not too long",
    locality,
    [
      {
        name: "guard",
        default: 2,
        range: [0, 1e9],
        grid: [0, 1, 2, 4, 8],
        meaning: "tasks for each server by which its queue may exceed the shortest",
      },
    ],
  ),
  entry(
    "cache-aware",
    ["route"],
    "the pool where the task is expected to end first, cache hits allowed for",
    cacheAware,
    [
      {
        name: "saving",
        default: 0.5,
        range: [0, 1],
        grid: [0.25, 0.5, 0.75, 1],
        meaning: "share of the work that a full hit spares",
      },
    ],
  ),
  entry(
    "circuit-breaker",
    ["route"],
    "the pool where the task is expected to end first, of those that do not fail too often",
    circuitBreaker,
    [
      {
        name: "limit",
        default: 0.5,
        range: [0, 1],
        grid: [0.1, 0.2, 0.3, 0.5, 0.8],
        meaning: "probability of failure from which a pool is shunned",
      },
    ],
  ),
];
