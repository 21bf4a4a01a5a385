import { assert } from "../../kit/assert.js";
import { adamStep, adamUpdate, norm } from "./adam.js";
import type { AdamOptions, OptimizerState } from "./gradient-backend.js";

/** Parameters, gradient and Adam's memory in plain arrays: what the backends without kernels of their own share. */
export class HostOptimizer {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  private readonly m: Float32Array;
  private readonly v: Float32Array;
  private step = 0;

  constructor(
    parameters: Float32Array,
    private readonly adam: AdamOptions,
  ) {
    this.parameters = Float32Array.from(parameters);
    this.gradient = new Float32Array(parameters.length);
    this.m = new Float32Array(parameters.length);
    this.v = new Float32Array(parameters.length);
  }

  adamStep(learningRate: number, maxGradientNorm: number): number {
    const { parameters, gradient, m, v, adam } = this;
    const before = norm(gradient);
    if (!Number.isFinite(before)) gradient.fill(0);
    const step = adamStep(this.step + 1, before, learningRate, maxGradientNorm, adam);
    this.step++;
    adamUpdate(parameters, gradient, m, v, step, adam);
    return before;
  }

  setParameters(parameters: Float32Array): void {
    assert(parameters.length === this.parameters.length, "as many parameters as the network has");
    this.parameters.set(parameters);
  }

  state(): OptimizerState {
    return { step: this.step, m: this.m.slice(), v: this.v.slice() };
  }

  restore({ step, m, v }: OptimizerState): void {
    assert(m.length === this.m.length && v.length === this.v.length, "an optimizer state of this network");
    this.step = step;
    this.m.set(m);
    this.v.set(v);
  }
}
