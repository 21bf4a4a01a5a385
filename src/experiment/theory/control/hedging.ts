import { z } from "zod";
import type { Pool } from "../../../model/scenario.js";
import type { Family } from "../families/index.js";
import type { TheoryModel } from "../model.js";
import { poisson, pool, task, type World, workflow } from "../nouns.js";
import { exponential, number, numbers, type Parameters, word } from "../parameters.js";
import { controlled, costs, type Rules } from "./controlled.js";
import { checkParameters, notNegative, positive, problem } from "./problem-parameters.js";
import { memoryOf, serverName, thresholds } from "./slow-server.js";

const EXP_1 = { kind: "exponential", mean: 1 } as const;

/** Two servers, which may be given copies of one job (B9). */
export const hedging: Family = (id, p, extra) =>
  word(p, "variant", { exp: exponentialServers, phase: stragglingServers })(id, p, extra);

const COSTS = { lambda: positive, d: notNegative, e: notNegative };
const EXPONENTIAL = problem({
  ...COSTS,
  variant: z.literal("exp"),
  mu: z.tuple([positive, positive]),
  delta: positive.nullish(),
});
const STRAGGLING = problem({
  ...COSTS,
  variant: z.literal("phase"),
  mu_n: positive,
  mu_x: positive,
  sigma: positive,
});

function worldOf(p: Parameters, pools: readonly Partial<Pool>[], cleanUp?: number): World {
  return {
    pools: pools.map((each, i) => pool({ name: serverName(i), ...each })),
    queues: [{ name: "line", pools: [0, 1], discipline: "fifo", idling: true, duplicates: true }],
    workflows: [
      workflow(poisson(number(p, "lambda")), [
        task(EXP_1, {
          pools: [0, 1],
          ...(cleanUp === undefined ? {} : { hedge: { cleanUp: exponential(cleanUp) } }),
        }),
      ]),
    ],
    objective: costs([
      [1, "flowTime"],
      [number(p, "e"), "busyTime"],
      [number(p, "d"), "duplicates"],
    ]),
    decide: ["dispatch"],
    sizes: "expected",
  };
}

/** Rules for both variants. */
const COMMON: Rules = {
  never_hedge: "fastest-idle-first",
  hedge_when_idle: "duplicate-idle",
  always_replicate: "duplicate-idle(first=1)",
  fast_only: thresholds([1, 1e9]),
};

/** A fast server and a slow one; a copy that is cancelled holds its server for a while. */
function exponentialServers(id: string, p: Parameters): TheoryModel {
  checkParameters(id, p, EXPONENTIAL);
  const rate = number(p, "lambda");
  const mu = numbers(p, "mu");
  const delta = typeof p["delta"] === "number" ? number(p, "delta") : undefined;
  return controlled({
    id,
    world: worldOf(
      p,
      mu.map((speed) => ({ speed })),
      delta,
    ),
    rate,
    memory: memoryOf(rate, [Math.max(...mu)], Math.min(...mu, delta ?? 1)),
    rules: {
      ...COMMON,
      hedge_slow_jobs_on_fast: "duplicate-idle(faster=1)",
      never_hedge_slow_only_if_queue_ge_2: thresholds([1, 2]),
    },
  });
}

/** Servers alike; a copy may turn into a straggler, and is seen to. */
function stragglingServers(id: string, p: Parameters, extra: Parameters): TheoryModel {
  checkParameters(id, p, STRAGGLING);
  const rate = number(p, "lambda");
  const [normal, straggling, sigma] = [number(p, "mu_n"), number(p, "mu_x"), number(p, "sigma")];
  const server: Partial<Pool> = {
    speed: normal,
    // What is left of an exponential job is as a whole one, and takes so much longer.
    stragglers: {
      onset: exponential(sigma),
      slowdown: { kind: "deterministic", value: normal / straggling },
    },
  };
  return controlled({
    id,
    world: worldOf(p, [server, server]),
    rate,
    memory: 2 * memoryOf(rate, [rate / 0.93], straggling),
    rules: {
      ...COMMON,
      hedge_on_straggle_if_idle: "duplicate-idle(straggling=1)",
      hedge_on_straggle_first: "duplicate-idle(first=1,straggling=1)",
      ...("best_straggle_first_if_queue_le_K" in extra
        ? {
            best_straggle_first_if_queue_le_K: `duplicate-idle(first=1,straggling=1,most=${number(extra, "best_straggle_first_if_queue_le_K")})`,
          }
        : {}),
    },
  });
}
