import type { Batch, Forward } from "./batch.js";

/** The network as it runs: in rollouts, in benchmarks and where a policy is shipped, the very same. */
export interface NetworkRuntime {
  /** `simd`: WebAssembly kernels; `plain`: the same in TypeScript. They agree within 1e-5. */
  readonly kernel: "simd" | "plain";
  /** Copies the flat vector of parameters (see `parameterTable`) in. */
  setParameters(parameters: Float32Array): void;
  /** Logits and values of a batch into `out`. A decision's answer does not depend on the others in the batch. */
  forward(batch: Batch, out: Forward): void;
  /**
   * One decision of `count` candidates: `context` [context], `candidates` [count, candidate], `mask` [count],
   * 1 = allowed. Writes logits [count], the bits that `forward` gives. For networks of one output.
   * @returns the value of the decision if `also` asks for it, else NaN: a decision needs the actor alone
   */
  score(
    context: Float32Array,
    candidates: Float32Array,
    mask: Uint8Array,
    count: number,
    logits: Float32Array,
    also?: "value",
  ): number;
}
