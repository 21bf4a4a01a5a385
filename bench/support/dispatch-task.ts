import type { Environment } from "../../src/learn/environment.js";
import { parseScenario } from "../../src/model/index.js";
import { Simulation } from "../../src/sim/simulation.js";

/** Jobs with exponential work of mean 1 s arrive in a Poisson stream, and each is sent to the queue of one server as it comes. */
export interface DispatchTask {
  /** By server. */
  readonly speeds: readonly number[];
  /** Arrivals per second. */
  readonly rate: number;
  /** Virtual seconds after which an episode is cut. */
  readonly episode: number;
}

/** Ten servers, half of them twice as fast as the others, at a load of 0.9. */
export const DISPATCH: DispatchTask = {
  speeds: [2, 2, 2, 2, 2, 1, 1, 1, 1, 1],
  rate: 13.5,
  episode: 100,
};

/**
 * The task as `bench/peers/sb3_ppo.py` has it, in the general engine: what is seen is log(1 + jobs) of each server, and the reward is
 * minus the number in the system, integrated from a decision to the next.
 */
export function dispatchEnvironment({ speeds, rate, episode }: DispatchTask): Environment {
  const scenario = parseScenario(
    `
scenario: dispatch
horizon: ${10 * episode} s
pools:
${speeds.map((speed, i) => `  server${i}: { servers: 1, speed: ${speed} }`).join("\n")}
workflows:
  job:
    arrivals: { poisson: ${rate} / s }
    tasks: { serve: { work: exponential(1 s) } }
objective: { minimize: flowTime }
decide: [route]
`,
    { file: "bench/support/dispatch-task.ts", folder: "." },
  );
  const endless = { ...scenario, horizon: Number.POSITIVE_INFINITY };
  const observation = {
    head: 0,
    count: speeds.length,
    context: new Float32Array(0),
    candidates: new Float32Array(speeds.length),
    mask: new Uint8Array(speeds.length).fill(1),
  };
  const result = { observation, reward: 0, elapsed: 0, terminated: false, truncated: false };
  let sim: Simulation;
  let charged = 0;
  let decidedAt = 0;
  /** Runs to the next decision. */
  const see = (): void => {
    const { pools, time } = sim.advance()!;
    for (let i = 0; i < speeds.length; i++)
      observation.candidates[i] = Math.log1p(pools.running(i) + pools.waiting(i));
    const cost = sim.cost();
    result.reward = charged - cost;
    charged = cost;
    result.elapsed = time - decidedAt;
    decidedAt = time;
    result.truncated = time >= episode;
  };
  return {
    spaces: [{ name: "route", context: 0, candidate: 1 }],
    continuing: true,
    reset(seed) {
      sim = new Simulation(endless, { seed });
      charged = 0;
      decidedAt = 0;
      see();
      return observation;
    },
    step(action) {
      sim.act(action);
      see();
      return result;
    },
  };
}
