import type { CrossEntropySettings } from "../../../learn/cross-entropy.js";
import { validationSeeds } from "../../../learn/trainer.js";
import type { Scenario } from "../../../model/scenario.js";
import { learnKnobs } from "../../learn-knobs.js";
import { mean } from "../../statistics/index.js";
import { type Network, networkScenario } from "./network.js";
import { RULES, ruleFor, runNetwork } from "./run-network.js";

export interface LearnNetworkSettings extends CrossEntropySettings {
  /** Arrivals and completions, about, by which a round measures each point: runs from empty, none longer than the network's own. */
  readonly events: number;
  /** The same, over whole runs of the network, by which what was learned is held against the published rules. */
  readonly validationEvents: number;
}

export const learnNetworkDefaults: Omit<LearnNetworkSettings, "seed"> = {
  population: 64,
  elites: 16,
  rounds: 10,
  smoothing: 0.8,
  deviationSmoothing: 0.8,
  tolerance: 0.02,
  events: 20_000,
  validationEvents: 800_000,
};

export interface LearnedNetwork {
  /** What to decide by, as a user would write it; and whether it is one of the published rules, which did better. */
  readonly spec: string;
  readonly keptRule: boolean;
  /** Arrivals and completions simulated to learn and to choose, about. */
  readonly samples: number;
}

/**
 * Learns how to give out a network's servers: the weights of `weighted-pressure`, a class that has cμ, MaxWeight and MaxPressure
 * in it, by the cross-entropy method. What was learned is then held against these three on seeds of their own, over whole
 * runs, and the best is returned.
 */
export async function learnNetwork(
  network: Network,
  { events, validationEvents, ...search }: LearnNetworkSettings,
): Promise<LearnedNetwork> {
  const runs = Math.max(1, Math.round(events / network.events));
  const perRun = Math.min(events, network.events);
  const scenario = networkScenario(network);
  const learned = await learnKnobs(
    { scenario: { ...scenario, horizon: perRun / eventRate(scenario) } },
    `weighted-pressure(joint=${anyShared(network) ? 1 : 0})`,
    // The finalists are few, and near each other: they are to be told apart.
    { ...search, runs, validationRuns: 16 * runs },
  );
  const rules = Object.keys(RULES).map((name) => ruleFor(network, name)!);
  const candidates = [learned.spec, ...rules];
  const replications = Math.max(8, Math.ceil(validationEvents / network.events));
  const seeds = validationSeeds(replications);
  const costs = candidates.map((spec) => mean(seeds.map((seed) => runNetwork(network, spec, seed))));
  const best = costs.indexOf(Math.min(...costs));
  return {
    spec: candidates[best]!,
    keptRule: best > 0,
    samples: learned.runs * perRun + candidates.length * replications * network.events,
  };
}

/** Whether some queue is served by servers of several types: they are then to be given out with regard to each other. */
const anyShared = ({ queues }: Network): boolean =>
  queues.some(({ rates }) => rates.filter((rate) => rate > 0).length > 1);

/** Arrivals and completions a second, in the long run. */
const eventRate = ({ workflows }: Scenario): number =>
  workflows.reduce(
    (sum, { arrivals, tasks }) =>
      sum + (arrivals?.kind === "poisson" ? arrivals.rate * (1 + tasks.length) : 0),
    0,
  );
