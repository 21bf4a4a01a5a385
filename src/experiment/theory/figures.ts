import { UNLIMITED } from "../../model/scenario.js";
import { type Book, book, books, type Figure, type Reading } from "./model.js";
import type { Station } from "./probe.js";

/** Figures that many families share. */

const submitted = ({ probe }: Reading): number => probe.all.sojourn.count + probe.failed.count;

const quantileOf = (digits: string): number => Number(`0.${digits}`);

/** `p50`, `p95`, `p999`: the digits behind the point. */
const QUANTILE = "p(\\d+)";

/** Times in system and waits, of all, of a source or of a pool. */
const times = (of: (reading: Reading) => Station): Book =>
  book(
    {
      mean_sojourn: (r) => of(r).sojourn.mean,
      var_sojourn: (r) => of(r).sojourn.variance,
      mean_wait: (r) => of(r).wait.mean,
      var_wait: (r) => of(r).wait.variance,
      p_wait: (r) => of(r).wait.positive / of(r).wait.count,
    },
    [
      [new RegExp(`^sojourn_${QUANTILE}$`), (q) => (r) => of(r).sojourn.quantile(quantileOf(q!))],
      [new RegExp(`^wait_${QUANTILE}$`), (q) => (r) => of(r).wait.quantile(quantileOf(q!))],
    ],
  );

/** The number in the system. */
const NUMBER: Book = book(
  {
    mean_number: (r) => r.outcome.meanInSystem,
    var_number: (r) => r.probe.number.variance,
    p_empty: (r) => 1 - r.probe.number.atLeast(1),
  },
  [[/^p_number_ge_(\d+)$/, (k) => (r) => r.probe.number.atLeast(Number(k))]],
);

export const queue: Figure = ({ outcome }) =>
  outcome.pools.reduce((sum, { meanWaiting }) => sum + meanWaiting, 0);

/** Of a system of one station or several, whole: what can be said of it from outside. */
export const SYSTEM: Book = books(
  times(({ probe }) => probe.all),
  NUMBER,
  book({
    utilisation: ({ outcome }) =>
      outcome.pools.reduce((sum, p) => sum + p.utilisation, 0) / outcome.pools.length,
    mean_queue: queue,
    throughput: ({ outcome, probe }) => probe.all.sojourn.count / outcome.measured,
    p_loss: (r) => r.probe.failed.count / submitted(r),
    mean_slowdown: ({ probe }) => probe.slowdown.mean,
    service_scv: ({ probe }) => probe.service.variance / probe.service.mean ** 2,
    offered_load: (r) => (submitted(r) / r.outcome.measured) * r.probe.service.mean,
  }),
);

/** `class1_mean_wait` and the like: classes are sources, counted from 1. */
export const classes = (count: number): Book =>
  book({}, [
    [
      /^class(\d+)_(.+)$/,
      (c, rest) => {
        const source = Number(c) - 1;
        if (!(source >= 0 && source < count)) return undefined;
        const of = ({ probe }: Reading) => probe.bySource[source]!;
        // By Little's law: the time spent here by those who leave, per second.
        if (rest === "mean_number") return (r) => of(r).sojourn.sum / r.outcome.measured;
        if (rest === "throughput") return (r) => of(r).sojourn.count / r.outcome.measured;
        return times(of)(rest!);
      },
    ],
  ]);

/** `node1_utilisation` and the like: nodes are pools, counted from 1, and `servers` says how many each has. */
export const nodes = (word: string, servers: readonly number[]): Book =>
  book({}, [
    [
      new RegExp(`^${word}(\\d+)_(.+)$`),
      (n, rest) => {
        const node = Number(n) - 1;
        if (!(node >= 0 && node < servers.length)) return undefined;
        const pool = ({ outcome }: Reading) => outcome.pools[node]!;
        const of = ({ probe }: Reading) => probe.byPool[node]!;
        return book({
          arrival_rate: (r) => of(r).visit.count / r.outcome.measured,
          throughput: (r) => of(r).visit.count / r.outcome.measured,
          utilisation: (r) => pool(r).utilisation,
          // Servers without end have no utilisation; there, by Little's law.
          mean_number: (r) =>
            servers[node] === UNLIMITED
              ? of(r).visit.sum / r.outcome.measured
              : pool(r).meanWaiting + pool(r).utilisation * servers[node]!,
          mean_sojourn: (r) => of(r).visit.mean,
          mean_sojourn_per_visit: (r) => of(r).visit.mean,
          mean_wait: (r) => of(r).wait.mean,
          mean_wait_per_visit: (r) => of(r).wait.mean,
          p_wait: (r) => of(r).wait.positive / of(r).wait.count,
          p_idle: (r) => 1 - r.probe.occupancy[node]!.atLeast(1),
        })(rest!);
      },
    ],
  ]);

/** Workflows that may fail, each tried several times. */
export const TRIES: Book = book({
  p_success: (r) => r.probe.all.sojourn.count / submitted(r),
  p_final_failure: (r) => r.probe.failed.count / submitted(r),
  mean_attempts: (r) => r.probe.attempts / submitted(r),
  mean_total_time: (r) => totalTime(r),
  mean_total_time_given_success: ({ probe }) => probe.all.sojourn.mean,
  mean_time_given_success: ({ probe }) => probe.all.sojourn.mean,
  mean_total_time_given_failure: ({ probe }) => probe.failed.mean,
});

/** Mean time in system of all, whatever became of them. */
export const totalTime: Figure = (r) => (r.probe.all.sojourn.sum + sumOf(r.probe.failed)) / submitted(r);

/** Per workflow that has left. */
export const perWorkflow =
  (of: Figure): Figure =>
  (r) =>
    of(r) / submitted(r);

/** The sum of a tally, which is 0 where there is nothing in it. */
export const sumOf = ({ count, sum }: { readonly count: number; readonly sum: number }): number =>
  count === 0 ? 0 : sum;
