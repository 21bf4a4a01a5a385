import { assert } from "../kit/assert.js";
import { FailureError, InputError } from "../kit/errors.js";
import type { DecisionView } from "../model/decision-view.js";
import { encode, featureSpec } from "../model/features.js";
import type { DecisionKind, Scenario } from "../model/scenario.js";
import type { Policy } from "../policy/policy.js";
import { type RunObserver, together } from "../sim/run-observer.js";
import { requireRunningCost, Simulation } from "../sim/simulation.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import {
  type Environment,
  emptyObservation,
  type Observation,
  reserve,
  type Space,
  type Step,
} from "./environment.js";
import { Innovations } from "./innovations.js";
import type { AttendingPolicy } from "./play.js";
import { Regeneration, whyNotRegenerative } from "./regeneration.js";
import { WorkflowCosts, whyNoWorkflowCosts } from "./workflow-costs.js";

export interface OrchestrationOptions {
  readonly trace?: ReplayableTrace;
  /** Seconds of virtual time after which an episode is cut at its next decision; the scenario's horizon by default. */
  readonly episode?: number;
  /** Whether steps tell what in them was luck (`Innovations`), as far as the scenario's clocks have no memory. */
  readonly innovations?: boolean;
  /** Whether steps tell where the system began anew: where it was empty, and nothing in it has a memory beyond that. */
  readonly regenerations?: boolean;
  /** Whether steps tell costs by the decision that they are due to, as far as workflows can be told apart (`WorkflowCosts`). */
  readonly workflowCosts?: boolean;
}

/**
 * A scenario as a learning environment. The reward of a step is the negative of what the objective accrued in it,
 * integrated exactly. An episode is cut (truncated) at the first decision past its length; it ends (terminates) only
 * where nothing is left to come, as after a trace's last workflow.
 */
export class OrchestrationEnvironment implements Environment {
  readonly spaces: readonly Space[];
  readonly continuing: boolean;
  private readonly heads: Readonly<Partial<Record<DecisionKind, number>>>;
  private readonly endless: Scenario;
  private readonly bounded: Scenario;
  private readonly episode: number;
  private readonly trace: ReplayableTrace | undefined;
  private readonly watches: readonly (RunObserver & { restart(): void })[];
  readonly innovations?: Float64Array;
  readonly regeneration?: Regeneration;
  readonly charges?: WorkflowCosts;
  private readonly observation: Observation;
  private readonly result: Step;
  private sim: Simulation | null = null;
  /** The same, also once the episode is over. */
  private last: Simulation | null = null;
  private asked = false;
  private charged = 0;
  private decidedAt = 0;

  /** @throws {InputError} BAD_SETTING where regenerations or costs by workflow are asked for, and the scenario has none */
  constructor(
    private readonly scenario: Scenario,
    {
      trace,
      episode,
      innovations = false,
      regenerations = false,
      workflowCosts = false,
    }: OrchestrationOptions = {},
  ) {
    requireRunningCost(scenario);
    this.spaces = scenario.decide.map((kind) => {
      const spec = featureSpec(kind);
      return { name: kind, context: spec.context.length, candidate: spec.candidate.length };
    });
    this.heads = Object.fromEntries(scenario.decide.map((kind, head) => [kind, head]));
    this.continuing = scenario.trace === undefined;
    this.episode = episode ?? scenario.horizon;
    this.endless = { ...scenario, horizon: Number.POSITIVE_INFINITY, warmup: 0 };
    this.bounded = { ...this.endless, horizon: Math.max(scenario.horizon, this.episode) };
    this.trace = trace;
    this.watches = [];
    if (innovations) {
      const watch = new Innovations(scenario);
      this.innovations = watch.values;
      this.watches = [...this.watches, watch];
    }
    if (regenerations) {
      refuseFor("regenerations", whyNotRegenerative(scenario), scenario);
      this.regeneration = new Regeneration();
      this.watches = [...this.watches, this.regeneration];
    }
    if (workflowCosts) {
      refuseFor("workflowCosts", whyNoWorkflowCosts(scenario), scenario);
      this.charges = new WorkflowCosts(scenario);
      this.watches = [...this.watches, this.charges];
    }
    this.observation = emptyObservation(this.spaces);
    this.result = {
      observation: this.observation,
      reward: 0,
      elapsed: 0,
      terminated: false,
      truncated: false,
    };
  }

  reset(seed: number): Observation {
    this.sim = this.run(this.endless, seed, together(...this.watches));
    // Endless arrivals that leave no choice would run for ever: the first time a run with a horizon is asked before.
    this.last = this.sim;
    const asks = this.asked || this.run(this.bounded, seed).advance() !== null;
    const point = asks ? this.sim.advance() : null;
    if (point === null) {
      throw new FailureError("NOTHING_TO_DECIDE", {
        what: `scenario ${this.endless.name} asks for no decision in ${this.bounded.horizon} s`,
        where: "decide",
        mend: "give its tasks two pools or more to route among, or list `dispatch` under `decide`",
      });
    }
    this.asked = true;
    // What accrued before the first decision is nobody's doing.
    this.charged = this.sim.cost();
    this.decidedAt = point.time;
    this.charges?.restart();
    this.observe(point);
    return this.observation;
  }

  step(action: number): Step {
    const { sim, result } = this;
    assert(sim !== null, "step was called before reset, or after the episode had ended");
    for (const watch of this.watches) watch.restart();
    sim.act(action);
    const point = sim.advance();
    const cost = sim.cost();
    result.reward = this.charged - cost;
    this.charged = cost;
    result.elapsed = sim.time - this.decidedAt;
    this.decidedAt = sim.time;
    result.terminated = point === null;
    result.truncated = point !== null && point.time >= this.episode;
    this.charges?.close(-result.reward, result.terminated);
    if (point !== null) this.observe(point);
    if (result.terminated || result.truncated) this.sim = null;
    return result;
  }

  fork() {
    const { scenario, trace, last } = this;
    assert(last !== null, "fork was called before reset");
    const twin = new OrchestrationEnvironment(scenario, {
      episode: Number.POSITIVE_INFINITY,
      workflowCosts: this.charges !== undefined,
      ...(trace === undefined ? {} : { trace }),
    });
    const recorder = together(...twin.watches);
    twin.sim = last.fork(recorder === undefined ? {} : { recorder });
    twin.last = twin.sim;
    if (this.charges !== undefined) twin.charges?.copy(this.charges);
    twin.charged = this.charged;
    twin.decidedAt = this.decidedAt;
    const point = twin.sim.pending;
    assert(point !== null, "fork was called where no decision is due");
    twin.observe(point);
    return { environment: twin, observation: twin.observation };
  }

  /** The decision that was last observed, as policies see it: for teachers. */
  get point(): DecisionView {
    const point = this.sim?.pending ?? null;
    assert(point !== null, "no decision is due: the environment was not reset, or its episode has ended");
    return point;
  }

  /** Lets a policy that looks at its run attend to the one that goes on here; others need none of it. */
  letAttend(policy: Policy): void {
    assert(this.sim !== null, "a policy attends to an episode that has begun");
    if ("attend" in policy) (policy as AttendingPolicy).attend(this.sim);
  }

  private run(scenario: Scenario, seed: number, recorder?: RunObserver): Simulation {
    return new Simulation(scenario, {
      seed,
      ...(recorder === undefined ? {} : { recorder }),
      ...(this.trace === undefined ? {} : { trace: this.trace }),
    });
  }

  private observe(point: DecisionView): void {
    const { observation } = this;
    const head = this.heads[point.kind];
    assert(head !== undefined, `no head for ${point.kind} decisions`);
    observation.head = head;
    observation.count = point.count;
    reserve(observation, point.count, this.spaces[head]!.candidate);
    encode(point, observation.context, 0, observation.candidates, 0, observation.mask, 0);
  }
}

function refuseFor(option: string, reason: string | null, scenario: Scenario): void {
  if (reason === null) return;
  throw new InputError("BAD_SETTING", {
    what: `${scenario.name} has none: ${reason}`,
    where: option,
    mend: `leave ${option} out`,
  });
}
