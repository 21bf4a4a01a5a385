import { KeyedStream, type UniformSource } from "../kit/random.js";
import { sampler } from "../kit/sampler.js";
import type { Scenario } from "../model/scenario.js";
import { type TaskGraph, templateGraph } from "../model/task-graph.js";
import { arrivalTimes } from "./arrival-times.js";
import type { WorkloadSource } from "./source.js";

/** Instances of a template, arriving by its process. All about arrivals is drawn from the stream `arrivals/<template>`. */
export class TemplateSource implements WorkloadSource {
  readonly name: string;
  readonly typicalWork: number;
  nextAt: number;
  serial = 0;
  private readonly shared: TaskGraph;
  private readonly due: number;
  private readonly times: () => number;
  private readonly draws: readonly ((uniform: UniformSource) => number)[];

  constructor(scenario: Scenario, template: number, seed: number, antithetic = false) {
    const { name, deadline, tasks, arrivals } = scenario.workflows[template]!;
    this.name = name;
    this.shared = templateGraph(scenario, template);
    this.due = deadline;
    this.draws = tasks.map((task) => sampler(task.work));
    this.typicalWork = this.shared.meanWork.reduce((sum, work) => sum + work, 0) / tasks.length;
    this.times =
      arrivals === undefined
        ? () => Number.POSITIVE_INFINITY
        : arrivalTimes(arrivals, KeyedStream.named(seed, `arrivals/${name}`, 0, antithetic));
    this.nextAt = this.times();
  }

  graph(): TaskGraph {
    return this.shared;
  }

  deadline(): number {
    return this.due;
  }

  advance(): void {
    this.nextAt = this.times();
    this.serial++;
  }

  work(node: number): (uniform: UniformSource) => number {
    return this.draws[node]!;
  }
}
