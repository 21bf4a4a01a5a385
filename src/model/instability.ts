import type { Complaint } from "../kit/errors.js";
import { formatPercent } from "../kit/format-number.js";
import { moments } from "../kit/moments.js";
import { arrivalRate } from "./arrival-rate.js";
import { Places } from "./places.js";
import { type Pool, RESOURCE_NAMES, type Scenario, type TaskSpec, UNLIMITED } from "./scenario.js";
import { meanAttempts, type TaskOdds, taskOdds } from "./task-odds.js";

/** Sets of pools that are looked at; each costs a walk over all tasks. */
const MOST_SETS = 200;

/**
 * Why queues would grow without end, whatever the policy does: more work comes for a set of pools than they can do. Empty
 * where nothing is known against a steady state.
 *
 * Looked at are the sets that some task is restricted to, and all of these together (a necessary condition by Hall's
 * theorem, over these sets). Everything is taken at its best: failures and stragglers as where there are fewest, work at
 * the pool that does it fastest, alternatives as the policy likes, scaled pools at their largest. What cannot grow is left
 * out: tasks that lose patience, workflows that time out, pools and queues with a bounded room, users who wait; all of it
 * where the policy may deny admission.
 */
export function instability(scenario: Scenario): Complaint[] {
  if (scenario.decide.includes("admit")) return [];
  const streams = scenario.workflows.flatMap(({ arrivals, timeout }, workflow) => {
    // Users who wait for what they asked cannot ask for more than is done.
    const closed = arrivals?.kind === "closed";
    return arrivals === undefined || closed || timeout !== undefined
      ? []
      : [{ workflow, rate: arrivalRate(arrivals) }];
  });
  if (streams.length === 0) return [];
  const places = new Places(scenario.pools);
  const demand = new Demand(scenario, places);
  return restrictedSets(scenario).flatMap((set) =>
    limits(scenario, places, set).flatMap(({ takes, most, words }) => {
      const asked = demand.within(set, takes);
      const load = streams.reduce((sum, { workflow, rate }) => sum + rate * asked(workflow), 0);
      if (load < most) return [];
      const names = set.map((p) => scenario.pools[p]!.name);
      const shown = names.length > 10 ? [...names.slice(0, 10), "..."] : names;
      return [
        {
          what: `${words(shown.join(", "))}: ${formatPercent(load / most)} % of their capacity`,
          where: "workflows",
          mend: "queues will grow as long as it runs; add servers or slow the arrivals",
        },
      ];
    }),
  );
}

/** The distinct sets of pools that tasks are restricted to, and their union, as sorted lists. */
function restrictedSets({ workflows }: Scenario): readonly (readonly number[])[] {
  const sets = new Map<string, readonly number[]>();
  // Tasks that name the same pools share one list, so most are seen by their identity.
  const seen = new Set<readonly number[]>();
  const add = (pools: readonly number[]) => {
    if (seen.has(pools) || sets.size >= MOST_SETS) return;
    seen.add(pools);
    const sorted = [...pools].sort((a, b) => a - b);
    sets.set(sorted.join(), sorted);
  };
  for (const { tasks } of workflows)
    for (const { call, oneOf, pools } of tasks) {
      if (oneOf !== undefined) for (const one of oneOf) add(one.pools);
      else if (call === undefined) add(pools);
    }
  add([...new Set([...sets.values()].flat())]);
  return [...sets.values()];
}

/** Something that a set of pools has only so much of, per second. */
interface Limit {
  /** How much of it a run of the task takes, once. */
  readonly takes: (spec: TaskSpec) => number;
  readonly most: number;
  readonly words: (names: string) => string;
}

function limits(scenario: Scenario, places: Places, set: readonly number[]): Limit[] {
  const { queues = [] } = scenario;
  const pools = set.map((p) => scenario.pools[p]!);
  const bounded = (pool: Pool, p: number) =>
    pool.capacity < Number.POSITIVE_INFINITY ||
    queues.some((queue) => queue.capacity !== undefined && queue.pools.includes(p));
  // Where there is a bounded room, what is too much is turned away.
  if (pools.some((pool, i) => bounded(pool, set[i]!))) return [];
  const seconds = (spec: TaskSpec) => attempts(spec, places) * meanSeconds(spec, places);
  const sum = (of: (pool: Pool) => number) =>
    pools.reduce((total, pool, i) => total + of(pool) * servers(pool) * availability(scenario, set[i]!), 0);
  const found: Limit[] = [];
  if (pools.every((pool) => pool.servers !== UNLIMITED && pool.resources === undefined)) {
    found.push({
      takes: seconds,
      most: sum(({ speed }) => speed),
      words: (names) => `more work arrives for ${names} than they can do`,
    });
  }
  for (const kind of RESOURCE_NAMES) {
    if (!pools.every(({ resources }) => resources?.[kind] !== undefined)) continue;
    found.push({
      takes: (spec) => (spec.needs?.[kind] ?? 0) * seconds(spec),
      most: sum(({ speed, resources }) => speed * resources![kind]!),
      words: (names) => `more work arrives for ${names} than they have ${kind} for`,
    });
  }
  if (pools.every(({ rateLimit }) => rateLimit?.onLimit === "wait")) {
    found.push({
      takes: (spec) => attempts(spec, places),
      most: pools.reduce((total, { rateLimit }) => total + rateLimit!.rate, 0),
      words: (names) => `more attempts are to start in ${names} than the rate limit lets through`,
    });
  }
  return found;
}

const servers = (pool: Pool): number => pool.scaling?.most ?? pool.servers;

/** Share of its speed that a pool has in the long run, between breakdowns and random weather. */
function availability({ pools, weather = [] }: Scenario, p: number): number {
  const { breakdown } = pools[p]!;
  let share = 1;
  if (breakdown !== undefined) {
    const [up, down] = [moments(breakdown.every).mean, moments(breakdown.lasts).mean];
    share *= up / (up + down);
  }
  for (const { pools: struck, when, effect } of weather) {
    if (when.kind !== "random" || !struck.includes(p)) continue;
    const speed = effect.kind === "outage" ? 0 : effect.kind === "brownout" ? effect.speed : 1;
    const [calm, lasts] = [moments(when.every).mean, moments(when.lasts).mean];
    share *= (calm + lasts * speed) / (calm + lasts);
  }
  return share;
}

const attempts = (spec: TaskSpec, places: Places): number =>
  meanAttempts(places.leastFailure(spec), spec.retry.attempts);

/** Mean seconds of an attempt at a server of speed 1: as where it goes fastest, and with all that a cache may spare. */
const meanSeconds = (spec: TaskSpec, places: Places): number =>
  places.leastSlowdown(spec) * moments(spec.work).mean * (1 - (spec.cache?.saving ?? 0));

/** What an instance of each workflow asks of a set of pools. */
class Demand {
  private readonly odds = new Map<number, TaskOdds>();

  constructor(
    private readonly scenario: Scenario,
    private readonly places: Places,
  ) {}

  /** What a workflow takes that only the pools of the set can give, as a function of its index. */
  within(set: readonly number[], takes: (spec: TaskSpec) => number): (workflow: number) => number {
    const { workflows, decide } = this.scenario;
    const members = new Set(set);
    const inside = new Map<readonly number[], boolean>();
    const known = new Map<number, number>();
    const ofSpec = (spec: TaskSpec): number => {
      if (spec.scheduleToStart !== undefined) return 0;
      let all = inside.get(spec.pools);
      if (all === undefined) {
        all = spec.pools.every((p) => members.has(p));
        inside.set(spec.pools, all);
      }
      return all ? takes(spec) : 0;
    };
    const ofBody = (body: TaskSpec & { readonly call?: number }): number =>
      body.call === undefined ? ofSpec(body) : ofWorkflow(body.call);
    const ofWorkflow = (w: number): number => {
      const before = known.get(w);
      if (before !== undefined) return before;
      const { tasks, timeout } = workflows[w]!;
      let total = 0;
      if (timeout === undefined) {
        const { runs, times } = this.oddsOf(w);
        tasks.forEach((task, t) => {
          const { oneOf } = task;
          // Whoever decides may always take the alternative that asks least; by default the first is taken.
          const body =
            oneOf === undefined
              ? ofBody(task)
              : decide.includes("branch")
                ? Math.min(...oneOf.map(ofBody))
                : ofBody(oneOf[0]!);
          total += runs[t]! * times[t]! * body;
        });
      }
      known.set(w, total);
      return total;
    };
    return ofWorkflow;
  }

  private oddsOf(w: number): TaskOdds {
    let odds = this.odds.get(w);
    if (odds === undefined) {
      odds = taskOdds(this.scenario.workflows[w]!.tasks, this.places);
      this.odds.set(w, odds);
    }
    return odds;
  }
}
