import { type PlainState, plainState, restorePlainState } from "../kit/plain-state.js";
import { KeyedStream } from "../kit/random.js";
import type { ClosedArrivals, OpenArrivals } from "../model/arrivals.js";
import type { Scenario } from "../model/scenario.js";
import type { TaskGraph } from "../model/task-graph.js";
import { arrivalProcess } from "./arrivals/arrival-process.js";
import type { ObservedPhase } from "./arrivals/observed-phase.js";
import type { ArrivalProcess } from "./arrivals/process.js";
import { Users } from "./arrivals/users.js";
import type { WorkloadSource } from "./source.js";

/** Instances of a template that has arrivals. All about these is drawn from the stream `arrivals/<template>`. */
export function templateSource(
  scenario: Scenario,
  template: number,
  graph: TaskGraph,
  seed: number,
  antithetic = false,
): WorkloadSource {
  const { name, arrivals } = scenario.workflows[template]!;
  const stream = KeyedStream.named(seed, `arrivals/${name}`, 0, antithetic);
  const instances = new Instances(scenario, template, graph);
  return arrivals!.kind === "closed"
    ? new ClosedSource(instances, arrivals!, stream)
    : new OpenSource(instances, arrivals!, stream);
}

/** What all instances of a template share. */
class Instances {
  readonly name: string;
  readonly typicalWork: number;
  readonly deadline: number;

  constructor(
    scenario: Scenario,
    template: number,
    readonly graph: TaskGraph,
  ) {
    const { name, deadline } = scenario.workflows[template]!;
    this.name = name;
    this.deadline = deadline;
    const tasks = graph.meanWork.subarray(0, graph.count);
    this.typicalWork = tasks.reduce((sum, work) => sum + work, 0) / graph.count;
  }
}

abstract class TemplateSource implements WorkloadSource {
  readonly name: string;
  readonly typicalWork: number;
  abstract readonly nextAt: number;
  abstract readonly serial: number;

  constructor(private readonly instances: Instances) {
    this.name = instances.name;
    this.typicalWork = instances.typicalWork;
  }

  graph(): TaskGraph {
    return this.instances.graph;
  }

  deadline(): number {
    return this.instances.deadline;
  }

  get template(): TaskGraph {
    return this.instances.graph;
  }

  abstract advance(): void;
  abstract save(): PlainState;
  abstract restore(state: PlainState, spared?: (held: object) => boolean): void;
}

/** They come by a process of their own. */
class OpenSource extends TemplateSource {
  nextAt = 0;
  serial = 0;
  private readonly process: ArrivalProcess;

  constructor(instances: Instances, arrivals: OpenArrivals, stream: KeyedStream) {
    super(instances);
    this.process = arrivalProcess(arrivals, stream);
    this.nextAt = this.process.next();
  }

  get phase(): ObservedPhase | undefined {
    return this.process.observed;
  }

  advance(): void {
    this.nextAt = this.process.next();
    this.serial++;
  }

  redraw(now: number): boolean {
    if (this.process.redraw === undefined) return false;
    this.nextAt = this.process.redraw(now);
    return true;
  }

  save(): PlainState {
    const { nextAt, serial, process } = this;
    return plainState({ nextAt, serial, process });
  }

  restore(state: PlainState, spared?: (held: object) => boolean): void {
    restorePlainState(this, state, spared);
  }
}

/** Users submit them, each when the last one is done with. */
class ClosedSource extends TemplateSource {
  private readonly users: Users;

  constructor(instances: Instances, arrivals: ClosedArrivals, stream: KeyedStream) {
    super(instances);
    this.users = new Users(arrivals, stream);
  }

  get nextAt(): number {
    return this.users.nextAt;
  }

  get serial(): number {
    return this.users.serial;
  }

  advance(): void {
    this.users.submitted();
  }

  workflowEnded(at: number, serial: number): boolean {
    return this.users.ended(at, serial);
  }

  save(): PlainState {
    const { users } = this;
    return plainState({ users });
  }

  restore(state: PlainState, spared?: (held: object) => boolean): void {
    restorePlainState(this, state, spared);
  }
}
