import type { Scenario } from "../../src/model/scenario.js";
import { objective, poisson, pool, retry, scenario, task, workflow } from "../support/scenarios.js";

/** Fast but failing against slow and safe; one retry, and a job that fails twice is lost. The best route depends on both. */
export const twoPools: Scenario = scenario(
  [pool("fast", { servers: 2, speed: 3, attemptFailure: 0.3 }), pool("slow", { servers: 4 })],
  [
    workflow("job", [task("work", [0, 1], { retry: retry(2, { first: 0.5 }) })], {
      arrivals: poisson(4),
      deadline: 6,
    }),
  ],
  {
    name: "two-pools",
    decide: ["route"],
    horizon: 300,
    warmup: 20,
    objective: objective({ flowTime: 1, failures: 12, deadlineMisses: 2 }),
  },
);
