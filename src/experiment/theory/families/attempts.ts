import { InputError } from "../../../kit/errors.js";
import { type Retry, UNBOUNDED_ATTEMPTS, UNLIMITED } from "../../../model/scenario.js";
import { perWorkflow, SYSTEM, sumOf, TRIES, totalTime } from "../figures.js";
import { book, books } from "../model.js";
import { ONCE, poisson, relaxation, scenarioOf, single } from "../nouns.js";
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
  const retry = retries(p);
  const world = single(poisson(lambda), exponential(mu), { servers: c }, { retry, attemptFailure: fails });
  const pause = Math.max(0, ...numbers(p, "backoff_means"));
  const attempts =
    retry.attempts === UNBOUNDED_ATTEMPTS ? 1 / (1 - fails) : (1 - fails ** retry.attempts) / (1 - fails);
  const memory = relaxation((lambda * attempts) / (c * mu), exponential(mu), c) * 2 + 20 * pause;
  return {
    experiments: [
      {
        name: "",
        scenario: scenarioOf(id, world, memory),
        policy: "jsq",
        watch: { number: true },
        figures: books(
          book({
            mean_wait_per_attempt: ({ probe }) => probe.all.wait.mean,
            mean_sojourn_per_attempt: ({ probe }) => probe.all.visit.mean,
            mean_number_at_station: ({ outcome }) =>
              outcome.pools[0]!.meanWaiting + c * outcome.pools[0]!.utilisation,
            mean_backoff_total: perWorkflow(({ probe }) => sumOf(probe.backoff)),
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

function retries(p: Parameters): Retry {
  const means = numbers(p, "backoff_means");
  const most = number(p, "max_attempts");
  const [first = 0, second] = means;
  const factor = first > 0 && second !== undefined ? second / first : 1;
  const needed = most === 0 ? means.length : most - 1;
  const geometric = means.slice(0, needed).every((mean, i) => Math.abs(mean - first * factor ** i) < 1e-9);
  if (!geometric || (first > 0 && means.length < needed)) {
    throw new InputError("BAD_CASES", {
      what: `the back-offs ${means.join(", ")} do not grow by one factor over all retries`,
    });
  }
  return {
    ...ONCE,
    attempts: most === 0 ? UNBOUNDED_ATTEMPTS : most,
    backoff: { ...ONCE.backoff, first, factor },
  };
}

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

export const ATTEMPTS: Readonly<Record<string, Family>> = {
  retrial,
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
