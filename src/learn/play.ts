import { endsWithin } from "../kit/ends-within.js";
import { FailureError, SwitchyardError } from "../kit/errors.js";
import type { DecisionView } from "../model/decision-view.js";
import type { Scenario } from "../model/scenario.js";
import type { Policy } from "../policy/policy.js";
import type { Outcome } from "../sim/outcome.js";
import type { RunObserver } from "../sim/run-observer.js";
import { Simulation } from "../sim/simulation.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import { SliceClock } from "./slice-clock.js";

export interface PlayOptions {
  readonly trace?: ReplayableTrace;
  readonly recorder?: RunObserver;
  /** The antithetic twin of the run on this seed. */
  readonly antithetic?: boolean;
  /**
   * Seconds after which a policy that has not answered is given up: 60 by default (none for one that simulates futures), never
   * where Infinity, nor under a debugger.
   * Nothing that is simulated depends on it.
   */
  readonly patience?: number;
}

/** A policy that looks at the run that it decides in, not only at the view: for offline use alone. */
export interface AttendingPolicy extends Policy {
  /** Called after `reset`, with the run that the decisions to come belong to. */
  attend(sim: Simulation): void;
}

/** Seconds that a policy may take for a decision: as good as for ever, and yet a batch job ends. */
const PATIENCE = 60;

/**
 * One run of a scenario under a policy and a seed: the pull loop, guarded. Decisions of kinds that the policy does not
 * make are the engine's defaults.
 * @throws {FailureError} BAD_POLICY naming the policy, the decision and the seed, where it throws, answers nonsense, or
 *   never answers
 */
export function play(scenario: Scenario, policy: Policy, seed: number, options: PlayOptions = {}): Outcome {
  const sim = beginPlay(scenario, policy, seed, options);
  // Who simulates futures may take long.
  const patience = options.patience ?? ("attend" in policy ? Number.POSITIVE_INFINITY : PATIENCE);
  drive(sim, policy, { patience });
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

/**
 * Plays a run on, to its end or until a moment, under a policy of ours: it is waited for, since a watch over each of many short
 * stretches would cost more than they do.
 * @throws {FailureError} as `play`, but for one that never answers
 */
export function playOn(sim: Simulation, policy: Policy, until = Number.POSITIVE_INFINITY): void {
  drive(sim, policy, { until });
}

/** As `playOn`, for so many events at the most. @returns whether it has ended @throws {FailureError} as `play` */
export function playSome(sim: Simulation, policy: Policy, events: number): boolean {
  drive(sim, policy, { last: sim.events + events });
  return sim.over;
}

interface Drive {
  /** A moment, and a number of events, to stop at. */
  readonly until?: number;
  readonly last?: number;
  readonly patience?: number;
}

function drive(
  sim: Simulation,
  policy: Policy,
  {
    until = Number.POSITIVE_INFINITY,
    last = Number.POSITIVE_INFINITY,
    patience = Number.POSITIVE_INFINITY,
  }: Drive,
): void {
  const slice = new Slice(sim, policy, until, last);
  while (slice.begins()) {
    if (endsWithin(patience, slice.play)) continue;
    const silence = new FailureError("NO_ANSWER", { what: `it has not answered for ${patience} s` });
    throw blamed(sim, policy, slice.due!, silence);
  }
}

/** Events of a slice between two decisions. With fewer decisions than that, most of a run is between slices. */
const SLICE_EVENTS = 65_536;

/**
 * A run in slices: a policy that does not come back is told from a run that takes long by the slice that does not end. What is
 * simulated does not depend on where they end, since that is between a decision and the next.
 */
class Slice {
  /** The decision that is due, or the last that was; null before the first. */
  due: DecisionView | null = null;
  private readonly clock = new SliceClock();

  constructor(
    private readonly sim: Simulation,
    private readonly policy: Policy,
    private readonly until: number,
    private readonly last: number,
  ) {}

  /** Runs on to the next decision, which is the slice's first. @returns false where none is to come */
  begins(): boolean {
    return this.reach(Number.POSITIVE_INFINITY);
  }

  readonly play = (): void => {
    const { sim, policy, clock } = this;
    clock.begin();
    do {
      const due = this.due!;
      try {
        sim.act(policy.decide(due));
      } catch (error) {
        throw blamed(sim, policy, due, error);
      }
      if (clock.isOver()) return;
    } while (this.reach(SLICE_EVENTS));
  };

  /** Runs on to the next decision. @returns false where none comes within so many events */
  private reach(events: number): boolean {
    const { sim, until, last } = this;
    try {
      const point = sim.advanceBy(Math.min(last - sim.events, events), until);
      if (point !== null) this.due = point;
      return point !== null;
    } catch (error) {
      // What goes wrong between decisions is not the policy's doing, but that time no longer goes on may be.
      const loops = this.due !== null && error instanceof FailureError && error.code === "RUNAWAY";
      throw loops ? blamed(sim, this.policy, this.due!, error) : error;
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
