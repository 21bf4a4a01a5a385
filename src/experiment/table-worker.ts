import { type DecisionTable, learnTable, type TableRound } from "../learn/tabular/index.js";
import type { Scenario } from "../model/scenario.js";
import { heuristic } from "../policy/catalogue.js";

export interface TableJob {
  readonly scenario: Scenario;
  /** The heuristic that begins, and decides where nothing is learned. */
  readonly start: string;
  readonly seed: number;
  readonly decisions: number;
  /** Name of the broadcast channel on which rounds are told. */
  readonly channel: string;
}

export interface LearnedTable {
  readonly table: DecisionTable;
  readonly rounds: readonly TableRound[];
}

/** A worker thread's whole program: a table, learned in one go, so that whoever asked can still be asked to stop. */
export default function run({ scenario, start, seed, decisions, channel: name }: TableJob): LearnedTable {
  const channel = new BroadcastChannel(name);
  try {
    const { table, rounds } = learnTable(scenario, heuristic(start), {
      seed,
      decisions,
      onRound: (round) => channel.postMessage(round),
    });
    return { table, rounds };
  } finally {
    channel.close();
  }
}
