import { InputError } from "../kit/errors.js";
import { Names } from "../model/names.js";
import type { Scenario } from "../model/scenario.js";
import { type TaskGraph, templateGraphs } from "../model/task-graph.js";
import type { WorkloadSource } from "../workload/source.js";
import { templateSource } from "../workload/template-source.js";
import type { ReplayableTrace } from "../workload/trace/trace-cursor.js";
import { TraceSource } from "../workload/trace-source.js";

/** Everything that brings workflows in a scenario: its templates with arrivals, then its trace; and the templates' graphs. */
export function workloadSources(
  scenario: Scenario,
  seed: number,
  trace: ReplayableTrace | undefined,
  types: Names,
  antithetic = false,
): { readonly sources: readonly WorkloadSource[]; readonly graphs: readonly TaskGraph[] } {
  const sources: WorkloadSource[] = [];
  const graphs = templateGraphs(scenario, types, new Names());
  scenario.workflows.forEach((workflow, template) => {
    if (workflow.arrivals !== undefined) {
      sources.push(templateSource(scenario, template, graphs[template]!, seed, antithetic));
    }
  });
  if (scenario.trace !== undefined) {
    if (trace === undefined) {
      throw new InputError("NO_TRACE", {
        what: `scenario ${scenario.name} replays a trace, which was not given`,
        where: scenario.trace.path,
        mend: "load it with loadTrace, or scanTrace where it is large, and pass it as `trace`",
      });
    }
    sources.push(
      new TraceSource(trace, scenario.trace, scenario.sizes, types, seed, antithetic, scenario.pools),
    );
  }
  if (sources.length === 0) {
    throw new InputError("NO_ARRIVALS", {
      what: `nothing ever arrives in scenario ${scenario.name}`,
      where: "workflows",
      mend: "give a workflow `arrivals`, or the scenario a `trace`",
    });
  }
  return { sources, graphs };
}
