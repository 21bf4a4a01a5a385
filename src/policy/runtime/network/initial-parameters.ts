import { assert } from "../../../kit/assert.js";
import type { UniformSource } from "../../../kit/random.js";
import { parameterCount, parameterTable } from "./parameters.js";
import type { NetworkSpec } from "./spec.js";

/**
 * Orthogonal initialisation (Saxe, McClelland and Ganguli 2014, arXiv:1312.6120), with the gains that PPO is known
 * to like (Andrychowicz et al. 2021, arXiv:2006.05990): sqrt 2 in hidden layers, 0.01 in the actor's last, so that
 * the first policy is nearly uniform, 1 in the critic's last. Biases are 0. The same stream gives the same bits.
 */
export function initialParameters(spec: NetworkSpec, stream: UniformSource): Float32Array {
  const out = new Float32Array(parameterCount(spec));
  for (const { name, shape, offset } of parameterTable(spec)) {
    const [inputs, outputs] = shape;
    if (outputs === undefined) continue;
    const last = name.includes(`.${spec.hidden.length}.`);
    const gain = !last ? Math.SQRT2 : name.startsWith("actor") ? 0.01 : 1;
    const matrix = orthogonal(inputs!, outputs, stream);
    for (let i = 0; i < matrix.length; i++) out[offset + i] = gain * matrix[i]!;
  }
  return out;
}

/** [rows, columns], its columns orthonormal, or its rows where there are fewer of them; uniform among such. */
function orthogonal(rows: number, columns: number, stream: UniformSource): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const basis: Float64Array[] = [];
  for (let attempt = 0; basis.length < count; attempt++) {
    assert(attempt < 2 * count + 8, "normal vectors keep falling into each other's span");
    const vector = Float64Array.from({ length }, () => normal(stream));
    const before = norm(vector);
    // Gram-Schmidt, twice: once leaves rounding errors along the earlier vectors (Giraud et al. 2005).
    for (let pass = 0; pass < 2; pass++) for (const earlier of basis) subtractProjection(vector, earlier);
    const size = norm(vector);
    if (size < 1e-8 * before) continue;
    basis.push(vector.map((x) => x / size));
  }
  const out = new Float64Array(rows * columns);
  basis.forEach((vector, b) => {
    for (let i = 0; i < length; i++) out[rows >= columns ? i * columns + b : b * columns + i] = vector[i]!;
  });
  return out;
}

/** Box and Muller 1958, one of the pair. */
function normal(stream: UniformSource): number {
  const radius = Math.sqrt(-2 * Math.log(stream.next()));
  return radius * Math.cos(2 * Math.PI * stream.next());
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return Math.sqrt(sum);
}

function subtractProjection(x: Float64Array, unit: Float64Array): void {
  let along = 0;
  for (let i = 0; i < x.length; i++) along += x[i]! * unit[i]!;
  for (let i = 0; i < x.length; i++) x[i] = x[i]! - along * unit[i]!;
}
