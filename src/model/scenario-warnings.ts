import type { Complaint } from "../kit/errors.js";
import { formatDuration, formatPercent } from "../kit/format-number.js";
import { moments } from "../kit/moments.js";
import { arrivalRate } from "./arrival-rate.js";
import type { Scenario, TaskTemplate } from "./scenario.js";

/** What runs, but hardly as meant: more work than the pools can do, deadlines that mean work alone exceeds. */
export function scenarioWarnings(scenario: Scenario): Complaint[] {
  return [...overloads(scenario), ...hopelessDeadlines(scenario)];
}

/**
 * Work per second that only a set of pools may do, against what that set can. Each set that some task is restricted to is
 * looked at (a necessary condition by Hall's theorem, over these sets), with retries as at the pools that fail least.
 */
function overloads({ workflows, pools }: Scenario): Complaint[] {
  const offered: { readonly pools: readonly number[]; readonly load: number }[] = [];
  for (const { arrivals, tasks } of workflows) {
    // Users who wait for what they asked cannot ask for more than is done.
    if (arrivals === undefined || arrivals.kind === "closed") continue;
    const rate = arrivalRate(arrivals);
    for (const task of tasks) {
      const failure = Math.min(...task.pools.map((p) => attemptFailure(task, pools[p]!.attemptFailure)));
      const tries = expectedAttempts(failure, task.retry.attempts);
      offered.push({ pools: task.pools, load: rate * tries * moments(task.work).mean });
    }
  }
  const sets = new Map(offered.map((entry) => [[...entry.pools].sort((a, b) => a - b).join(), entry.pools]));
  const found: Complaint[] = [];
  for (const set of sets.values()) {
    const load = offered
      .filter((entry) => entry.pools.every((p) => set.includes(p)))
      .reduce((sum, entry) => sum + entry.load, 0);
    const capacity = set.reduce((sum, p) => sum + pools[p]!.servers * pools[p]!.speed, 0);
    if (load >= capacity) {
      const names = set.map((p) => pools[p]!.name).join(", ");
      found.push({
        what: `more work arrives for ${names} than they can do: ${formatPercent(load / capacity)} % of their capacity`,
        where: "workflows",
        mend: "queues will grow as long as it runs; add servers or slow the arrivals",
      });
    }
  }
  return found;
}

const attemptFailure = (task: TaskTemplate, pool: number): number =>
  1 - (1 - task.attemptFailure) * (1 - pool);

/** 1 + p + ... + p^(attempts - 1) */
function expectedAttempts(p: number, attempts: number): number {
  return p === 1 ? attempts : (1 - p ** attempts) / (1 - p);
}

function hopelessDeadlines({ workflows, pools }: Scenario): Complaint[] {
  return workflows.flatMap(({ name, deadline, tasks }) => {
    const ends: number[] = [];
    for (const { after, work, pools: allowed } of tasks) {
      const fastest = Math.max(...allowed.map((p) => pools[p]!.speed));
      ends.push(Math.max(0, ...after.map((parent) => ends[parent]!)) + moments(work).mean / fastest);
    }
    const path = Math.max(0, ...ends);
    return path <= deadline
      ? []
      : [
          {
            what: `the deadline of ${formatDuration(deadline)} is shorter than the mean work on the critical path, ${formatDuration(path)}`,
            where: `workflows.${name}.deadline`,
            mend: "most instances will miss it",
          },
        ];
  });
}
