import type { Engine } from "../../../engine/engine.js";
import { beginPlay, playSome } from "../../../learn/play.js";
import { heuristic } from "../../../policy/catalogue.js";
import type { RunObserver } from "../../../sim/run-observer.js";
import { type Network, networkScenario, queueName } from "./network.js";

/**
 * Policies by the names under which their costs were published. Servers are given out by linear assignment, and none works
 * against a negative pressure.
 */
export const RULES: Readonly<Record<string, string>> = {
  cmu: "cmu",
  maxweight: "max-weight",
  maxpressure: "max-pressure",
};

/** The rule of a published name, as a user would write it; undefined where it is none of ours. */
export function ruleFor({ queues }: Network, name: string): string | undefined {
  if (!Object.hasOwn(RULES, name)) return undefined;
  const weights = queues.map(({ cost }, q) => `${queueName(q)}=${cost}`);
  return `${RULES[name]!}(${name === "maxpressure" ? "idle=1," : ""}joint=1,${weights.join(",")})`;
}

/**
 * Time-average cost of a run that begins empty and ends with its `network.events`-th event. Events are arrivals from outside and
 * completions: each makes a task ready, or ends a workflow.
 */
export function runNetwork(network: Network, rule: string, seed: number): number {
  const counter = new EventCounter();
  const policy = heuristic(rule);
  const sim = beginPlay(networkScenario(network), policy, seed, { recorder: counter });
  // The calendar also holds events that have become stale, so some more may be needed; never fewer.
  for (let left = network.events; left > 0; left = network.events - counter.events)
    playSome(sim, policy, left);
  return sim.cost() / sim.time;
}

class EventCounter implements RunObserver {
  events = 0;
  attach(_engine: Engine): void {}
  taskReady(): void {
    this.events++;
  }
  workflowEnded(): void {
    this.events++;
  }
  attemptEnded(): void {}
  decided(): void {}
}
