import { Names } from "../model/names.js";
import type { Scenario } from "../model/scenario.js";
import { templateGraphs } from "../model/task-graph.js";
import { type ReplayableTrace, traceFigures } from "../workload/trace/trace-cursor.js";

/** Critical paths that a decision's consequences are followed for. */
const PATHS = 5;
/** Where a decision pays at once for its own workflow, only how long it delays others is left. */
const OWN_PATHS = 1.5;

/**
 * A horizon for learning, from the scenario itself: decisions matter for a few critical paths of work, at the mean
 * speed of the pools, and no shorter than the deadlines that they may miss. Seconds.
 *
 * It is far below the relaxation time of a busy system on purpose: what one decision does to a queue is soon lost in what all others
 * do, and returns over longer tell less of it (docs/learning.md has the figures).
 * @param paid whether a decision pays for all that its own workflow costs (`adviseWorkflowCosts`), lateness included
 */
export function adviseHorizon(scenario: Scenario, trace?: ReplayableTrace, paid = false): number {
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
  if (paid) return (OWN_PATHS * longest) / speed;
  const deadlines = [...scenario.workflows, ...(scenario.trace === undefined ? [] : [scenario.trace])]
    .map(({ deadline }) => deadline)
    .filter((deadline) => deadline < Number.POSITIVE_INFINITY);
  return Math.max((PATHS * longest) / speed, ...deadlines.map((deadline) => 2 * deadline));
}

/** Horizons in an episode, and the least that it lasts, seconds: what follows from an empty start is soon forgotten then. */
const HORIZONS = 10;
const LEAST_SECONDS = 600;

/**
 * How long a training episode lasts: as it begins in an empty system, many times as long as decisions matter, but no longer
 * than the scenario. Seconds.
 */
export function adviseEpisode(scenario: Scenario, horizon: number): number {
  return Math.min(Math.max(LEAST_SECONDS, HORIZONS * horizon), scenario.horizon);
}
