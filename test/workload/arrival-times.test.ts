import { describe, expect, test } from "vitest";
import { KeyedStream } from "../../src/kit/random.js";
import { arrivalRate } from "../../src/model/arrival-rate.js";
import type { Arrivals } from "../../src/model/arrivals.js";
import { arrivalTimes } from "../../src/workload/arrival-times.js";
import { expectNear, replicate } from "../support/replications.js";
import { exponential, pool, scenario, task, workflow } from "../support/scenarios.js";

/** Counts in windows of a length, after some time to forget the start. */
function counts(arrivals: Arrivals, seed: number, window: number, windows: number): number[] {
  const next = arrivalTimes(arrivals, KeyedStream.named(seed, "arrivals/test"));
  const found = new Array<number>(windows).fill(0);
  const start = 200;
  let last = 0;
  for (let at = next(); at < start + window * windows; at = next()) {
    if (!(at >= last)) throw new Error(`an arrival at ${at} comes after one at ${last}`);
    last = at;
    if (at >= start) found[Math.floor((at - start) / window)]!++;
  }
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((x) => (x - mean(values)) ** 2));

const processes: readonly Arrivals[] = [
  { kind: "poisson", rate: 2 },
  { kind: "renewal", gap: { kind: "gamma", mean: 0.5, cv: 1.5 } },
  { kind: "batch", rate: 0.5, size: { kind: "fixed", size: 4 } },
  { kind: "batch", rate: 0.6, size: { kind: "geometric", p: 0.3 } },
  { kind: "batch", rate: 0.8, size: { kind: "shares", shares: [1, 1, 2] } },
  { kind: "mmpp", rates: [0.5, 4, 1], leave: [0.2, 0.5, 0.1] },
  { kind: "diurnal", mean: 2, amplitude: 0.8, period: 100, shift: 0 },
  { kind: "onOff", rate: 5, on: exponential(2), off: { kind: "deterministic", value: 3 } },
  { kind: "hawkes", base: 1, branching: 0.5, decay: 2 },
];

describe("an arrival process", () => {
  test.each(processes)("$kind has the rate that is said of it", (arrivals) => {
    // 32 streams of 20,000 s in whole periods; see `expectNear` for the false-alarm rate.
    const rates = Array.from({ length: 32 }, (_, k) => mean(counts(arrivals, k + 1, 100, 200)) / 100);
    expectNear(arrivals.kind, rates, arrivalRate(arrivals), { sharpness: 0.01 });
  });

  test("diurnal swings as it should: a quarter of a period around the top, and around the bottom", () => {
    const arrivals: Arrivals = { kind: "diurnal", mean: 2, amplitude: 0.8, period: 400, shift: 0 };
    const quarters = counts(arrivals, 5, 100, 4000);
    // From t = 200 on: quarter q of a period begins at 200 + 100 q, so q = 2, 3 lie on the rising half.
    const of = (q: number) => mean(quarters.filter((_, i) => i % 4 === q)) / 100;
    const swing = (2 * 0.8 * 2) / Math.PI;
    // 1000 quarters of some 200 arrivals: standard error 0.005; 5 of them.
    expect(of(2) + of(3)).toBeCloseTo(2 * (2 + swing), 1);
    expect(of(0) + of(1)).toBeCloseTo(2 * (2 - swing), 1);
  });

  test("a Hawkes process is as clustered as theory has it: var / mean of counts tends to 1 / (1 - n)^2", () => {
    const spread = counts({ kind: "hawkes", base: 1, branching: 0.5, decay: 0.5 }, 3, 200, 4000);
    // 4000 windows: the relative standard error of a variance is sqrt(2 / 4000) = 2.2 %, and the bias of a window 0.5 %.
    expect(variance(spread) / mean(spread) / 4).toBeGreaterThan(0.88);
    expect(variance(spread) / mean(spread) / 4).toBeLessThan(1.12);
  });

  test("is the same again from the same stream", () => {
    for (const arrivals of processes)
      expect(counts(arrivals, 9, 50, 10)).toEqual(counts(arrivals, 9, 50, 10));
  });
});

describe("a single exponential server fed by it (exact figures: Neuts 1981; Burke 1975)", () => {
  test.each<[Arrivals, number, number]>([
    [{ kind: "batch", rate: 0.15, size: { kind: "fixed", size: 5 } }, 1, 9],
    [{ kind: "batch", rate: 0.2, size: { kind: "geometric", p: 0.3 } }, 1, 20 / 3],
  ])("%o", (arrivals, mu, number) => {
    // M^[X]/M/1: L = rho (1 + E[X^2] / E[X]) / (2 (1 - rho)).
    const model = scenario(
      [pool("p")],
      [workflow("w", [task("a", [0], { work: exponential(1 / mu) })], { arrivals })],
      { horizon: 60_000, warmup: 5000 },
    );
    expectNear(
      "number in system",
      replicate(model).map((o) => o.meanInSystem),
      number,
      { sharpness: 0.03 },
    );
  });

  test("interrupted Poisson arrivals are a hyperexponential renewal process: GI/M/1 gives the wait", () => {
    // Kuczura 1973: on at rate 2 while in phase 1, phases left at 0.5: gaps are H2, so sigma solves A*(mu (1 - s)) = s.
    const mu = 1.6;
    const arrivals: Arrivals = { kind: "mmpp", rates: [0, 2], leave: [0.5, 0.5] };
    const transform = (s: number) => {
      // From phase 1: a(s) = (2 + 0.5 b(s)) / (2.5 + s), from phase 0: b(s) = 0.5 a(s) / (0.5 + s), without the arrival.
      const back = 0.25 / (0.5 + s);
      return 2 / (2.5 + s - back);
    };
    let sigma = 0.5;
    for (let i = 0; i < 500; i++) sigma = transform(mu * (1 - sigma));
    const sojourn = 1 / (mu * (1 - sigma));
    const model = scenario(
      [pool("p")],
      [workflow("w", [task("a", [0], { work: exponential(1 / mu) })], { arrivals })],
      { horizon: 60_000, warmup: 5000 },
    );
    expectNear(
      "number in system",
      replicate(model).map((o) => o.meanInSystem),
      sojourn,
      { sharpness: 0.02 },
    );
  });
});
