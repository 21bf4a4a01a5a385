import { type WasmMemory, WasmModule } from "../../../kit/wasm/wasm-module.js";
import { KERNELS_BASE64, SHARED_KERNELS_BASE64 } from "./kernels.generated.js";

/** What `multiply` and `projectBackward` do to a finished row: see assembly/activation.ts. */
export const finish = { nothing: 0, tanh: 1, relu: 2, timesTanhSlope: 3, timesReluSlope: 4 } as const;

/** The compiled kernels over a memory. Addresses are bytes; each is documented in assembly/. */
export interface Kernels {
  readonly memory: WasmMemory;
  multiply(
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    bStep: number,
    out: number,
    outRow: number,
    rows: number,
    depth: number,
    width: number,
    init: number,
    initRow: number,
    finish: number,
    y: number,
  ): void;
  gather(
    contexts: number,
    contextWidth: number,
    candidates: number,
    candidateWidth: number,
    offsets: number,
    mask: number,
    size: number,
    kept: number,
    keptRow: number,
    owner: number,
    place: number,
    shared: number,
    sharedRow: number,
    logits: number,
  ): number;
  layAlong(
    contexts: number,
    contextWidth: number,
    candidates: number,
    candidateWidth: number,
    offsets: number,
    mask: number,
    size: number,
    most: number,
    out: number,
    outRow: number,
  ): void;
  scoresToLogits(
    scores: number,
    scoreRow: number,
    offsets: number,
    mask: number,
    size: number,
    logits: number,
  ): void;
  logitsToScores(
    logits: number,
    offsets: number,
    mask: number,
    size: number,
    scores: number,
    scoreRow: number,
  ): void;
  spread(source: number, owner: number, rows: number, width: number, out: number): void;
  collect(source: number, owner: number, rows: number, width: number, out: number, size: number): void;
  project(
    h: number,
    rows: number,
    width: number,
    weight: number,
    bias: number,
    place: number,
    out: number,
  ): void;
  projectBackward(
    h: number,
    rows: number,
    width: number,
    weight: number,
    weightGradient: number,
    biasGradient: number,
    place: number,
    d: number,
    slope: number,
    before: number,
  ): void;
  transpose(a: number, aRow: number, rows: number, columns: number, out: number, outRow: number): void;
  sumBlocks(first: number, stride: number, blocks: number, out: number, count: number): number;
  sumOfSquares(values: number, count: number): number;
  adam(
    parameters: number,
    gradient: number,
    m: number,
    v: number,
    count: number,
    scale: number,
    rate: number,
    spread: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
  ): void;
}

const module = new WasmModule<Kernels>(KERNELS_BASE64);

/** Whether this machine runs the kernels: it has WebAssembly with 128-bit SIMD. */
export const simdPresent = (): boolean => module.runsHere();

/** A fresh instance of the kernels over a memory of its own. Compiled once a thread. Only where `simdPresent()`. */
export const instantiateKernels = (): Kernels => module.instantiate();

const shared = new WasmModule<Omit<Kernels, "memory">>(SHARED_KERNELS_BASE64);

/** The same over a memory that threads share. */
export const instantiateSharedKernels = (memory: WasmMemory): Kernels => ({
  ...shared.instantiate(memory),
  memory,
});
