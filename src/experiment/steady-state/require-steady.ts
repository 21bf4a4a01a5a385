import { InputError } from "../../kit/errors.js";
import type { Arrivals } from "../../model/arrivals.js";
import { instability } from "../../model/index.js";
import type { Scenario } from "../../model/scenario.js";

/**
 * Refuses a scenario that has no steady state to estimate.
 * @throws {InputError} UNSTABLE or NOT_STATIONARY with the reason
 */
export function requireSteady(scenario: Scenario): void {
  const { trace, horizon } = scenario;
  if (trace !== undefined || horizon === Number.POSITIVE_INFINITY) {
    throw new InputError("NOT_STATIONARY", {
      what: `scenario ${scenario.name} replays a trace, which ends: it has no steady state`,
      where: "trace",
      mend: "compare policies on it with switchyard bench, or give the workflows arrivals",
    });
  }
  const schedule = onSchedule(scenario);
  if (schedule !== undefined) {
    throw new InputError("NOT_STATIONARY", {
      what: `scenario ${scenario.name} has no steady state: ${schedule.what}`,
      where: schedule.where,
      mend: "measure the whole of it with switchyard bench, or study a stretch of it at steady conditions",
    });
  }
  const [reason] = instability(scenario);
  if (reason === undefined) return;
  throw new InputError("UNSTABLE", {
    what: `scenario ${scenario.name} has no steady state: ${reason.what}`,
    ...(reason.where === undefined ? {} : { where: reason.where }),
    mend: "queues grow as long as it runs; add servers or slow the arrivals",
  });
}

/** What changes at given times of the run, if anything does: what it leads to has no one mean. */
function onSchedule({
  workflows,
  pools,
  weather = [],
}: Scenario): { what: string; where: string } | undefined {
  for (const { name, arrivals } of workflows) {
    if (arrivals === undefined || !changing(arrivals)) continue;
    return { what: `the arrivals of ${name} change with time`, where: `workflows.${name}.arrivals` };
  }
  for (const { name, drain } of pools) {
    if (drain !== undefined)
      return { what: `${name} is drained at given times`, where: `pools.${name}.drain` };
  }
  for (const { name, when } of weather) {
    if (when.kind === "scheduled")
      return { what: `${name} strikes at given times`, where: `weather.${name}` };
  }
  return undefined;
}

function changing(arrivals: Arrivals): boolean {
  switch (arrivals.kind) {
    case "diurnal":
    case "piecewise":
    case "flashCrowd":
      return true;
    case "batch":
      return "of" in arrivals && changing(arrivals.of);
    case "poisson":
    case "renewal":
    case "mmpp":
    case "onOff":
    case "hawkes":
    case "closed":
      return false;
  }
}
