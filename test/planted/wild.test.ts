import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import type { Executor } from "../../src/engine/ports.js";
import { play } from "../../src/learn/play.js";
import type { Scenario } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { WorkloadSource } from "../../src/workload/source.js";
import { Auditor } from "../support/auditor.js";
import { checkRun } from "../support/run-checks.js";
import { swarm, swarmPolicy } from "../support/swarm.js";
import { calm, wild, wildPolicy } from "../support/wild.js";
import { testimony, Witness } from "../support/witness.js";

/** The simulated world as a saboteur finds it: what it does, and what it keeps. */
type World = Executor & {
  readonly calendar: { schedule(at: number, kind: number, subject: number, stamp?: number): void };
  readonly version: Int32Array;
  readonly whole: Float64Array;
  readonly servedAt: Float64Array;
  readonly caches: readonly ({ capacity: number } | null)[];
  readonly shared: readonly ({ servers: number } | null)[];
  changeSpeed(at: number, pool: number, factor: number): void;
};

type Plant = (engine: Engine, world: World) => void;

/** An auditor of an engine that is broken before the run begins. */
class Saboteur extends Auditor {
  constructor(private readonly plant: Plant) {
    super();
  }

  override attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    this.plant(engine, engine.state.executor as World);
    super.attach(engine, sources);
  }
}

function auditedComplaint(scenario: Scenario, seed: number, plant: Plant, ends: boolean): string | null {
  try {
    const auditor = new Saboteur(plant);
    auditor.check(play(scenario, heuristic(wildPolicy(seed)), seed, { recorder: auditor }));
    if (ends && (auditor.alive().length > 0 || auditor.busy > 0)) return "something is left";
  } catch (error) {
    return (error as Error).message;
  }
  return null;
}

function checkedComplaint(seed: number, plant: Plant): string | null {
  class Planted extends Witness {
    override attach(engine: Engine, sources: readonly WorkloadSource[]): void {
      super.attach(engine, sources);
      plant(engine, engine.state.executor as World);
    }
  }
  try {
    const scenario = swarm(seed);
    const witness = new Planted();
    const outcome = play(scenario, heuristic(swarmPolicy(seed)), seed, { recorder: witness });
    checkRun(testimony(scenario, seed, witness, outcome));
  } catch (error) {
    return (error as Error).message;
  }
  return null;
}

/** What the suite says of the first seed that the bug shows in; null where it shows in none. */
function firstComplaint(plant: Plant, seeds = 120): string | null {
  for (let seed = 1; seed <= seeds; seed++) {
    const complaint =
      auditedComplaint(wild(seed), seed, plant, false) ??
      auditedComplaint(calm(wild(seed)), seed, plant, true) ??
      (seed <= 20 ? checkedComplaint(seed, plant) : null);
    if (complaint !== null) return complaint;
  }
  return null;
}

/** Replaces a method by one that is given what it did before. */
function replace<T extends object, K extends keyof T>(
  of: T,
  method: K,
  by: T[K] extends (...args: infer A) => infer R ? (before: (...args: A) => R, ...args: A) => R : never,
): void {
  const before = (of[method] as (...args: unknown[]) => unknown).bind(of);
  of[method] = ((...args: unknown[]) =>
    (by as (before: unknown, ...args: unknown[]) => unknown)(before, ...args)) as T[K];
}

const every = (nth: number): (() => boolean) => {
  let calls = 0;
  return () => ++calls % nth === 0;
};

const BUGS: Readonly<Record<string, Plant>> = {
  "a loser is not cancelled: its end is heard though it is stale": (_, world) =>
    replace(world, "cancelAttempt", (before, attempt) => {
      before(attempt);
      world.version[attempt]!--;
    }),
  "the end of a held attempt is heard": (_, world) =>
    replace(world, "pauseAttempt", (before, attempt) => {
      before(attempt);
      world.version[attempt]!--;
    }),
  "a join is met too early": (engine) =>
    replace(engine, "submit", (before, ...args) => {
      const flow = before(...args);
      const { tasks, flows } = engine;
      for (let t = flows.first[flow]!; t < flows.first[flow]! + flows.graph[flow]!.count; t++)
        if (tasks.flow[t] === flow && tasks.missing[t]! > 1) tasks.missing[t]!--;
      return flow;
    }),
  "a cancelled workflow keeps its slots now and then": ({ tasks }) => {
    const keeps = every(20);
    replace(tasks, "release", (before, first, count) => {
      if (!keeps()) before(first, count);
    });
  },
  "an attempt keeps its slot now and then": ({ attempts }) => {
    const keeps = every(20);
    replace(attempts, "release", (before, attempt) => {
      if (!keeps()) before(attempt);
    });
  },
  "a token is not taken": ({ pools, attempts }, world) =>
    replace(world, "startAttempt", (before, attempt) => {
      before(attempt);
      pools.tokens[attempts.pool[attempt]!]!++;
    }),
  "a set-up is skipped": ({ meter }, world) =>
    replace(world, "startServer", (_before, pool, server) =>
      world.calendar.schedule(meter.now, 9, pool, server),
    ),
  "a pool scales beyond its bounds": ({ pools }) => {
    for (let p = 0; p < pools.count; p++) if (pools.scaling[p] === 1) pools.most[p]!++;
  },
  "a task that will not run is counted as left": ({ flows, tasks }, world) =>
    replace(world, "valueOf", (before, task) => {
      flows.left[tasks.flow[task]!]!++;
      return before(task);
    }),
  "what is undone is undone in the order in which it was done": ({ state }) => {
    let completed = 0;
    Object.defineProperty(state, "completed", { get: () => --completed, set: () => {} });
  },
  "an attempt that was stopped begins anew": (_, world) =>
    replace(world, "pauseAttempt", (before, attempt) => {
      before(attempt);
      world.servedAt[attempt] = world.whole[attempt]!;
    }),
  "an attempt that is to begin anew goes on where it was": (_, world) =>
    replace(world, "rewindAttempt", () => {}),
  "a cache never evicts": (engine, world) =>
    replace(engine, "submit", (before, ...args) => {
      for (const cache of world.caches) if (cache !== null) cache.capacity = Number.POSITIVE_INFINITY;
      return before(...args);
    }),
  "a brownout does not touch what runs": (engine, world) =>
    replace(world, "changeSpeed", (_before, _at, pool, factor) => engine.speedChanged(pool, factor)),
  "an outage is slept through": (engine) => replace(engine, "outage", () => {}),
  "a pool that drains takes up more": (engine) => replace(engine, "drain", () => {}),
  "a cancelled copy is never let go of its server": (_, world) => replace(world, "cleanUp", () => {}),
  "a workflow's time is not watched": (_, world) => replace(world, "startTimeout", () => {}),
  "nobody's patience is watched": (_, world) => replace(world, "startPatience", () => {}),
  "a back-off is cut short": (_, world) =>
    replace(world, "backOff", (before, task, stamp, delay, jitter) =>
      before(task, stamp, delay < 0 ? delay : delay / 2, jitter),
    ),
  "a machine lends its room twice": ({ attempts }, world) =>
    replace(world, "startAttempt", (before, attempt) => {
      before(attempt);
      attempts.took.fill(0, 3 * attempt, 3 * attempt + 3);
    }),
  "tasks share one server more than there is": (_, world) =>
    replace(world, "startAttempt", (before, attempt) => {
      for (const servers of world.shared) if (servers !== null) servers.servers = 9;
      before(attempt);
    }),
  "idle servers draw no power": ({ pools }) => {
    pools.idleWatts.fill(0);
  },
  "the servers of what has failed are paid for twice": ({ meter }) => {
    let failed = 0;
    Object.defineProperty(meter, "attemptFailures", {
      get: () => failed,
      set: (count: number) => {
        failed = count;
        meter.cost += 0.1;
      },
    });
  },
};

describe("a bug that is planted in the engine or the world is caught by the suite", () => {
  test("none is seen where none is planted", () => {
    expect(firstComplaint(() => {}, 20)).toBeNull();
  });

  test.each(Object.entries(BUGS))("%s", (_, plant) => {
    expect(firstComplaint(plant)).not.toBeNull();
  });
});
