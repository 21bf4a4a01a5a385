import { type Retry, type TaskTemplate, UNBOUNDED_ATTEMPTS, UNLIMITED } from "../../../model/scenario.js";
import { perWorkflow, SYSTEM, sumOf, TRIES, totalTime } from "../figures.js";
import { book, books, type Experiment, type Reading } from "../model.js";
import { ONCE, poisson, pool, relaxation, scenarioOf, single, task, type World, workflow } from "../nouns.js";
import { exponential, law, number, numbers, type Parameters } from "../parameters.js";
import type { Family } from "./index.js";

/** A station without places to wait: who is blocked comes again after a while. */
const retrial: Family = (id, p) => {
  const [lambda, mu, c, theta] = [number(p, "lambda"), number(p, "mu"), number(p, "c"), number(p, "theta")];
  const retry: Retry = {
    attempts: UNBOUNDED_ATTEMPTS,
    backoff: { ...ONCE.backoff, draw: exponential(theta) },
    work: "same",
  };
  const world = single(poisson(lambda), exponential(mu), { servers: c, capacity: c }, { retry });
  const memory = 3 * relaxation(lambda / (c * mu), exponential(mu), c) * (1 + mu / theta);
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, world, memory),
        policy: "jsq",
        watch: { number: true },
        figures: books(
          book({
            p_blocked_first_attempt: ({ probe }) => 1 - probe.firstAttempts / probe.all.sojourn.count,
            mean_orbit: ({ outcome }) => outcome.meanInSystem - c * outcome.pools[0]!.utilisation,
            mean_wait: ({ probe }) => probe.all.sojourn.mean - probe.service.mean,
            mean_retries_per_job: ({ probe }) => probe.backoff.count / probe.all.sojourn.count,
          }),
          SYSTEM,
        ),
        rate: lambda,
        memory,
      },
    ],
  };
};

/** Attempts that fail, and come back to the queue's end after a pause. */
const feedback: Family = (id, p) => {
  const [lambda, mu, c, fails] = [number(p, "lambda"), number(p, "mu"), number(p, "c"), number(p, "p_fail")];
  const most = number(p, "max_attempts");
  const pauses = numbers(p, "backoff_means");
  const attempts = (most === 0 ? 1 : 1 - fails ** most) / (1 - fails);
  const load = (lambda * attempts) / (c * mu);
  const memory = relaxation(load, exponential(mu), c) * 2 + 20 * Math.max(0, ...pauses);
  const world: World = {
    pools: [pool({ servers: c }), pool({ name: "pause", servers: UNLIMITED })],
    workflows: [
      workflow(
        poisson(lambda),
        attemptsInTurn(pauses, most, { work: exponential(mu), attemptFailure: fails }),
      ),
    ],
  };
  const station = ({ probe }: Reading) => probe.byPool[0]!;
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, world, memory),
        policy: "jsq",
        watch: { number: true },
        figures: books(
          book({
            utilisation: ({ outcome }) => outcome.pools[0]!.utilisation,
            p_wait: (r) => station(r).wait.positive / station(r).wait.count,
            mean_attempts: perWorkflow((r) => station(r).visit.count),
            mean_wait_per_attempt: (r) => station(r).wait.mean,
            mean_sojourn_per_attempt: (r) => station(r).visit.mean,
            mean_number_at_station: ({ outcome }) =>
              outcome.pools[0]!.meanWaiting + c * outcome.pools[0]!.utilisation,
            mean_backoff_total: perWorkflow(({ probe }) => sumOf(probe.byPool[1]!.visit)),
            // Over all jobs, whatever became of them.
            mean_sojourn: totalTime,
            throughput_success: ({ outcome, probe }) => probe.all.sojourn.count / outcome.measured,
          }),
          TRIES,
          SYSTEM,
        ),
        rate: lambda,
        memory,
      },
    ],
  };
};

/**
 * One task an attempt, each after the failure of the one before and a pause of its own mean; where there is no pause left,
 * the last one is retried by itself, at once.
 */
function attemptsInTurn(
  pauses: readonly number[],
  most: number,
  { work, attemptFailure }: Pick<TaskTemplate, "work" | "attemptFailure">,
): TaskTemplate[] {
  const tasks: TaskTemplate[] = [];
  // Pauses of no length at the end are as good as none.
  const lasting = pauses.slice(0, most === 0 ? undefined : most - 1).findLastIndex((mean) => mean > 0) + 1;
  for (let attempt = 0; attempt <= lasting; attempt++) {
    const last = attempt === lasting;
    const left = most === 0 ? UNBOUNDED_ATTEMPTS : most - attempt;
    const parent = tasks.length - 1;
    tasks.push(
      task(work, {
        name: `attempt${attempt + 1}`,
        attemptFailure,
        ...(attempt === 0 ? {} : { after: [parent], ...(pauses[attempt - 1]! > 0 ? {} : AFTER_FAILURE) }),
        retry: { ...ONCE, attempts: last ? left : 1 },
      }),
    );
    const mean = pauses[attempt] ?? 0;
    if (!last && mean > 0) {
      const name = `pause${attempt + 1}`;
      tasks.push(
        task(
          { kind: "exponential", mean },
          { name, pools: [1], after: [tasks.length - 1], ...AFTER_FAILURE },
        ),
      );
    }
  }
  return tasks;
}

const AFTER_FAILURE = { conditions: ["failure"] } as const;

/** Attempts on servers without end: nobody waits, and each job is independent of the others. */
const tried =
  (make: (p: Parameters) => ReturnType<typeof single>): Family =>
  (id, p) => ({
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, make(p), 100),
        policy: "jsq",
        watch: {},
        figures: books(
          book({
            p_timeout_per_attempt: ({ outcome, probe }) =>
              (outcome.metrics.attemptFailures * outcome.workflows.submitted) / probe.attempts,
          }),
          TRIES,
          SYSTEM,
        ),
        rate: 1,
        memory: 100,
      },
    ],
  });

/** A second copy of who is late; and, for comparison, none. */
const hedged: Family = (id, p) => {
  const service = law(p, "service");
  const hedge = { after: { kind: "deterministic", value: number(p, "delay") } } as const;
  const experiment = (name: string, task: Partial<TaskTemplate>, word: string): Experiment => ({
    name,
    scenario: scenarioOf(
      name === "" ? id : `${id}.${name}`,
      single(poisson(1), service, { servers: UNLIMITED }, task),
      100,
    ),
    policy: "jsq",
    watch: {},
    figures: (figure) => {
      if (figure === `mean_${word}`) return SYSTEM("mean_sojourn");
      const quantile = figure.startsWith(`${word}_p`) ? figure.slice(word.length) : undefined;
      if (quantile !== undefined) return SYSTEM(`sojourn${quantile}`);
      return name === "" ? HEDGED(figure) : undefined;
    },
    rate: 1,
    memory: 100,
  });
  return {
    experiments: [
      experiment("", { hedge }, "latency"),
      experiment("without-hedge", {}, "latency_without_hedge"),
    ],
  };
};

/** Copies that were cancelled have been busy too. */
const HEDGED = book({
  p_hedge: (r) => perWorkflow(({ probe }) => probe.service.count)(r) - 1,
  mean_busy_time: perWorkflow(({ probe }) => probe.service.sum),
});

export const ATTEMPTS: Readonly<Record<string, Family>> = {
  retrial,
  hedge_noqueue: hedged,
  retry_feedback: feedback,
  retry_noqueue: tried((p) =>
    single(
      poisson(1),
      { kind: "exponential", mean: number(p, "mean_attempt") },
      { servers: UNLIMITED },
      {
        attemptFailure: number(p, "p_fail"),
        retry: {
          ...ONCE,
          attempts: number(p, "max_attempts"),
          backoff: {
            ...ONCE.backoff,
            first: number(p, "backoff_initial"),
            factor: number(p, "backoff_factor"),
          },
        },
      },
    ),
  ),
  timeout_retry: tried((p) =>
    single(
      poisson(1),
      law(p, "service"),
      { servers: UNLIMITED },
      { timeout: number(p, "timeout"), retry: { ...ONCE, attempts: number(p, "max_attempts") } },
    ),
  ),
};
