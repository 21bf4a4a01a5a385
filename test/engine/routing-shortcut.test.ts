import { expect, test } from "vitest";
import { play } from "../../src/learn/play.js";
import { parseScenario } from "../../src/model/index.js";
import { heuristic } from "../../src/policy/catalogue.js";

/** Pools that close and open, tasks that fail and are hedged; `capacity` so large that it is never met. */
const outcomeOf = (policy: string, pool: string, seed: number) =>
  play(
    parseScenario(
      `
scenario: shortcut
horizon: 400
pools: { a: { servers: 2, attemptFailure: 20%${pool} }, b: { speed: 2${pool} }, c: { servers: 3${pool} } }
workflows:
  job:
    arrivals: { poisson: 2 / s }
    tasks:
      t: { work: exponential(1 s), retry: { attempts: 3, backoff: fixed(1 s) }, hedge: { after: 2 s } }
weather:
  region-down: { pools: [a, b], every: exponential(30 s), lasts: exponential(10 s), outage: restart }
objective: { minimize: flowTime }
decide: [route, retry]`,
      { file: "shortcut", folder: "." },
    ),
    heuristic(policy),
    seed,
  );

/**
 * Where no pool can be full, the candidates of a route decision are not looked at one by one; a bound that is never met
 * has them looked at. Both must give the same.
 */
test.each(["jsq", "random", "round-robin", "power-of-d(d=2)"])(
  "a bound never met changes nothing: %s",
  (policy) => {
    for (const seed of [1, 2, 3]) {
      expect(outcomeOf(policy, "", seed)).toEqual(outcomeOf(policy, ", capacity: 1000000", seed));
    }
  },
);
