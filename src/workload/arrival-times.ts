import type { UniformSource } from "../kit/random.js";
import { sampler } from "../kit/sampler.js";
import type { Arrivals, BatchSize } from "../model/arrivals.js";

/** The arrival times of a process, one a call, never decreasing; Infinity when no more will come. Seconds. */
export function arrivalTimes(arrivals: Arrivals, uniform: UniformSource): () => number {
  switch (arrivals.kind) {
    case "poisson":
      return renewal(() => exponential(arrivals.rate, uniform));
    case "renewal": {
      const draw = sampler(arrivals.gap);
      return renewal(() => draw(uniform));
    }
    case "batch":
      return batches(arrivals.rate, batchSize(arrivals.size, uniform), uniform);
    case "mmpp":
      return modulated(arrivals.rates, arrivals.leave, uniform);
    case "diurnal":
      return thinned(
        arrivals.mean * (1 + arrivals.amplitude),
        (t) =>
          arrivals.mean *
          (1 + arrivals.amplitude * Math.sin((2 * Math.PI * (t + arrivals.shift)) / arrivals.period)),
        uniform,
      );
    case "onOff":
      return onOff(arrivals.rate, sampler(arrivals.on), sampler(arrivals.off), uniform);
    case "hawkes":
      return hawkes(arrivals.base, arrivals.branching, arrivals.decay, uniform);
  }
}

const exponential = (rate: number, uniform: UniformSource): number => -Math.log(uniform.next()) / rate;

function renewal(gap: () => number): () => number {
  let at = 0;
  return () => (at += gap());
}

function batches(rate: number, size: () => number, uniform: UniformSource): () => number {
  let at = 0;
  let left = 0;
  return () => {
    if (left === 0) {
      at += exponential(rate, uniform);
      left = size();
    }
    left--;
    return at;
  };
}

function batchSize(size: BatchSize, uniform: UniformSource): () => number {
  switch (size.kind) {
    case "fixed":
      return () => size.size;
    case "geometric": {
      if (size.p === 1) return () => 1;
      const scale = 1 / Math.log1p(-size.p);
      return () => 1 + Math.floor(Math.log(uniform.next()) * scale);
    }
    case "shares": {
      const draw = sampler({
        kind: "empirical",
        values: size.shares.map((_, k) => k + 1),
        weights: size.shares,
      });
      return () => draw(uniform);
    }
  }
}

function modulated(rates: readonly number[], leave: readonly number[], uniform: UniformSource): () => number {
  let at = 0;
  // The stationary share of a phase is in proportion to how long it lasts, since phases follow each other in a ring.
  const lasts = sampler({
    kind: "empirical",
    values: rates.map((_, k) => k),
    weights: leave.map((rate) => 1 / rate),
  });
  let phase = lasts(uniform);
  return () => {
    for (;;) {
      const any = rates[phase]! + leave[phase]!;
      at += exponential(any, uniform);
      if (uniform.next() * any < rates[phase]!) return at;
      phase = (phase + 1) % rates.length;
    }
  };
}

/** Lewis and Shedler 1979: candidates at the greatest rate, each kept with the share that its time's rate has of it. */
function thinned(most: number, rate: (t: number) => number, uniform: UniformSource): () => number {
  let at = 0;
  return () => {
    for (;;) {
      at += exponential(most, uniform);
      if (uniform.next() * most < rate(at)) return at;
    }
  };
}

function onOff(
  rate: number,
  on: (uniform: UniformSource) => number,
  off: (uniform: UniformSource) => number,
  uniform: UniformSource,
): () => number {
  let at = 0;
  let until = on(uniform);
  return () => {
    for (;;) {
      // A Poisson stream forgets, so what would come after the period ends is drawn anew in the next.
      const next = at + exponential(rate, uniform);
      if (next <= until) return (at = next);
      at = until + off(uniform);
      until = at + on(uniform);
    }
  };
}

/** Ogata 1981: between arrivals the rate only falls, so the rate now bounds it. */
function hawkes(base: number, branching: number, decay: number, uniform: UniformSource): () => number {
  let at = 0;
  let excited = 0;
  return () => {
    for (;;) {
      const most = base + excited;
      const wait = exponential(most, uniform);
      at += wait;
      excited *= Math.exp(-wait / decay);
      if (uniform.next() * most < base + excited) {
        excited += branching / decay;
        return at;
      }
    }
  };
}
