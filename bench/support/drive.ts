import type { Scenario } from "../../src/model/index.js";
import type { Policy } from "../../src/policy/policy.js";
import type { Recorder } from "../../src/sim/recorder.js";
import { Simulation } from "../../src/sim/simulation.js";

/** A simulation that has been run to its horizon under a policy, which makes all decisions of its kinds. */
export function drive(scenario: Scenario, seed: number, policy?: Policy, recorder?: Recorder): Simulation {
  const decide = policy?.kinds ?? [];
  const sim = new Simulation(
    { ...scenario, decide },
    { seed, ...(recorder === undefined ? {} : { recorder }) },
  );
  policy?.reset(seed);
  driveOn(sim, policy);
  return sim;
}

/** Runs on until a moment, or the horizon. */
export function driveOn(sim: Simulation, policy?: Policy, until = Number.POSITIVE_INFINITY): void {
  for (let point = sim.advance(until); point !== null; point = sim.advance(until)) {
    sim.act(policy!.decide(point));
  }
}
