import type { UniformSource } from "../kit/random.js";
import type { TaskGraph } from "../model/task-graph.js";

/** Where workflows come from: a template with its arrival process, or a trace. The simulator pulls the next one. */
export interface WorkloadSource {
  /** Unique in the scenario; random streams are named by it. */
  readonly name: string;
  /** Mean work of its tasks, seconds at speed 1. */
  readonly typicalWork: number;
  /** When the next workflow comes, absolute seconds; Infinity when there are no more. */
  readonly nextAt: number;
  /** Number of the next workflow in this source, from 0. */
  readonly serial: number;
  /** The next workflow's DAG. */
  graph(): TaskGraph;
  /** Its deadline, seconds from submission; Infinity where there is none. */
  deadline(): number;
  /** Moves on to the workflow after it. */
  advance(): void;
  /** Draws the work of an attempt at a node; null where the graph has its recorded work. */
  work(node: number): ((uniform: UniformSource) => number) | null;
}
