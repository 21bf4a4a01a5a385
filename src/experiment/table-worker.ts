import { learnTable, type TableRound, type TableState } from "../learn/tabular/index.js";
import type { Scenario } from "../model/scenario.js";
import { heuristic } from "../policy/catalogue.js";
import type { DecisionTable } from "../policy/runtime/table/index.js";

export interface TableJob {
  readonly scenario: Scenario;
  /** The heuristic that begins, and decides where nothing is learned. */
  readonly start: string;
  readonly seed: number;
  readonly decisions: number;
  /** Where an earlier run was stopped. */
  readonly from: TableState | null;
  /** Name of the broadcast channel on which rounds are told. */
  readonly channel: string;
}

/** What is told of a round: enough to have a table if nothing more comes, and to go on from it. */
export interface TableNews {
  readonly round: TableRound;
  readonly state: TableState;
}

export interface TableResult {
  readonly table: DecisionTable;
  readonly rounds: readonly TableRound[];
  readonly state: TableState;
}

/** A worker thread's whole program: a table, learned in a thread of its own so that whoever asked can still be asked to stop. */
export default function run(job: TableJob): TableResult {
  const { scenario, start, seed, decisions, from, channel: name } = job;
  const channel = new BroadcastChannel(name);
  let state = from;
  try {
    const { table, rounds } = learnTable(scenario, heuristic(start), {
      seed,
      decisions,
      from: from ?? undefined,
      onRound(round, save) {
        state = save();
        channel.postMessage({ round, state } satisfies TableNews);
        return true;
      },
    });
    return { table, rounds, state: state! };
  } finally {
    channel.close();
  }
}
