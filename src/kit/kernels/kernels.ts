import { WasmModule } from "../wasm/wasm-module.js";
import { KERNELS_BASE64 } from "./kernels.generated.js";

interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** See assembly/index.ts. */
  drawAhead(k0: number, k1: number, c0: number, c1: number, flip: number): void;
  minusLog(u: number): number;
}

/** Draws that are made at once. */
export const TOGETHER = 16;

/** Draws of a keyed stream, `TOGETHER` at once. What was made stands here until the next call. */
export interface DrawKernel {
  /** Makes the draws of a key at the counters (c0, c1), (c0 + 1, c1) and on; their uniforms' words are complemented by `flip`. */
  draw(k0: number, k1: number, c0: number, c1: number, flip: number): void;
  /** The first words of the draws' blocks, then the second ones. */
  readonly words: Int32Array;
  /** -log of the draws' uniforms. */
  readonly exponentials: Float64Array;
  /** What makes an exponential of a uniform, for its test. */
  minusLog(u: number): number;
}

const module = new WasmModule<Kernels>(KERNELS_BASE64);

let kernel: DrawKernel | null | undefined;

/** The kernel of this thread; null on a machine without WebAssembly's SIMD. */
export function drawKernel(): DrawKernel | null {
  if (kernel === undefined) kernel = module.runsHere() ? fromModule(module.instantiate()) : null;
  return kernel;
}

const fromModule = ({ memory, drawAhead, minusLog }: Kernels): DrawKernel => ({
  draw: drawAhead,
  words: new Int32Array(memory.buffer, 0, 2 * TOGETHER),
  exponentials: new Float64Array(memory.buffer, 8 * TOGETHER, TOGETHER),
  minusLog,
});
