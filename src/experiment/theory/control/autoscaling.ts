import { z } from "zod";
import { arrivalRate } from "../../../model/arrival-rate.js";
import type { Arrivals } from "../../../model/arrivals.js";
import type { Scaling } from "../../../model/scenario.js";
import type { Family } from "../families/index.js";
import { poisson, pool, task, type World, workflow } from "../nouns.js";
import { exponential, number, numbers, object, type Parameters } from "../parameters.js";
import { controlled, costs, type Rules } from "./controlled.js";
import { checkParameters, notNegative, positive, positives, problem, whole } from "./problem-parameters.js";
import { inPool, type OfPool, scaleTo } from "./rules.js";
import { memoryOf } from "./slow-server.js";

const SERVERS = {
  mu: positive,
  hold: notNegative,
  c: whole,
  gamma: positive,
  e_on: notNegative,
  e_su: notNegative,
  kappa: notNegative,
};
const STEADY = problem({ ...SERVERS, lambda: positive });
const MODULATED = problem({
  ...SERVERS,
  variant: z.literal("mmpp").optional(),
  mmpp: problem({ lambda: z.array(notNegative).min(2), switch: positives }, ["lambda", "switch"]),
});

/** Servers that are off, being set up or on (B6). */
export const autoscaling: Family = (id, p, extra) => {
  checkParameters(id, p, "mmpp" in p ? MODULATED : STEADY);
  const [mu, c, gamma] = [number(p, "mu"), number(p, "c"), number(p, "gamma")];
  const arrivals = arrivalsOf(p);
  const rate = arrivalRate(arrivals);
  const worldOf = (rest: Partial<Scaling> = {}): World => ({
    pools: [
      pool({
        name: "servers",
        servers: c,
        price: number(p, "e_on"),
        idlePrice: number(p, "e_on"),
        setupPrice: number(p, "e_su"),
        startPrice: number(p, "kappa"),
        scaling: { least: 0, most: c, every: 0, setup: exponential(gamma), ...rest },
      }),
    ],
    workflows: [workflow(arrivals, [task(exponential(mu))])],
    objective: costs([
      [number(p, "hold"), "flowTime"],
      [1, "cost"],
    ]),
    decide: ["scale"],
    sizes: "expected",
  });
  /** Servers go off by themselves, after a time that is drawn whenever one falls idle. */
  const delayedOff = (off: number) => ({
    policy: "on-off(release=0)",
    world: { pools: worldOf({ idleTimeout: exponential(off) }).pools },
  });
  const tuned = (name: string, rule: (parameter: number) => Rules[string]): Rules => {
    const key = Object.keys(extra).find((known) => known.startsWith(name));
    return key === undefined ? {} : { [name]: rule(number(extra, key)) };
  };
  const rules: Rules = {
    always_on_all: `fixed-size(n=${c})`,
    on_off_reactive: "on-off",
    on_off_staggered: "on-off(staggered=1)",
    keep_one_reactive: "on-off(least=1)",
    target_tracking_2_per_server: tracking(2),
    delayed_off_timer_mean_setup: delayedOff(gamma),
    ...tuned("best_fixed_always_on", (n) => `fixed-size(n=${n})`),
    ...tuned("best_target_tracking", tracking),
    ...tuned("best_exponential_delayed_off", delayedOff),
    ...tuned("best_N_policy_off_when_empty", (n) => `n-policy(n=${n})`),
    ...("mmpp" in p ? { square_root_staffing_per_phase: squareRoot(mu) } : {}),
    ...("best_per_phase_target" in extra
      ? { best_per_phase_target: byPhase(numbers(extra, "best_per_phase_target")) }
      : {}),
    ...tuned("best_floor_reactive", (least) => `on-off(least=${least})`),
  };
  return controlled({
    id,
    world: worldOf(),
    rate,
    memory: memoryOf(rate, [c * mu, Math.ceil(rate / mu + 0.1) * mu], Math.min(mu, gamma, ...switching(p))),
    rules,
  });
};

const switching = (p: Parameters): number[] => ("mmpp" in p ? numbers(object(p, "mmpp"), "switch") : []);

function arrivalsOf(p: Parameters): Arrivals {
  if (!("mmpp" in p)) return poisson(number(p, "lambda"));
  const mmpp = object(p, "mmpp");
  return { kind: "mmpp", rates: numbers(mmpp, "lambda"), leave: numbers(mmpp, "switch"), observed: true };
}

/** So many servers, on or being set up; those that are busy stay until they are not. */
const servers = (target: OfPool) =>
  scaleTo((view, pool) => Math.max(view.pools.running(pool), target(view, pool)));

/** A server for so many jobs, rounded up. */
const tracking = (jobs: number) => servers((view, pool) => Math.ceil(inPool(view, pool) / jobs));

/** For the load that the phase of the arrivals brings, and its square root. */
const squareRoot = (mu: number) =>
  servers((view) => {
    const load = view.observedArrivalRate / mu;
    return Math.ceil(load + Math.sqrt(load));
  });

const byPhase = (targets: readonly number[]) => servers((view) => targets[view.arrivalPhase(0)]!);
