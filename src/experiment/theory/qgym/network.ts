import { InputError } from "../../../kit/errors.js";
import type { Scenario, TaskTemplate, WorkflowTemplate } from "../../../model/scenario.js";
import { costs, type Term } from "../control/controlled.js";
import { poisson, pool, task, workflow } from "../nouns.js";

/**
 * A scheduling network: jobs of many classes, each with a queue of its own, and servers that can each serve some of them. A job's
 * work is exponential of mean 1; who has been served goes on to another queue, or leaves. Before every event all servers are
 * given out anew, and what was begun goes on where it was.
 */
export interface Network {
  readonly name: string;
  /** Servers of each type. */
  readonly servers: readonly number[];
  readonly queues: readonly NetworkQueue[];
  /** Arrivals and completions after which a run ends. */
  readonly events: number;
  /** Costs by rule, as they were published: time averages over a run that begins empty, means of 100 runs. */
  readonly published: Readonly<Record<string, PublishedCost>>;
}

export interface NetworkQueue {
  /** Jobs a second that come from outside. */
  readonly arrivals: number;
  /** Speed of each type of server here; 0 where it cannot. */
  readonly rates: readonly number[];
  /** Of a job here, a second, waiting or in service. */
  readonly cost: number;
  /** The queue that follows, by number from 0; null for the exit. */
  readonly next: number | null;
}

export interface PublishedCost {
  readonly value: number;
  /** Unit of the last digit printed. */
  readonly unit: number;
}

const EXP_1 = { kind: "exponential", mean: 1 } as const;

export const queueName = (q: number): string => `queue${q + 1}`;

/** The network as a scenario: a workflow for each stream from outside, a chain of the queues that its jobs pass. */
export function networkScenario({ name, servers, queues }: Network): Scenario {
  return {
    name,
    horizon: Number.POSITIVE_INFINITY,
    warmup: 0,
    pools: servers.map((count, s) => pool({ name: `server${s + 1}`, servers: count })),
    queues: [
      { name: "jobs", pools: servers.map((_, s) => s), discipline: "fifo", reallocate: true, idling: true },
    ],
    workflows: queues.flatMap(({ arrivals }, q) => (arrivals > 0 ? [route(name, queues, q)] : [])),
    objective: costs(queues.map(({ cost }, q): Term => [cost, "inSystem", queueName(q)])),
    decide: ["dispatch"],
    sizes: "expected",
  };
}

/** What becomes of a job that comes to a queue from outside. */
function route(name: string, queues: readonly NetworkQueue[], first: number): WorkflowTemplate {
  const tasks: TaskTemplate[] = [];
  for (let q: number | null = first; q !== null; q = queues[q]!.next) {
    if (tasks.length > queues.length) {
      throw new InputError("BAD_CASES", {
        what: `jobs that come to ${queueName(first)} never leave`,
        where: `network ${name}`,
        mend: "let some queue on their way have no next",
      });
    }
    const { rates } = queues[q]!;
    const able = rates.flatMap((rate, s) => (rate > 0 ? [s] : []));
    tasks.push(
      task(EXP_1, {
        name: queueName(q),
        pools: able,
        speeds: able.map((s) => rates[s]!),
        after: tasks.length === 0 ? [] : [tasks.length - 1],
      }),
    );
  }
  return workflow(poisson(queues[first]!.arrivals), tasks, { name: `from-${queueName(first)}` });
}
