import { FailureError } from "../../kit/errors.js";
import type { AdamOptions } from "./gradient-backend.js";

/** What of an Adam step does not depend on the parameter: computed in double precision, by every backend. */
export interface AdamStep {
  /** The gradient is taken times this: clipping by global norm (Pascanu, Mikolov and Bengio 2013). */
  readonly scale: number;
  /** Learning rate over the bias correction 1 - beta1^step. */
  readonly rate: number;
  /** One over the bias correction 1 - beta2^step. */
  readonly spread: number;
}

/**
 * @param step this step's number, from 1
 * @throws {FailureError} GRADIENT_NOT_FINITE
 */
export function adamStep(
  step: number,
  norm: number,
  learningRate: number,
  maxGradientNorm: number,
  { beta1, beta2 }: AdamOptions,
): AdamStep {
  if (!Number.isFinite(norm)) {
    throw new FailureError("GRADIENT_NOT_FINITE", {
      what: `the norm of the gradient is ${norm} at step ${step}`,
      mend: "lower the learning rate, clip the gradient harder, or look for inputs that are not finite",
    });
  }
  return {
    scale: norm > maxGradientNorm ? maxGradientNorm / norm : 1,
    rate: learningRate / (1 - beta1 ** step),
    spread: 1 / (1 - beta2 ** step),
  };
}

/** Euclidean norm, summed in double precision. */
export function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Adam over columns: p -= rate * m / (sqrt(spread * v) + epsilon). Leaves the gradient zero. */
export function adamUpdate(
  parameters: Float32Array,
  gradient: Float32Array,
  m: Float32Array,
  v: Float32Array,
  { scale, rate, spread }: AdamStep,
  { beta1, beta2, epsilon }: AdamOptions,
): void {
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]! * scale;
    m[i] = beta1 * m[i]! + (1 - beta1) * g;
    v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
    parameters[i] = parameters[i]! - (rate * m[i]!) / (Math.sqrt(spread * v[i]!) + epsilon);
  }
  gradient.fill(0);
}
