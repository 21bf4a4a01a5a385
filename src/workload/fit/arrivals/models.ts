import type { Distribution } from "../../../kit/distribution.js";
import { nelderMead } from "../../../kit/nelder-mead.js";
import type { SingleArrivals } from "../../../model/arrivals.js";
import { fitFamilies } from "../laws/families.js";
import { type Score, score } from "../score.js";

export interface FittedArrivals {
  readonly model: SingleArrivals;
  readonly score: Score;
}

/**
 * Instants at which something came, [m + 1], ascending, the first 0. All likelihoods are densities of the last m given the
 * first, observed until the last: so they can be set against each other.
 */
export type Instants = Float64Array;

const spanOf = (at: Instants): number => at[at.length - 1]!;
const gapsOf = (at: Instants): Float64Array => at.subarray(1).map((t, i) => t - at[i]!);

export function fitPoisson(at: Instants): FittedArrivals {
  const m = at.length - 1;
  const rate = m / spanOf(at);
  return { model: { kind: "poisson", rate }, score: score("poisson", 1, m * (Math.log(rate) - 1), m) };
}

/** Independent gaps of every family; the exponential is the Poisson stream, and left out. */
export function fitRenewals(at: Instants): readonly FittedArrivals[] {
  const gaps = gapsOf(at);
  if (gaps.every((gap) => gap === gaps[0])) return [];
  return fitFamilies(gaps)
    .filter(({ law }) => law.kind !== "exponential")
    .map(({ law, score: { name, parameters, logLikelihood } }) => ({
      model: { kind: "renewal", gap: law as Distribution },
      score: score(`renewal ${name}`, parameters, logLikelihood, gaps.length),
    }));
}

/** A rate for each of some equal intervals. */
export function fitPiecewise(at: Instants, intervals: number): FittedArrivals {
  const span = spanOf(at);
  const m = at.length - 1;
  const length = span / intervals;
  const counts = new Array<number>(intervals).fill(0);
  for (let i = 1; i <= m; i++) counts[Math.min(intervals - 1, Math.floor(at[i]! / length))]!++;
  const likelihood = counts.reduce(
    (sum, count) => sum + (count > 0 ? count * Math.log(count / length) : 0),
    -m,
  );
  const model: SingleArrivals = {
    kind: "piecewise",
    rates: counts.map((count) => count / length),
    lengths: counts.map(() => length),
    repeat: true,
  };
  return { model, score: score(`piecewise, ${intervals} rates`, intervals, likelihood, m) };
}

/** A sine of a given period: mean, amplitude and phase by maximum likelihood. @param free whether the period was chosen, too */
export function fitDiurnal(at: Instants, period: number, free: boolean): FittedArrivals {
  const m = at.length - 1;
  const span = spanOf(at);
  const w = (2 * Math.PI) / period;
  // The rate is mean (1 + c cos wt + s sin wt); given c and s the best mean is m over the integral of the rest.
  const sine = at.map((t) => Math.sin(w * t));
  const cosine = at.map((t) => Math.cos(w * t));
  const whole = (c: number, s: number) => span + (c * Math.sin(w * span) + s * (1 - Math.cos(w * span))) / w;
  const { x, value } = nelderMead(
    ([c, s]) => {
      if (Math.hypot(c!, s!) >= 1) return Number.POSITIVE_INFINITY;
      let logs = 0;
      for (let i = 1; i <= m; i++) logs += Math.log(1 + c! * cosine[i]! + s! * sine[i]!);
      return -(logs + m * Math.log(m / whole(c!, s!)) - m);
    },
    [0, 0],
    { step: 0.2 },
  );
  const [c, s] = x as [number, number];
  const shift = Math.atan2(c, s) / w;
  const model: SingleArrivals = {
    kind: "diurnal",
    mean: m / whole(c, s),
    amplitude: Math.hypot(c, s),
    period,
    shift: shift < 0 ? shift + period : shift,
  };
  return { model, score: score(`diurnal, period ${Math.round(period)} s`, free ? 4 : 3, -value, m) };
}

/**
 * Two phases: rates and rates of leaving by maximum likelihood, from several starts. The likelihood runs through the phases
 * gap by gap (Ryden 1996, "An EM algorithm for estimation in Markov-modulated Poisson processes"), the exponentials of its
 * 2 x 2 matrices in closed form; the phase at the first instant is as at any arrival in the long run.
 */
export function fitMmpp(at: Instants): FittedArrivals {
  const m = at.length - 1;
  const gaps = gapsOf(at);
  const mean = m / spanOf(at);
  const best = [5, 30, 200]
    .map((length) =>
      nelderMead(
        (x) => -mmppLikelihood(gaps, x.map(Math.exp) as Four),
        [Math.log(mean * 0.5), Math.log(mean * 2.5), Math.log(mean / length), Math.log((2 * mean) / length)],
        { step: 0.7, most: 400, tolerance: 1e-8 },
      ),
    )
    .reduce((a, b) => (b.value < a.value ? b : a));
  const [a, b, leaveA, leaveB] = best.x.map(Math.exp) as Four;
  return {
    model: { kind: "mmpp", rates: [a, b], leave: [leaveA, leaveB] },
    score: score("mmpp, 2 phases", 4, -best.value, m),
  };
}

type Four = [number, number, number, number];

export function mmppLikelihood(gaps: Float64Array, [a, b, leaveA, leaveB]: Four): number {
  // M = [[-(leaveA + a), leaveA], [leaveB, -(leaveB + b)]]; e^(Mx) = e^(sx) (cosh(dx) I + sinh(dx) / d (M - s I)).
  const s = -(leaveA + a + leaveB + b) / 2;
  const half = (leaveB + b - leaveA - a) / 2;
  const d = Math.sqrt(half * half + leaveA * leaveB);
  // Shares of the phases at an arrival.
  let p = leaveB * a;
  let q = leaveA * b;
  let likelihood = 0;
  p /= p + q;
  q = 1 - p;
  for (const x of gaps) {
    const grown = Math.exp((s + d) * x);
    const shrunk = Math.exp((s - d) * x);
    const cosh = (grown + shrunk) / 2;
    const sinh = (grown - shrunk) / (2 * d);
    const nextP = (p * (cosh + half * sinh) + q * leaveB * sinh) * a;
    const nextQ = (p * leaveA * sinh + q * (cosh - half * sinh)) * b;
    const sum = nextP + nextQ;
    if (!(sum > 0)) return Number.NEGATIVE_INFINITY;
    likelihood += Math.log(sum);
    p = nextP / sum;
    q = nextQ / sum;
  }
  return likelihood;
}

/** Self-exciting with an exponential kernel: maximum likelihood, the sum over the past by recursion (Ozaki 1979). */
export function fitHawkes(at: Instants): FittedArrivals {
  const m = at.length - 1;
  const mean = m / spanOf(at);
  const best = [2, 20, 200]
    .map((gaps) =>
      nelderMead(
        ([base, odds, decay]) =>
          -hawkesLikelihood(at, Math.exp(base!), 1 / (1 + Math.exp(-odds!)), Math.exp(decay!)),
        [Math.log(mean / 2), 0, Math.log(gaps / mean)],
        { step: 0.7, most: 400, tolerance: 1e-8 },
      ),
    )
    .reduce((a, b) => (b.value < a.value ? b : a));
  const [base, odds, decay] = best.x as [number, number, number];
  const branching = Math.min(1 / (1 + Math.exp(-odds)), 0.99);
  return {
    model: { kind: "hawkes", base: Math.exp(base), branching, decay: Math.exp(decay) },
    score: score("hawkes", 3, -best.value, m),
  };
}

export function hawkesLikelihood(at: Instants, base: number, branching: number, decay: number): number {
  const last = at[at.length - 1]!;
  let excited = 0;
  let likelihood = -base * last;
  for (let i = 0; i < at.length; i++) {
    if (i > 0) {
      excited = (excited + branching / decay) * Math.exp(-(at[i]! - at[i - 1]!) / decay);
      likelihood += Math.log(base + excited);
    }
    likelihood += branching * Math.expm1(-(last - at[i]!) / decay);
  }
  return likelihood;
}
