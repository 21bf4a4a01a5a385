import type { Engine } from "../../src/engine/engine.js";
import { GONE } from "../../src/engine/flow-table.js";
import { RUNNING, WAITING } from "../../src/engine/task-table.js";
import type { RowTable } from "../../src/kit/row-table.js";
import { play } from "../../src/learn/play.js";
import { Names } from "../../src/model/names.js";
import type { Scenario } from "../../src/model/scenario.js";
import { heuristic } from "../../src/policy/catalogue.js";
import type { Outcome } from "../../src/sim/outcome.js";
import { Recorder } from "../../src/sim/recorder.js";
import { workloadSources } from "../../src/sim/sources.js";
import type { WorkloadSource } from "../../src/workload/source.js";
import type { ReplayableTrace } from "../../src/workload/trace/trace-cursor.js";

/** A row of a recorded table: its columns' values by name. */
export type Row<Table extends RowTable> = { readonly [Column in keyof Table["block"]]: number };

export function rows<Table extends RowTable>(table: Table): Row<Table>[] {
  const columns = table.names.map((name) => [name, table.column(name)] as const);
  return Array.from(
    { length: table.length },
    (_, r) => Object.fromEntries(columns.map(([name, values]) => [name, values[r]!])) as Row<Table>,
  );
}

export type AttemptRow = Row<Recorder["attempts"]>;
export type WorkflowRow = Row<Recorder["workflows"]>;

/** A task that was in a pool when the run was cut. */
export interface InFlight {
  readonly source: number;
  readonly workflow: number;
  readonly task: number;
  readonly attempt: number;
  readonly pool: number;
  readonly ready: number;
  /** When it started; Infinity where it has not. */
  readonly started: number;
}

/** A workflow as its source brings it, computed anew without the simulator. */
export interface Submission {
  readonly source: number;
  readonly workflow: number;
  readonly at: number;
  readonly due: number;
}

/** All that can be known of a run. */
export interface Run {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
  readonly recorder: Recorder;
  readonly attempts: readonly AttemptRow[];
  readonly workflows: readonly WorkflowRow[];
  /** What was in the pools, and which workflows were in the system, when the run was cut. */
  readonly inFlight: readonly InFlight[];
  readonly alive: readonly { readonly source: number; readonly workflow: number }[];
  readonly submissions: readonly Submission[];
}

/** A recorder that keeps hold of the engine, to see at the end what is still in flight. */
export class Witness extends Recorder {
  protected watched!: Engine;

  override attach(engine: Engine, sources: readonly WorkloadSource[]): void {
    super.attach(engine, sources);
    this.watched = engine;
  }

  alive(): Run["alive"] {
    const { flows } = this.watched;
    return slots(flows.extent)
      .filter((flow) => flows.state[flow] !== GONE)
      .map((flow) => ({ source: flows.source[flow]!, workflow: flows.serial[flow]! }));
  }

  inFlight(): InFlight[] {
    const { flows, tasks, attempts } = this.watched;
    return slots(flows.extent)
      .filter((flow) => flows.state[flow] !== GONE)
      .flatMap((flow) => slots(flows.graph[flow]!.count).map((node) => flows.first[flow]! + node))
      .filter((t) => tasks.state[t] === RUNNING || tasks.state[t] === WAITING)
      .map((t) => {
        const begun = tasks.attempt[t]! >= 0;
        return {
          source: flows.source[tasks.flow[t]!]!,
          workflow: flows.serial[tasks.flow[t]!]!,
          task: tasks.node[t]!,
          attempt: tasks.attempts[t]! + (begun ? 0 : 1),
          pool: begun ? attempts.pool[tasks.attempt[t]!]! : tasks.queue[t]!,
          ready: tasks.readyAt[t]!,
          started: begun ? attempts.begunAt[tasks.attempt[t]!]! : Number.POSITIVE_INFINITY,
        };
      });
  }
}

const slots = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function submissionsOf(scenario: Scenario, seed: number, trace?: ReplayableTrace): Submission[] {
  return workloadSources(scenario, seed, trace, new Names()).sources.flatMap((source, s) => {
    const found: Submission[] = [];
    for (; source.nextAt < scenario.horizon; source.advance()) {
      const at = source.nextAt;
      found.push({ source: s, workflow: source.serial, at, due: at + source.deadline() });
    }
    return found;
  });
}

/** What a run left behind, put together for the checks. */
export function testimony(scenario: Scenario, seed: number, witness: Witness, outcome: Outcome): Run {
  return {
    scenario,
    outcome,
    recorder: witness,
    attempts: rows(witness.attempts),
    workflows: rows(witness.workflows),
    inFlight: witness.inFlight(),
    alive: witness.alive(),
    submissions: submissionsOf(scenario, seed),
  };
}

export function witnessed(scenario: Scenario, policy: string, seed: number): Run {
  const witness = new Witness();
  const outcome = play(scenario, heuristic(policy), seed, { recorder: witness });
  return testimony(scenario, seed, witness, outcome);
}
