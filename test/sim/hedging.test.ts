import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/model/index.js";
import { Simulation } from "../../src/sim/simulation.js";
import { expectNear, REPLICATIONS } from "../support/replications.js";

const WARMUP = 400;

/** Independent work without queues; a second copy is begun once an attempt has taken longer than the quantile. */
const hedged = (work: string, quantile: string) =>
  parseScenario(
    `
scenario: hedged
horizon: 1200
warmup: ${WARMUP}
pools: { p: { servers: unlimited } }
workflows:
  call:
    arrivals: { poisson: 10 / s }
    tasks: { t: { work: "${work}", hedge: { after: { quantile: ${quantile} } } } }
objective: { minimize: flowTime }
decide: []`,
    { file: "hedged", folder: "." },
  );

describe("a hedge at a latency quantile", () => {
  test.each([
    ["exponential(1 s)", "95%", 0.05],
    ["exponential(1 s)", "80%", 0.2],
    ["uniform(1 s, 2 s)", "90%", 0.1],
  ])(
    "of %s, %s: so many calls are hedged as are slower, whatever their copies make of it",
    (work, quantile, slower) => {
      const shares: number[] = [];
      for (let seed = 1; seed <= REPLICATIONS; seed++) {
        const sim = new Simulation(hedged(work, quantile), { seed });
        sim.advance(WARMUP);
        sim.advance();
        shares.push(sim.outcome().metrics.hedges);
      }
      // The estimate comes to the quantile from below: what it was before hedged a little more.
      expectNear("share hedged", shares, slower, { tolerance: 0.06 });
    },
  );

  test("whose exponential calls are begun twice saves what memory does not: the mean is 1 - (1 - q) / 2", () => {
    const means: number[] = [];
    for (let seed = 1; seed <= REPLICATIONS; seed++) {
      const sim = new Simulation(hedged("exponential(1 s)", "50%"), { seed });
      sim.advance();
      means.push(sim.outcome().flowTime.mean);
    }
    expectNear("mean flow time", means, 0.75, { tolerance: 0.005 });
  });

  test("is not due before there are latencies to tell it by", () => {
    const sim = new Simulation(hedged("uniform(1 s, 2 s)", "90%"), { seed: 1 });
    sim.advance(1.9);
    expect(sim.accrued().metrics.hedges).toBe(0);
  });
});
