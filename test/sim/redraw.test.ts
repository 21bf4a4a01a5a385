import { describe, expect, test } from "vitest";
import type { Distribution } from "../../src/kit/distribution.js";
import { Simulation } from "../../src/sim/simulation.js";
import {
  deterministic,
  exponential,
  objective,
  poisson,
  pool,
  scenario,
  task,
  workflow,
} from "../support/scenarios.js";

/** One server that always has work: jobs of the given law come two a second. */
const busy = (work: Distribution, sizes: "expected" | "known") =>
  scenario([pool("only")], [workflow("job", [task("work", [0], { work })], { arrivals: poisson(2) })], {
    horizon: 200,
    decide: ["route"],
    sizes,
    objective: objective({ flowTime: 1 }),
  });

const FUTURES = 400;

/** What comes within `seconds` of the moment `at`, in fresh futures of it. */
function futures(
  work: Distribution,
  at: number,
  seconds: number,
  { redrawn = true, sizes = "expected" }: { redrawn?: boolean; sizes?: "expected" | "known" } = {},
) {
  const sim = new Simulation(busy(work, sizes), { seed: 5 });
  sim.advance(at);
  const before = sim.accrued();
  return Array.from({ length: FUTURES }, (_, k) => {
    const fork = sim.fork({ seed: 1000 + k });
    if (redrawn) fork.redraw();
    fork.advance(at + seconds);
    const after = fork.accrued();
    return {
      ended: after.metrics.succeeded - before.metrics.succeeded,
      came: after.submitted - before.submitted,
    };
  });
}

const MOMENTS = [20, 30.5, 41, 52, 63, 74];
/** Share of futures in which something ended, or came. */
const share = (all: ReturnType<typeof futures>, what: "ended" | "came") =>
  all.filter((future) => future[what] > 0).length / FUTURES;

/** Beyond 4 deviations in one choice of seeds in 16,000. */
const expectShare = (seen: number, expected: number) =>
  expect(Math.abs(seen - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / FUTURES));

describe("a fresh fork that is redrawn", () => {
  test("shows nothing of when the work in service will end: exponential work has no memory", () => {
    // Over 0.5 s a server of mean 1 ends a job at least with probability 1 - exp(-0.5), whatever its age.
    for (const at of MOMENTS)
      expectShare(share(futures(exponential(1), at, 0.5), "ended"), 1 - Math.exp(-0.5));
  });

  test("and nothing of when the next workflow comes, of a Poisson process", () => {
    for (const at of MOMENTS)
      expectShare(share(futures(exponential(1), at, 0.25), "came"), 1 - Math.exp(-0.5));
  });

  test("planted: without it, all futures end it at the same moment, and hear of the next at the same", () => {
    for (const at of MOMENTS) {
      const all = futures(exponential(1), at, 0.1, { redrawn: false });
      expect([0, 1]).toContain(share(all, "ended"));
      expect([0, 1]).toContain(share(all, "came"));
    }
  });

  test("ends deterministic work when it must", () => {
    // Jobs of 1 s one after the other: within 1 s, exactly one ends.
    expect(new Set(futures(deterministic(1), 50.3, 1).map(({ ended }) => ended))).toEqual(new Set([1]));
  });

  test("knows how long work has been served: what lasts a second at the most ends within one", () => {
    const bounded: Distribution = { kind: "uniform", low: 0, high: 1 };
    for (const at of MOMENTS) {
      // Within a second all that is in service has ended.
      expect(futures(bounded, at, 1).every(({ ended }) => ended > 0)).toBe(true);
    }
  });

  test("leaves work as it was drawn where policies know sizes", () => {
    for (const at of MOMENTS) {
      expect([0, 1]).toContain(share(futures(exponential(1), at, 0.1, { sizes: "known" }), "ended"));
    }
  });

  test("is the same for the same seed", () => {
    expect(futures(exponential(1), 20, 3)).toEqual(futures(exponential(1), 20, 3));
  });
});
