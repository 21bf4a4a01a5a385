import { FailureError, SwitchyardError } from "../kit/errors.js";
import type { DecisionView } from "../model/decision-view.js";
import type { Scenario } from "../model/scenario.js";
import type { Policy } from "../policy/policy.js";
import type { Outcome } from "../sim/outcome.js";
import type { RunObserver } from "../sim/run-observer.js";
import { Simulation } from "../sim/simulation.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";

export interface PlayOptions {
  readonly trace?: ReplayableTrace;
  readonly recorder?: RunObserver;
  /** The antithetic twin of the run on this seed. */
  readonly antithetic?: boolean;
}

/** A policy that looks at the run that it decides in, not only at the view: for offline use alone. */
export interface AttendingPolicy extends Policy {
  /** Called after `reset`, with the run that the decisions to come belong to. */
  attend(sim: Simulation): void;
}

/**
 * One run of a scenario under a policy and a seed: the pull loop, guarded. Decisions of kinds that the policy does not
 * make are the engine's defaults.
 * @throws {FailureError} BAD_POLICY naming the policy, the decision and the seed, where it throws or answers nonsense
 */
export function play(scenario: Scenario, policy: Policy, seed: number, options: PlayOptions = {}): Outcome {
  const sim = beginPlay(scenario, policy, seed, options);
  playOn(sim, policy);
  return sim.outcome();
}

/** A run at its start, for `playOn`. */
export function beginPlay(
  scenario: Scenario,
  policy: Policy,
  seed: number,
  options: PlayOptions = {},
): Simulation {
  const decide = scenario.decide.filter((kind) => policy.kinds.includes(kind));
  policy.reset(seed);
  const sim = new Simulation({ ...scenario, decide }, { seed, ...options });
  if ("attend" in policy) (policy as AttendingPolicy).attend(sim);
  return sim;
}

/** Plays a run on, to its end or until a moment. @throws {FailureError} as `play` */
export function playOn(sim: Simulation, policy: Policy, until = Number.POSITIVE_INFINITY): void {
  drive(sim, policy, () => sim.advance(until));
}

/** Plays a run on for so many events at the most. @returns whether it has ended @throws {FailureError} as `play` */
export function playSome(sim: Simulation, policy: Policy, events: number): boolean {
  const last = sim.events + events;
  drive(sim, policy, () => sim.advanceBy(last - sim.events));
  return sim.over;
}

function drive(sim: Simulation, policy: Policy, advance: () => DecisionView | null): void {
  let point = advance();
  for (let due = point; due !== null; due = point) {
    try {
      sim.act(policy.decide(due));
    } catch (error) {
      throw blamed(sim, policy, due, error);
    }
    try {
      point = advance();
    } catch (error) {
      // What goes wrong between decisions is not the policy's doing, but that time no longer goes on may be.
      const loops = error instanceof FailureError && error.code === "RUNAWAY";
      throw loops ? blamed(sim, policy, due, error) : error;
    }
  }
}

function blamed(
  { scenario, seed, antithetic }: Simulation,
  policy: Policy,
  { kind, serial, time }: DecisionView,
  error: unknown,
): FailureError {
  return new FailureError(
    "BAD_POLICY",
    {
      what: `policy ${policy.name} failed: ${error instanceof SwitchyardError ? error.what : String(error)}`,
      where: `scenario ${scenario.name}, seed ${seed}, ${kind} decision ${serial} at ${time} s`,
      mend:
        `replay it with: switchyard simulate <scenario> --policy "${policy.name}" --seed ${seed}${antithetic ? " --antithetic" : ""}; ` +
        `a policy of your own with play(scenario, policy, ${seed}${antithetic ? ", { antithetic: true }" : ""})`,
    },
    { cause: error },
  );
}
