import { InputError } from "../../../kit/errors.js";
import { type TaskTemplate, UNLIMITED } from "../../../model/scenario.js";
import { nodes } from "../figures.js";
import { book, books } from "../model.js";
import { pool, scenarioOf, task, workflow } from "../nouns.js";
import { number, numbers, type Parameters, serversOf } from "../parameters.js";
import type { Family } from "./index.js";

/** Closed networks of exponential stations (Gordon and Newell 1967): so many jobs go round and none leaves. */

/** Users think, and a job is told where it goes, in next to no time: all their time goes by at stations. */
const NO_TIME = 1e-9;
const AT_ONCE = { kind: "deterministic", value: NO_TIME } as const;

/** Shares that add up to one, but for rounding. */
const ROUNDING = 1e-9;

/** A workflow whose copies follow one another without end, and how many of them a visit to station 1 takes on average. */
interface Round {
  readonly tasks: readonly TaskTemplate[];
  readonly perCycle: number;
  /** Stations that a job passes without staying: they come after the case's own. */
  readonly passed: number;
}

/** A network's stations: how often a job visits each for a visit to station 1, and how long it is served there. */
interface Stations {
  readonly visits: readonly number[];
  readonly means: readonly number[];
}

export const closed: Family = (id, p) => {
  const means = numbers(p, "mean_service");
  const visits = relativeVisits(p, means.length);
  const users = number(p, "population");
  const servers = serversOf(p, visits.length);
  const stations: Stations = { visits, means };
  const { tasks, perCycle, passed } =
    sum(visits.slice(1)) <= 1 + ROUNDING ? fromFirst(stations) : drawnEachTime(stations);
  const demands = visits.map((visit, station) => visit * means[station]!);
  const bottleneck = Math.max(...demands.map((demand, station) => demand / servers[station]!));
  const memory = 20 * (sum(demands) + users * bottleneck);
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(
          id,
          {
            pools: [
              ...visits.map((_, station) =>
                pool({ name: `station${station + 1}`, servers: servers[station]! }),
              ),
              ...Array.from({ length: passed }, () => pool({ name: "crossing", servers: UNLIMITED })),
            ],
            workflows: [workflow({ kind: "closed", users, think: AT_ONCE, ramp: 0 }, tasks)],
          },
          memory,
        ),
        policy: "jsq",
        watch: { pools: visits.map((_, station) => station) },
        figures: books(
          book({
            throughput: ({ outcome, probe }) => probe.byPool[0]!.visit.count / outcome.measured,
            mean_cycle_time: ({ probe }) => perCycle * probe.all.sojourn.mean,
          }),
          nodes("station", servers),
        ),
        rate: perCycle * Math.min(1 / bottleneck, users / sum(demands)),
        memory,
      },
    ],
  };
};

/** Visits for each to station 1. */
function relativeVisits(p: Parameters, stations: number): number[] {
  const visits = numbers(p, "visits");
  const [first] = visits;
  if (visits.length === stations && first! > 0 && visits.every((visit) => visit >= 0))
    return visits.map((visit) => visit / first!);
  throw new InputError("BAD_CASES", {
    what: `visits of ${visits.join(", ")} are not those of ${stations} stations of which the first is visited`,
    where: "visits",
    mend: "a number for each mean_service, none below 0 and the first above",
  });
}

const answer = (station: number) => `to-station${station + 1}`;

/** Station 1, then with its probability one of the others, and from the beginning. */
function fromFirst({ visits, means }: Stations): Round {
  const others = visits.flatMap((visit, station) => (station > 0 && visit > 0 ? [station] : []));
  const stays = 1 - sum(others.map((station) => visits[station]!));
  const values = {
    names: [...others.map(answer), ...(stays > ROUNDING ? ["stay"] : [])],
    weights: [...others.map((station) => visits[station]!), ...(stays > ROUNDING ? [stays] : [])],
  };
  const first = visit(means, 0, others.length === 0 ? {} : { values });
  return {
    tasks: [first, ...others.map((station) => visit(means, station, fork(station)))],
    perCycle: 1,
    passed: 0,
  };
}

/**
 * Each visit is to a station drawn anew, in proportion to the visits. Of the routing, the law of the numbers at exponential
 * stations knows the visits and nothing else (Gordon and Newell), so this one does for all that have them.
 */
function drawnEachTime({ visits, means }: Stations): Round {
  const visited = visits.flatMap((visit, station) => (visit > 0 ? [station] : []));
  const crossing = task(AT_ONCE, {
    name: "crossing",
    pools: [visits.length],
    values: { names: visited.map(answer), weights: visited.map((station) => visits[station]!) },
  });
  return {
    tasks: [crossing, ...visited.map((station) => visit(means, station, fork(station)))],
    perCycle: sum(visits),
    passed: 1,
  };
}

const visit = (means: readonly number[], station: number, rest: Partial<TaskTemplate>): TaskTemplate =>
  task(
    { kind: "exponential", mean: means[station]! },
    { name: `station${station + 1}`, pools: [station], ...rest },
  );

/** After the first task, if it says so. */
const fork = (station: number): Partial<TaskTemplate> => ({
  after: [0],
  conditions: [{ value: answer(station) }],
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
