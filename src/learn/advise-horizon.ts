import { Names } from "../model/names.js";
import type { Scenario } from "../model/scenario.js";
import { templateGraphs } from "../model/task-graph.js";
import { type ReplayableTrace, traceFigures } from "../workload/trace/trace-cursor.js";

/** Critical paths that a decision's consequences are followed for. */
const PATHS = 5;

/**
 * A horizon for learning, from the scenario itself: decisions matter for a few critical paths of work, at the mean
 * speed of the pools, and no shorter than the deadlines that they may miss. Seconds.
 */
export function adviseHorizon(scenario: Scenario, trace?: ReplayableTrace): number {
  const speed = scenario.pools.reduce((sum, pool) => sum + pool.speed, 0) / scenario.pools.length;
  let longest = 0;
  const graphs = templateGraphs(scenario, new Names(), new Names());
  scenario.workflows.forEach((workflow, template) => {
    if (workflow.arrivals === undefined) return;
    longest = Math.max(longest, ...graphs[template]!.upwardRank);
  });
  if (trace !== undefined && scenario.trace !== undefined) {
    const { workflows, totalWork } = traceFigures(trace);
    if (workflows > 0) longest = Math.max(longest, (scenario.trace.workScale * totalWork) / workflows);
  }
  const deadlines = scenario.workflows
    .map((workflow) => workflow.deadline)
    .filter((deadline) => deadline < Number.POSITIVE_INFINITY);
  return Math.max((PATHS * longest) / speed, ...deadlines.map((deadline) => 2 * deadline));
}
