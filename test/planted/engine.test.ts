import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import { play } from "../../src/learn/play.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { WorkloadSource } from "../../src/workload/source.js";
import { checkRun } from "../support/run-checks.js";
import { swarm, swarmPolicy } from "../support/swarm.js";
import { testimony, Witness } from "../support/witness.js";

/** A witness that breaks the engine before the run begins. */
class Saboteur extends Witness {
  constructor(private readonly plant: (engine: Engine) => void) {
    super();
  }

  override attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    super.attach(engine, sources);
    this.plant(engine);
  }
}

/** What the checks say of the first run of the swarm that the bug shows in; null where it shows in none. */
function firstComplaint(plant: (engine: Engine) => void): string | null {
  for (let seed = 1; seed <= 40; seed++) {
    const scenario = swarm(seed);
    const saboteur = new Saboteur(plant);
    try {
      const outcome = play(scenario, heuristic(swarmPolicy(seed)), seed, { recorder: saboteur });
      checkRun(testimony(scenario, seed, saboteur, outcome));
    } catch (error) {
      return (error as Error).message;
    }
  }
  return null;
}

describe("a bug that is planted in the engine is caught by the checks of every run", () => {
  test("none is seen where none is planted", () => {
    expect(firstComplaint(() => {})).toBeNull();
  });

  test.each<[string, (engine: Engine) => void]>([
    [
      "a pool runs one task more than it has servers",
      ({ pools }) => {
        for (let p = 0; p < pools.count; p++) if (pools.sharing[p] === 0) pools.slots[p]!++;
      },
    ],
    [
      "a pool leaves a server idle while tasks wait",
      ({ pools }) => {
        for (let p = 0; p < pools.count; p++) if (pools.servers[p]! > 1) pools.slots[p]!--;
      },
    ],
    [
      "fifo and lifo are mixed up",
      ({ pools, queues }) => {
        for (let p = 0; p < pools.count; p++) queues.lifo[p] = 1 - queues.lifo[p]!;
      },
    ],
    [
      "a workflow that has left is counted on, now and then",
      ({ meter }) => {
        const leave = meter.leave.bind(meter);
        meter.leave = (source) => {
          if (meter.submitted % 7 !== 3) leave(source);
        };
      },
    ],
    [
      "prices are charged for one server too many",
      ({ meter }) => {
        const follow = meter.follow.bind(meter);
        meter.follow = (clock) => {
          meter.cost += 0.01 * (clock.at - meter.now);
          follow(clock);
        };
      },
    ],
  ])("%s", (_, plant) => {
    expect(firstComplaint(plant)).not.toBeNull();
  });
});
