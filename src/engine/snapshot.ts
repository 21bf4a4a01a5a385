import { type PlainState, plainState, restorePlainState } from "../kit/plain-state.js";
import type { TaskGraph } from "../model/task-graph.js";
import type { Engine } from "./engine.js";

/** Graphs that a scenario's templates have: a snapshot tells them by number. Those of a trace stand in it as they are. */
export type GraphList = readonly TaskGraph[];

/** All graphs that can be reached from templates, in an order that is the same for the same scenario. */
export function graphList(templates: readonly TaskGraph[]): GraphList {
  const found = new Set<TaskGraph>();
  const visit = (graph: TaskGraph): void => {
    if (found.has(graph)) return;
    found.add(graph);
    for (const body of graph.bodies ?? []) {
      if (body?.call !== undefined) visit(body.call);
      for (const { call } of body?.variants ?? []) if (call !== undefined) visit(call);
    }
  };
  for (const graph of templates) visit(graph);
  return [...found];
}

/** What is no state of the engine's: the scenario, who drives it and listens, and what follows from the scenario alone. */
const STATE_EXCEPT = ["scenario", "executor", "observer"];
const FLOWS_EXCEPT = ["graph"];
const POINT_EXCEPT = ["state", "tasks", "pools", "shown"];

/** Everything the engine knows, as plain data; also while a decision is pending. */
export function saveEngine(engine: Engine, graphs: GraphList): PlainState {
  const numbers = new Map(graphs.map((graph, k) => [graph, k]));
  const { flows } = engine;
  return {
    state: plainState({ ...engine.state, flows: null }, STATE_EXCEPT),
    flows: plainState(flows, FLOWS_EXCEPT),
    graphs: flows.graph
      .slice(0, flows.extent)
      .map((graph) => numbers.get(graph) ?? (graph as unknown as PlainState)),
    point: plainState(engine.point, POINT_EXCEPT),
    pending: engine.pending,
  };
}

/** Puts an engine of the same scenario into a state that `saveEngine` gave. */
export function restoreEngine(engine: Engine, saved: PlainState, graphs: GraphList): void {
  const { state, flows, graphs: held, point, pending } = saved as Record<string, PlainState>;
  const { flows: _none, ...rest } = state as Record<string, PlainState>;
  restorePlainState(engine.state, rest);
  restorePlainState(engine.flows, flows);
  engine.flows.graph = (held as readonly (number | TaskGraph)[]).map((graph) =>
    typeof graph === "number" ? graphs[graph]! : graph,
  );
  restorePlainState(engine.point, point);
  engine.point.showAgain();
  engine.pending = pending as boolean;
}
