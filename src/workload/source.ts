import type { PlainState } from "../kit/plain-state.js";
import type { TaskGraph } from "../model/task-graph.js";
import type { ObservedPhase } from "./arrivals/observed-phase.js";

/**
 * Where workflows come from: a template with its arrival process, or a trace. The simulator pulls the next one: at `nextAt`
 * it reads `graph`, `deadline` and `serial`, calls `advance`, and only then submits.
 */
export interface WorkloadSource {
  /** Unique in the scenario; random streams are named by it. */
  readonly name: string;
  /** Mean work of its tasks, seconds at speed 1. */
  readonly typicalWork: number;
  /**
   * When the next workflow comes, absolute seconds; Infinity when there are no more, or none before something ends. It
   * changes in `advance`, and, of a source with `workflowEnded`, there.
   */
  readonly nextAt: number;
  /** Number of the next workflow in this source: no two have the same, and draws are keyed by it. */
  readonly serial: number;
  /**
   * The phase of its arrivals, where policies are to see it: changes that come before `nextAt` are known once that is. Absent
   * elsewhere.
   */
  readonly phase?: ObservedPhase | undefined;
  /** The next workflow's DAG. */
  graph(): TaskGraph;
  /** The DAG of all of them, where that is one. */
  readonly template?: TaskGraph;
  /** Its deadline, seconds from submission; Infinity where there is none. */
  deadline(): number;
  /** Moves on to the workflow after it. */
  advance(): void;
  /**
   * Draws `nextAt` anew, given that nothing has come up to now; absent, or without effect, where that takes more than the time.
   * @returns whether it did: the arrival that was scheduled is then void
   */
  redraw?(now: number): boolean;
  /**
   * Told of every workflow of this source that leaves, however it ends, once, after it was submitted and advanced past.
   * Absent where nothing follows from it.
   * @param serial that workflow's
   * @returns whether `nextAt` is now earlier than it was, but not before `at`: an arrival is then to be scheduled anew, and
   *   the one that was scheduled before is void
   */
  workflowEnded?(at: number, serial: number): boolean;
  /** All that changes, as plain data. */
  save(): PlainState;
  /**
   * Goes on from what another source of the same scenario and trace saved.
   * @param spared objects within it that keep the state that they have: its streams, where its draws are to be fresh
   */
  restore(state: PlainState, spared?: (held: object) => boolean): void;
}
