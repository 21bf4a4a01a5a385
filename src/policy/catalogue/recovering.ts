import { cheapestAlternative } from "../heuristics/cheapest-alternative.js";
import { failover } from "../heuristics/failover.js";
import { fastestAlternative } from "../heuristics/fastest-alternative.js";
import { firstAlternative } from "../heuristics/first-alternative.js";
import { giveUp } from "../heuristics/give-up.js";
import { hedgeAlways } from "../heuristics/hedge-always.js";
import { hedgeNever } from "../heuristics/hedge-never.js";
import { hedgeWhenIdle } from "../heuristics/hedge-when-idle.js";
import { leastLoadedAlternative } from "../heuristics/least-loaded-alternative.js";
import { retrySame } from "../heuristics/retry-same.js";
import { retrySoonest } from "../heuristics/retry-soonest.js";
import { entry, type Heuristic } from "./entry.js";

/** Which alternative runs. */
export const BRANCHING: readonly Heuristic[] = [
  entry("first-alternative", ["branch"], "the one that stands first", firstAlternative),
  entry("fastest-alternative", ["branch"], "the one that is expected to succeed first", fastestAlternative),
  entry("cheapest-alternative", ["branch"], "the one that is expected to charge least", cheapestAlternative),
  entry(
    "least-loaded-alternative",
    ["branch"],
    "the one that may run where the fewest tasks are, for each server",
    leastLoadedAlternative,
  ),
];

const attempts = (preset: number) => ({
  name: "after",
  default: preset,
  range: [0, 1e6] as const,
  integer: true,
  grid: [1, 2, 3, 5],
  meaning: "failed attempts",
});

/** What follows a failed attempt. */
export const RETRYING: readonly Heuristic[] = [
  entry("retry-same", ["retry"], "where it failed", retrySame),
  entry("failover", ["retry"], "elsewhere, after so many failed attempts", failover, [attempts(1)]),
  entry("retry-soonest", ["retry"], "where the task is expected to succeed sooner", retrySoonest),
  entry("give-up", ["retry"], "not at all, after so many failed attempts", giveUp, [attempts(2)]),
];

/** Whether an attempt that is late gets a second copy. */
export const HEDGING: readonly Heuristic[] = [
  entry("hedge-always", ["hedge"], "every attempt that is late", hedgeAlways),
  entry("hedge-never", ["hedge"], "none", hedgeNever),
  entry("hedge-when-idle", ["hedge"], "where a server is idle", hedgeWhenIdle),
];
