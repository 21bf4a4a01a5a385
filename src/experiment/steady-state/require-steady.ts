import { InputError } from "../../kit/errors.js";
import { overloads } from "../../model/index.js";
import type { Scenario } from "../../model/scenario.js";

/** Arrivals whose law changes with the time of the run: what they lead to has no one mean. */
const CHANGING: readonly string[] = ["diurnal"];

/**
 * Refuses a scenario that has no steady state to estimate.
 * @throws {InputError} UNSTABLE or NOT_STATIONARY with the reason
 */
export function requireSteady(scenario: Scenario): void {
  const { workflows, trace, horizon } = scenario;
  if (trace !== undefined || horizon === Number.POSITIVE_INFINITY) {
    throw new InputError("NOT_STATIONARY", {
      what: `scenario ${scenario.name} replays a trace, which ends: it has no steady state`,
      where: "trace",
      mend: "compare policies on it with switchyard bench, or give the workflows arrivals",
    });
  }
  for (const { name, arrivals } of workflows) {
    if (arrivals === undefined || !CHANGING.includes(arrivals.kind)) continue;
    throw new InputError("NOT_STATIONARY", {
      what: `the arrivals of ${name} change with time (${arrivals.kind}), so the scenario has no steady state`,
      where: `workflows.${name}.arrivals`,
      mend: "measure whole periods with switchyard bench, or study one hour of it at a steady rate",
    });
  }
  // Queues that are bounded, or that tasks leave, hold under any load.
  if (bounded(scenario)) return;
  const [overload] = overloads(scenario);
  if (overload === undefined) return;
  throw new InputError("UNSTABLE", {
    what: `scenario ${scenario.name} has no steady state: ${overload.what}`,
    ...(overload.where === undefined ? {} : { where: overload.where }),
    mend: "queues grow as long as it runs; add servers or slow the arrivals",
  });
}

function bounded({ pools, workflows }: Scenario): boolean {
  return (
    pools.some(({ capacity }) => capacity < Number.POSITIVE_INFINITY) ||
    workflows.some(({ tasks }) =>
      tasks.some(
        ({ scheduleToStart, timeout }) => scheduleToStart !== undefined || timeout < Number.POSITIVE_INFINITY,
      ),
    )
  );
}
