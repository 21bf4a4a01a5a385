import type { Distribution } from "../../kit/distribution.js";
import { SCOPES } from "../../model/objective.js";
import { type Scenario, type TaskTemplate, UNBOUNDED_ATTEMPTS, UNLIMITED } from "../../model/scenario.js";

/**
 * Why a scenario is no Markov chain of counts, or none that can be explored: what makes it so, in words; null where it is
 * one. It is one where every time is exponential and every task of a kind is like any other.
 */
export function notExponential(scenario: Scenario): string | null {
  for (const reason of reasons(scenario)) if (reason !== false) return reason;
  return null;
}

type Reason = string | false;

const memoryless = (d: Distribution | undefined, what: string): Reason =>
  d !== undefined && d.kind !== "exponential" && `${what} is ${d.kind}, not exponential`;

function* reasons(scenario: Scenario): Generator<Reason> {
  const {
    pools,
    queues = [],
    workflows,
    objective,
    decide,
    sizes,
    trace,
    transfers,
    weather = [],
  } = scenario;
  yield sizes === "known" && "policies know the sizes of tasks (sizes: expected would not)";
  yield trace !== undefined && "a trace is replayed";
  yield transfers !== undefined && "outputs are transferred";
  yield objective.weights === null && "the objective is no weighted sum";
  for (const kind of decide) {
    const known = kind === "admit" || kind === "route" || kind === "dispatch" || kind === "scale";
    yield !known && `${kind} is decided`;
  }
  for (const { name, arrivals, deadline, timeout, tasks } of workflows) {
    const at = `workflow ${name}`;
    yield arrivals === undefined && `${at} is called by others`;
    yield arrivals !== undefined &&
      arrivals.kind !== "poisson" &&
      !(arrivals.kind === "mmpp" && arrivals.observed === true) &&
      `${at} arrives as ${arrivals.kind}, not as poisson or an mmpp that is observed`;
    yield deadline < Number.POSITIVE_INFINITY && `${at} has a deadline`;
    yield memoryless(timeout, `the timeout of ${at}`);
    yield tasks.length > 1 && `${at} has several tasks`;
    for (const task of tasks) yield* ofTask(task, scenario);
  }
  for (const { name, pools: served, duplicates, discipline } of queues) {
    const servers = served.reduce((sum, p) => sum + pools[p]!.servers, 0);
    yield duplicates === true && servers > 3 && `queue ${name} has second copies on more than three servers`;
    yield discipline !== "fifo" && `queue ${name} is ${discipline}`;
  }
  yield* ofPools(scenario);
  for (const { name, when, effect, observed } of weather) {
    const at = `weather ${name}`;
    yield observed === false && `${at} is not observed`;
    yield !(effect.kind === "failures" && effect.judged === "end") &&
      `${at} is other than failures judged at the end`;
    yield when.kind === "scheduled" && `${at} is scheduled`;
    yield when.kind === "random" && (memoryless(when.every, `calm of ${at}`) || memoryless(when.lasts, at));
  }
}

function* ofTask(task: TaskTemplate, { queues = [] }: Scenario): Generator<Reason> {
  const at = `task ${task.name}`;
  const { retry, timeout, hedge } = task;
  yield task.oneOf !== undefined && `${at} has alternatives`;
  yield (task.call !== undefined || task.forEach !== undefined || task.repeat !== undefined) &&
    `${at} has a body of its own`;
  yield task.compensate !== undefined && `${at} is compensated`;
  yield memoryless(task.work, `work of ${at}`);
  yield timeout < Number.POSITIVE_INFINITY && `${at} has a timeout`;
  yield retry.attempts > 1 &&
    retry.attempts < UNBOUNDED_ATTEMPTS &&
    `${at} has so many attempts, which count`;
  yield retry.attempts > 1 && retry.work === "same" && `${at} repeats the work of failed attempts`;
  yield retry.attempts > 1 &&
    retry.backoff.draw === undefined &&
    retry.backoff.first > 0 &&
    `${at} backs off for fixed times`;
  yield memoryless(retry.backoff.draw, `back-off of ${at}`);
  yield memoryless(task.scheduleToStart, `patience of ${at}`);
  yield hedge?.after !== undefined && `${at} is hedged after a time`;
  yield memoryless(hedge?.cleanUp, `clean-up of ${at}`);
  yield task.needs !== undefined && `${at} needs resources`;
  yield task.cache !== undefined && `${at} uses a cache`;
  yield memoryless(task.changeover, `changeover to ${at}`);
  const reconsidered = task.pools.every((p) =>
    queues.some((q) => q.pools.includes(p) && q.reconsider === true),
  );
  yield task.changeover !== undefined && !reconsidered && `${at} has a changeover that is no step of its own`;
}

function* ofPools({ pools, queues = [], workflows, objective }: Scenario): Generator<Reason> {
  for (const [p, pool] of pools.entries()) {
    const at = `pool ${pool.name}`;
    const central = queues.some((queue) => queue.pools.includes(p));
    yield !central &&
      pool.discipline !== "fifo" &&
      pool.discipline !== "lifo" &&
      `${at} serves by ${pool.discipline}`;
    yield pool.servers === UNLIMITED && `${at} has no bound`;
    yield pool.breakdown !== undefined && `${at} breaks down`;
    yield pool.resources !== undefined && `${at} packs`;
    yield pool.rateLimit !== undefined && `${at} has a rate limit`;
    yield (pool.loadFailure ?? 0) > 0 && `failures of ${at} grow with load`;
    yield (pool.drain ?? []).length > 0 && `${at} drains at times`;
    const { scaling, stragglers } = pool;
    if (scaling !== undefined) {
      yield scaling.every > 0 && `${at} is scaled every ${scaling.every} s`;
      yield scaling.setup === undefined && `servers of ${at} are there at once`;
      yield memoryless(scaling.setup, `set-up of ${at}`);
      yield scaling.teardown !== undefined && `servers of ${at} are paid after they go`;
      yield memoryless(scaling.idleTimeout, `idle timeout of ${at}`);
    }
    if (stragglers !== undefined) {
      yield !("onset" in stragglers) && `stragglers of ${at} are so from the start`;
      if ("onset" in stragglers) {
        yield memoryless(stragglers.onset, `onset of stragglers of ${at}`);
        yield stragglers.slowdown.kind !== "deterministic" && `slowdown of ${at} varies`;
      }
      yield queues.some((queue) => queue.pools.includes(p) && queue.reallocate === true) &&
        `stragglers of ${at} are stopped and go on`;
    }
    // Who waits in what order would be part of the state.
    const comers = workflows.flatMap(({ tasks }) => tasks.filter((task) => task.pools.includes(p)));
    const alike = new Set(
      comers.map((task) => JSON.stringify([task.work, speedAt(task, p), task.attemptFailure])),
    );
    const timesByKind = objective.figures.some(
      ({ metric, of }) => of !== undefined && SCOPES[metric] !== "pool" && TIMES.includes(metric),
    );
    yield !central &&
      comers.length > 1 &&
      (alike.size > 1 || timesByKind || workflows.some(({ timeout }) => timeout !== undefined)) &&
      `${at} has tasks of several kinds in one line`;
  }
}

const TIMES: readonly string[] = ["flowTime", "squaredFlowTime", "inSystem", "squaredInSystem"];

const speedAt = ({ pools, speeds }: TaskTemplate, pool: number): number => speeds?.[pools.indexOf(pool)] ?? 1;
