import { describe, expect, test } from "vitest";
import { plainState, restorePlainState } from "../../../src/kit/plain-state.js";
import { KeyedStream } from "../../../src/kit/random.js";
import { arrivalRate } from "../../../src/model/arrival-rate.js";
import type { OpenArrivals } from "../../../src/model/arrivals.js";
import { arrivalProcess } from "../../../src/workload/arrivals/arrival-process.js";
import { expectNear, replicate } from "../../support/replications.js";
import { exponential, pool, scenario, task, workflow } from "../../support/scenarios.js";

/** Counts in windows of a length, after some time to forget the start. */
function counts(arrivals: OpenArrivals, seed: number, window: number, windows: number): number[] {
  const process = arrivalProcess(arrivals, KeyedStream.named(seed, "arrivals/test"));
  const found = new Array<number>(windows).fill(0);
  const start = 200;
  let last = 0;
  for (let at = process.next(); at < start + window * windows; at = process.next()) {
    if (!(at >= last)) throw new Error(`an arrival at ${at} comes after one at ${last}`);
    last = at;
    if (at >= start) found[Math.floor((at - start) / window)]!++;
  }
  return found;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((x) => (x - mean(values)) ** 2));

/** Three phases, all of which lead to both others, each at its own rate. */
const CIRCULAR = [
  [0, 0.3, 0.1],
  [0.2, 0, 0.4],
  [0.5, 0.05, 0],
];

const processes: readonly OpenArrivals[] = [
  { kind: "poisson", rate: 2 },
  { kind: "renewal", gap: { kind: "gamma", mean: 0.5, cv: 1.5 } },
  { kind: "batch", rate: 0.5, size: { kind: "fixed", size: 4 } },
  { kind: "batch", rate: 0.6, size: { kind: "geometric", p: 0.3 } },
  { kind: "batch", rate: 0.8, size: { kind: "shares", shares: [1, 1, 2] } },
  { kind: "mmpp", rates: [0.5, 4, 1], leave: [0.2, 0.5, 0.1] },
  { kind: "mmpp", rates: [3, 0, 1], switching: CIRCULAR },
  { kind: "diurnal", mean: 2, amplitude: 0.8, period: 100, shift: 0 },
  { kind: "piecewise", rates: [1, 0, 4], lengths: [50, 30, 20], repeat: true },
  { kind: "flashCrowd", base: 2, at: 10, rise: 5, peak: 20, decay: 3 },
  {
    kind: "batch",
    of: { kind: "onOff", rate: 2, on: exponential(4), off: exponential(4) },
    size: { kind: "fixed", size: 3 },
  },
  { kind: "onOff", rate: 5, on: exponential(2), off: { kind: "deterministic", value: 3 } },
  { kind: "hawkes", base: 1, branching: 0.5, decay: 2 },
];

/**
 * Var / mean of the counts in a window of a stationary two-phase MMPP with rates r, left at rates q: Fischer and
 * Meier-Hellstern 1993, "The MMPP cookbook", eq. 21.
 */
function twoPhases(r0: number, r1: number, q0: number, q1: number, t: number): number {
  const q = q0 + q1;
  const excess = (2 * q0 * q1 * (r0 - r1) ** 2) / (q ** 2 * (r0 * q1 + r1 * q0));
  return 1 + excess * (1 - (1 - Math.exp(-q * t)) / (q * t));
}

/**
 * The same for any phases, from the covariance of the rate: var = m t + 2 int_0^t (t - s) (pi R e^(Qs) R 1 - m^2) ds, with
 * the phases followed in steps of the uniformized chain (an independent way: no stationary equations are solved).
 */
function phases(rates: readonly number[], switching: readonly (readonly number[])[], t: number): number {
  const steps = 40_000;
  const step = (p: number[], dt: number) => {
    // Midpoint rule for p' = p Q.
    const slope = (x: number[]) =>
      x.map((_, l) => x.reduce((sum, xk, k) => sum + xk * switching[k]![l]!, 0) - x[l]! * leaving[l]!);
    const half = p.map((x, l) => x + (dt / 2) * slope(p)[l]!);
    const at = slope(half);
    return p.map((x, l) => x + dt * at[l]!);
  };
  const leaving = switching.map((row) => row.reduce((sum, rate) => sum + rate, 0));
  let law = rates.map(() => 1 / rates.length);
  for (let i = 0; i < 20_000; i++) law = step(law, 0.05);
  const m = law.reduce((sum, share, k) => sum + share * rates[k]!, 0);
  let weighted = law.map((share, k) => share * rates[k]!);
  const dt = t / steps;
  let integral = 0;
  for (let i = 0; i <= steps; i++) {
    const covariance = weighted.reduce((sum, x, k) => sum + x * rates[k]!, 0) - m * m;
    integral += (i === 0 || i === steps ? 0.5 : 1) * dt * (t - i * dt) * covariance;
    weighted = step(weighted, dt);
  }
  return 1 + (2 * integral) / (m * t);
}

/**
 * Var / mean of the counts of a stationary Hawkes process with an exponential kernel: its covariance density is
 * m n (2 - n) / (2 d (1 - n)) e^(-(1 - n) s / d) (Hawkes 1971, eq. 16), integrated twice.
 */
function hawkesDispersion(n: number, decay: number, t: number): number {
  const fade = (1 - n) / decay;
  const height = (n * (2 - n)) / (2 * decay * (1 - n));
  return 1 + ((2 * height) / fade) * (1 - (1 - Math.exp(-fade * t)) / (fade * t));
}

/** Kolmogorov and Smirnov's distance between a sample's distribution and the uniform one on (0, 1). */
function distanceFromUniform(sample: readonly number[]): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return Math.max(...sorted.map((u, i) => Math.max((i + 1) / sorted.length - u, u - i / sorted.length)));
}

describe("an arrival process", () => {
  test.each(processes)("$kind has the rate that is said of it", (arrivals) => {
    // 32 streams of 20,000 s in whole periods; see `expectNear` for the false-alarm rate.
    const rates = Array.from({ length: 32 }, (_, k) => mean(counts(arrivals, k + 1, 100, 200)) / 100);
    expectNear(arrivals.kind, rates, arrivalRate(arrivals), { sharpness: 0.01 });
  });

  test("diurnal swings as it should: a quarter of a period around the top, and around the bottom", () => {
    const arrivals: OpenArrivals = { kind: "diurnal", mean: 2, amplitude: 0.8, period: 400, shift: 0 };
    const quarters = counts(arrivals, 5, 100, 4000);
    // From t = 200 on: quarter q of a period begins at 200 + 100 q, so q = 2, 3 lie on the rising half.
    const of = (q: number) => mean(quarters.filter((_, i) => i % 4 === q)) / 100;
    const swing = (2 * 0.8 * 2) / Math.PI;
    // 1000 quarters of some 200 arrivals: standard error 0.005; 5 of them.
    expect(of(2) + of(3)).toBeCloseTo(2 * (2 + swing), 1);
    expect(of(0) + of(1)).toBeCloseTo(2 * (2 - swing), 1);
  });

  // 32 streams of 600 windows: the relative standard error of the dispersion of each is some sqrt(2 / 600) = 6 %, of
  // their mean 1 % and more where counts are heavy-tailed; see `expectNear` for the false-alarm rate.
  test.each<[string, OpenArrivals, number, number]>([
    ["poisson", { kind: "poisson", rate: 2 }, 50, 1],
    // Compound Poisson: E[X^2] / E[X].
    ["batches of 4", { kind: "batch", rate: 0.5, size: { kind: "fixed", size: 4 } }, 50, 4],
    ["geometric batches", { kind: "batch", rate: 0.6, size: { kind: "geometric", p: 0.3 } }, 50, 2 / 0.3 - 1],
    // E[X^2] / E[X] = (1 + 4 + 2 * 9) / (1 + 2 + 2 * 3).
    ["mixed batches", { kind: "batch", rate: 0.8, size: { kind: "shares", shares: [1, 1, 2] } }, 50, 23 / 9],
    ["two phases", { kind: "mmpp", rates: [0.5, 4], leave: [0.2, 0.5] }, 20, twoPhases(0.5, 4, 0.2, 0.5, 20)],
    [
      "on and off",
      { kind: "onOff", rate: 3, on: exponential(2), off: exponential(5) },
      20,
      twoPhases(3, 0, 1 / 2, 1 / 5, 20),
    ],
    [
      "batches of 3, on and off: three times that of the batches",
      {
        kind: "batch",
        of: { kind: "onOff", rate: 2, on: exponential(4), off: exponential(4) },
        size: { kind: "fixed", size: 3 },
      },
      20,
      3 * twoPhases(2, 0, 1 / 4, 1 / 4, 20),
    ],
    [
      "three phases",
      { kind: "mmpp", rates: [3, 0, 1], switching: CIRCULAR },
      40,
      phases([3, 0, 1], CIRCULAR, 40),
    ],
    // Of a stationary renewal process Var N(t) = c^2 t + 1/6 + c^4 / 2 - m3 / 3 + o(1), in mean gaps, with c^2 = 1/4 and third
    // central moment m3 = 1/8 for four stages (Cox 1962, section 4.5).
    [
      "erlang gaps",
      { kind: "renewal", gap: { kind: "erlang", stages: 4, mean: 1 } },
      200,
      1 / 4 + (1 / 6 + 1 / 32 - 1 / 24) / 200,
    ],
    // 1 / (1 - n)^2 (Hawkes 1971); a window is some 200 decay times long.
    ["hawkes", { kind: "hawkes", base: 1, branching: 0.5, decay: 0.5 }, 200, hawkesDispersion(0.5, 0.5, 200)],
  ])("is as clustered as theory has it: %s", (what, arrivals, window, dispersion) => {
    const spreads = Array.from({ length: 32 }, (_, k) => {
      const found = counts(arrivals, k + 1, window, 600);
      return (variance(found) * 600) / 599 / mean(found);
    });
    expectNear(what, spreads, dispersion, { sharpness: 0.03 });
  });

  // Time-rescaling theorem (Papangelou 1972; Brown et al. 2002): the integrated rate from one arrival to the next is a unit
  // exponential; and given their number, the integrated rates at the arrivals are uniform, which sees what is slow. Kolmogorov
  // and Smirnov's distance exceeds 2 / sqrt(n) with probability 2 exp(-8) = 0.07 %.
  test.each<[OpenArrivals, (t: number) => number, number]>([
    [
      { kind: "piecewise", rates: [1, 0, 4], lengths: [50, 30, 20], repeat: true },
      (t) => {
        const [pass, x] = [Math.floor(t / 100), t % 100];
        return pass * 130 + Math.min(x, 50) + Math.max(0, x - 80) * 4;
      },
      10_000,
    ],
    [
      { kind: "piecewise", rates: [3, 0.5], lengths: [1000, 4000], repeat: false },
      (t) => 3 * Math.min(t, 1000) + 0.5 * Math.max(0, t - 1000),
      5000,
    ],
    [
      { kind: "flashCrowd", base: 1, at: 300, rise: 200, peak: 30, decay: 250 },
      (t) => {
        const up = Math.min(Math.max(0, t - 300), 200);
        const down = 250 * (1 - Math.exp(-Math.max(0, t - 500) / 250));
        return t + 29 * (up ** 2 / 400 + down);
      },
      5000,
    ],
    [
      { kind: "flashCrowd", base: 5, at: 0, rise: 0, peak: 100, decay: 20 },
      (t) => 5 * (t + 99 * 20 * (1 - Math.exp(-t / 20))),
      1000,
    ],
    [
      { kind: "diurnal", mean: 2, amplitude: 1, period: 100, shift: 25 },
      (t) => 2 * (t - (100 / (2 * Math.PI)) * Math.cos((2 * Math.PI * (t + 25)) / 100)),
      5000,
    ],
  ])("has exactly the integrated rate that is said of it: %o", (arrivals, integrated, until) => {
    const process = arrivalProcess(arrivals, KeyedStream.named(11, "arrivals/test"));
    const gaps: number[] = [];
    const found: number[] = [];
    let last = integrated(0);
    for (let at = process.next(); at < until; at = process.next()) {
      found.push(at);
      gaps.push(integrated(at) - last);
      last = integrated(at);
    }
    expect(gaps.length).toBeGreaterThan(3000);
    const bound = 2 / Math.sqrt(gaps.length);
    expect(distanceFromUniform(gaps.map((gap) => 1 - Math.exp(-gap)))).toBeLessThan(bound);
    const whole = integrated(until) - integrated(0);
    expect(distanceFromUniform(found.map((at) => (integrated(at) - integrated(0)) / whole))).toBeLessThan(
      bound,
    );
    // The number itself is Poisson: 4.5 standard deviations are left once in 150,000.
    expect(Math.abs(found.length - whole)).toBeLessThan(4.5 * Math.sqrt(whole));
    // And they forget: the correlation of neighbours has a standard error of 1 / sqrt(n); 4.5 of them.
    const around = gaps.map((gap) => gap - 1);
    const together = mean(around.slice(1).map((gap, i) => gap * around[i]!));
    expect(Math.abs(together)).toBeLessThan(4.5 / Math.sqrt(gaps.length));
  });

  test("a crowd comes on time, though nobody came before: 4,000 streams that are all but silent until then", () => {
    const arrivals: OpenArrivals = { kind: "flashCrowd", base: 0.01, at: 10, rise: 2, peak: 300, decay: 1 };
    // Until 13: 0.13 + 2.99 (2 / 2 + 1 - 1 / e).
    const truth = 0.13 + 2.99 * (2 - Math.exp(-1));
    const found = Array.from({ length: 4000 }, (_, seed) => {
      const process = arrivalProcess(arrivals, KeyedStream.named(seed, "arrivals/test"));
      let count = 0;
      while (process.next() < 13) count++;
      return count;
    });
    // Mean and dispersion of Poisson counts, within 4.5 standard errors: each is missed once in 150,000.
    expect(Math.abs(mean(found) - truth)).toBeLessThan(4.5 * Math.sqrt(truth / 4000));
    expect(Math.abs(variance(found) / truth - 1)).toBeLessThan(4.5 * Math.sqrt((2 + 1 / truth) / 4000));
  });

  test("piecewise ends for good after its last interval, and so do batches on it", () => {
    const pieces: OpenArrivals = { kind: "piecewise", rates: [1], lengths: [10], repeat: false };
    const batches: OpenArrivals = { kind: "batch", of: pieces, size: { kind: "fixed", size: 2 } };
    for (const arrivals of [pieces, batches]) {
      const process = arrivalProcess(arrivals, KeyedStream.named(1, "arrivals/test"));
      const times = Array.from({ length: 100 }, () => process.next());
      expect(Math.max(...times.filter((t) => t < Number.POSITIVE_INFINITY))).toBeLessThan(10);
      expect(times.at(-1)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test.each(processes)("$kind goes on bit for bit from what was saved of it midway", (arrivals) => {
    const make = () => arrivalProcess(arrivals, KeyedStream.named(7, "arrivals/test"));
    const whole = make();
    for (let i = 0; i < 137; i++) whole.next();
    const saved = structuredClone(plainState(whole));
    const rest = Array.from({ length: 500 }, () => whole.next());
    const again = make();
    again.next();
    restorePlainState(again, saved);
    expect(Array.from({ length: 500 }, () => again.next())).toEqual(rest);
  });

  test("is the same again from the same stream", () => {
    for (const arrivals of processes)
      expect(counts(arrivals, 9, 50, 10)).toEqual(counts(arrivals, 9, 50, 10));
  });
});

describe("a single exponential server fed by it (exact figures: Neuts 1981; Burke 1975)", () => {
  test.each<[OpenArrivals, number, number]>([
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
    const arrivals: OpenArrivals = { kind: "mmpp", rates: [0, 2], leave: [0.5, 0.5] };
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
