import type { Environment } from "../../src/learn/environment.js";
import { parseScenario, type Scenario } from "../../src/model/index.js";
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
  return new Dispatching({ ...scenario, horizon: Number.POSITIVE_INFINITY }, speeds.length, episode);
}

/** A class, whose methods V8 compiles once for all environments: of functions made anew for each, it compiles each. */
class Dispatching implements Environment {
  readonly spaces = [{ name: "route", context: 0, candidate: 1 }];
  readonly continuing = true;
  private readonly observation;
  private readonly result;
  private sim: Simulation | null = null;
  private charged = 0;
  private decidedAt = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly servers: number,
    private readonly episode: number,
  ) {
    const observation = {
      head: 0,
      count: servers,
      context: new Float32Array(0),
      candidates: new Float32Array(servers),
      mask: new Uint8Array(servers).fill(1),
    };
    this.observation = observation;
    this.result = { observation, reward: 0, elapsed: 0, terminated: false, truncated: false };
  }

  reset(seed: number) {
    this.sim = new Simulation(this.scenario, { seed });
    this.charged = 0;
    this.decidedAt = 0;
    this.see();
    return this.observation;
  }

  step(action: number) {
    this.sim!.act(action);
    this.see();
    return this.result;
  }

  /** Runs to the next decision. */
  private see(): void {
    const { sim, observation, result } = this;
    const { pools, time } = sim!.advance()!;
    for (let i = 0; i < this.servers; i++)
      observation.candidates[i] = Math.log1p(pools.running(i) + pools.waiting(i));
    const cost = sim!.cost();
    result.reward = this.charged - cost;
    this.charged = cost;
    result.elapsed = time - this.decidedAt;
    this.decidedAt = time;
    result.truncated = time >= this.episode;
  }
}
