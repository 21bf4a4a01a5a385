import { readFileSync } from "node:fs";
import { KeyedStream } from "../../src/kit/random.js";
import { parseScenario, type Scenario } from "../../src/model/index.js";
import { jsq } from "../../src/policy/heuristics/jsq.js";
import type { Policy } from "../../src/policy/policy.js";
import { Simulation } from "../../src/sim/simulation.js";
import { against, type Figure, type Size, size } from "../support/figure.js";
import { type Mm1Draws, mm1Loop } from "../support/mm1-loop.js";
import { paymentLoop } from "../support/payment-loop.js";
import { quickRandom } from "../support/quick-random.js";
import { timed, type Work } from "../support/timed.js";

const SEED = 42;
const RATE = 0.8;

/**
 * Speed of the simulator, beside the least that simulates the same system by hand on typed arrays. Run in the project's
 * root: it reads the scenario files.
 */
export function eventsBench(which: Size): Figure[] {
  const rounds = size(which, { smoke: 1, real: 9 });
  const jobs = size(which, { smoke: 2_000, real: 1_000_000 });
  const payments = size(which, { smoke: 500, real: 500_000 });
  const seconds = jobs / RATE;
  const measure = (name: string, unit: string, work: () => Work): Figure => {
    const { seconds: fastest, result } = timed(rounds, work);
    return { name, unit, value: result.count / fastest, checksum: result.checksum };
  };

  const mm1 = scenarioOf("mm1", seconds);
  const loop = measure("M/M/1, hand-written loop", "events/s", () => {
    const { events, flowTime } = mm1Loop(seconds, quickDraws());
    return { count: events, checksum: flowTime };
  });
  const sameDraws = measure("M/M/1, hand-written loop, the simulator's draws", "events/s", () => {
    const { events, flowTime } = mm1Loop(seconds, keyedDraws());
    return { count: events, checksum: flowTime };
  });
  const simulated = measure("M/M/1, Switchyard", "events/s", () => {
    const { events, flowTime } = run(mm1).outcome();
    return { count: events, checksum: flowTime.mean };
  });

  const routing = scenarioOf("payment-routing", payments / 2.6);
  const skeleton = measure("payment routing, hand-written loop", "attempts/s", () => {
    const { attempts, flowTime } = paymentLoop(routing.horizon, quickRandom(SEED));
    return { count: attempts, checksum: flowTime };
  });
  const routed = measure("payment routing under jsq, Switchyard", "attempts/s", () => {
    const { attempts, flowTime } = run(routing, jsq()).outcome();
    return { count: attempts, checksum: flowTime.mean };
  });
  return [
    loop,
    against(sameDraws, loop),
    against(simulated, sameDraws, loop),
    skeleton,
    against(routed, skeleton),
  ];
}

function scenarioOf(name: string, horizon: number): Scenario {
  const file = `scenarios/${name}.yaml`;
  const parsed = parseScenario(readFileSync(file, "utf8"), { file, folder: "scenarios" });
  return { ...parsed, horizon, warmup: 0 };
}

function run(scenario: Scenario, policy?: Policy): Simulation {
  const sim = new Simulation({ ...scenario, decide: policy?.kinds ?? [] }, { seed: SEED });
  policy?.reset(SEED);
  for (let point = sim.advance(); point !== null; point = sim.advance()) sim.act(policy!.decide(point));
  return sim;
}

function quickDraws(): Mm1Draws {
  const random = quickRandom(SEED);
  return { gap: () => -Math.log(random()) / RATE, work: () => -Math.log(random()) };
}

/** What the simulator draws for scenarios/mm1.yaml: gaps in order, work by the job's number. */
function keyedDraws(): Mm1Draws {
  const arrivals = KeyedStream.named(SEED, "arrivals/job");
  const work = KeyedStream.named(SEED, "work/job");
  return {
    gap: () => -Math.log(arrivals.next()) / RATE,
    work: (job) => -Math.log(work.at(job, 1).next()),
  };
}
