import type { Distribution } from "./distribution.js";
import { normalQuantile } from "./normal.js";
import type { Fill, UniformSource } from "./random.js";

/** Draws one value; takes its uniforms from the source alone and keeps nothing, so a draw is a pure function of them. */
export type Sampler = (uniform: UniformSource) => number;

/** A sampler that also draws many values at once, and then allocates none of them. */
export interface BlockSampler extends Sampler {
  readonly fill: Fill;
}

/**
 * A sampler of a distribution. By inversion wherever there is one: one uniform a draw (an Erlang's stages each), and
 * monotone in it, which keeps common random numbers common. Gamma rejects (Marsaglia and Tsang 2000) and needs several.
 */
export function sampler(d: Distribution): BlockSampler {
  switch (d.kind) {
    case "deterministic": {
      const { value } = d;
      const draw: Sampler = () => value;
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "exponential": {
      const { mean } = d;
      // -log(u) rather than -log(1 - u): u and 1 - u are alike, and this one has the finer tail.
      const draw: Sampler = (uniform) => mean * uniform.exponential();
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "uniform": {
      const { low, high } = d;
      const draw: Sampler = (uniform) => low + (high - low) * uniform.next();
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "lognormal": {
      const variance = Math.log1p(d.cv ** 2);
      const mu = Math.log(d.mean) - variance / 2;
      const sigma = Math.sqrt(variance);
      const draw: Sampler = (uniform) => Math.exp(mu + sigma * normalQuantile(uniform.next()));
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "gamma": {
      if (d.cv === 0) return sampler({ kind: "deterministic", value: d.mean });
      const shape = 1 / d.cv ** 2;
      return gamma(shape, d.mean / shape);
    }
    case "erlang": {
      const { stages } = d;
      const scale = d.mean / stages;
      const draw: Sampler = (uniform) => {
        let sum = 0;
        for (let stage = 0; stage < stages; stage++) sum += uniform.exponential();
        return scale * sum;
      };
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "weibull": {
      const { scale } = d;
      const power = 1 / d.shape;
      const draw: Sampler = (uniform) => scale * uniform.exponential() ** power;
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "pareto": {
      const { low } = d;
      const power = -1 / d.alpha;
      const mass = d.high === Number.POSITIVE_INFINITY ? 1 : 1 - (low / d.high) ** d.alpha;
      const draw: Sampler = (uniform) => low * (1 - mass * uniform.next()) ** power;
      return inBlocks(draw, (places, into, from, count) => {
        for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
      });
    }
    case "hyperexponential":
      return hyperexponential(d.weights, d.means);
    case "empirical":
      return empirical(d.values, d.weights);
  }
}

/** With `fill` the loop of the sampler's own: in one for all of them each value that is drawn would be an object. */
const inBlocks = (draw: Sampler, fill: Fill): BlockSampler => Object.assign(draw, { fill });

/** One uniform chooses the branch; where it fell within the branch is uniform again and gives the value. */
function hyperexponential(weights: readonly number[], means: readonly number[]): BlockSampler {
  const bounds = cumulative(weights);
  const draw: Sampler = (uniform) => {
    const u = uniform.next();
    const branch = place(bounds, u);
    const from = branch === 0 ? 0 : bounds[branch - 1]!;
    const within = (u - from) / (bounds[branch]! - from);
    return -means[branch]! * Math.log(within > 0 ? within : Number.MIN_VALUE);
  };
  return inBlocks(draw, (places, into, from, count) => {
    for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
  });
}

function empirical(values: readonly number[], weights: readonly number[] | undefined): BlockSampler {
  // Sorted, so that a draw is monotone in its uniform.
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const sorted = Float64Array.from(order, (i) => values[i]!);
  const bounds = cumulative(order.map((i) => weights?.[i] ?? 1));
  const draw: Sampler = (uniform) => sorted[place(bounds, uniform.next())]!;
  return inBlocks(draw, (places, into, from, count) => {
    for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
  });
}

function cumulative(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const bounds = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) bounds[i] = (sum += weights[i]!) / total;
  bounds[bounds.length - 1] = 1;
  return bounds;
}

/** The first index whose bound exceeds u. */
function place(bounds: Float64Array, u: number): number {
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (u < bounds[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Marsaglia and Tsang 2000, ACM TOMS 26(3), with their boost u^(1/shape) for shapes below 1. */
function gamma(shape: number, scale: number): BlockSampler {
  if (shape < 1) {
    const above = gamma(shape + 1, scale);
    const draw: Sampler = (uniform) => above(uniform) * uniform.next() ** (1 / shape);
    return inBlocks(draw, (places, into, from, count) => {
      for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
    });
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const draw: Sampler = (uniform) => {
    for (;;) {
      const x = normalQuantile(uniform.next());
      const t = 1 + c * x;
      if (t <= 0) continue;
      const v = t * t * t;
      const u = uniform.next();
      if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
    }
  };
  return inBlocks(draw, (places, into, from, count) => {
    for (let i = 0; i < count; i++) into[from + i] = draw(places.place(i));
  });
}
