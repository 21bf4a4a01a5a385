import { FailureError } from "../../kit/errors.js";

/** The API of TensorFlow.js, whichever package it came from. */
export type TensorFlow = typeof import("@tensorflow/tfjs");

/** Where TensorFlow.js computes, best first: libtensorflow, its WebAssembly backend, plain JavaScript. */
export type TensorFlowEngine = "node" | "wasm" | "cpu";

export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly engine: TensorFlowEngine;
  /** TensorFlow's own name for the engine; `use` makes it the current one, which is a global of the library. */
  use(): void;
}

const names: Record<TensorFlowEngine, string> = { node: "tensorflow", wasm: "wasm", cpu: "cpu" };

/**
 * Loads TensorFlow.js, an optional dependency, with the best engine that is installed and works, or the one asked
 * for.
 * @throws {FailureError} TENSORFLOW_ABSENT
 */
export async function loadTensorFlow(engine?: TensorFlowEngine): Promise<LoadedTensorFlow> {
  const tries: readonly TensorFlowEngine[] = engine === undefined ? ["node", "wasm", "cpu"] : [engine];
  let cause: unknown;
  for (const choice of tries) {
    try {
      const tf = await load(choice);
      const name = names[choice];
      // Once an engine is ready, `setBackend` does its work before it returns.
      const use = (): void => void (tf.getBackend() === name || tf.setBackend(name));
      return { tf, engine: choice, use };
    } catch (error) {
      cause = error; // Absent, or present without what it needs: tfjs-node without its addon throws on import.
    }
  }
  throw new FailureError(
    "TENSORFLOW_ABSENT",
    {
      what: `TensorFlow.js${engine === undefined ? "" : ` (${engine})`} is not installed or does not load: ${String(cause)}`,
      mend:
        engine === "node"
          ? "npm install @tensorflow/tfjs-node"
          : 'npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm, or use the backend "simd"',
    },
    { cause },
  );
}

async function load(engine: TensorFlowEngine): Promise<TensorFlow> {
  const tf = await optional(engine === "node" ? "@tensorflow/tfjs-node" : "@tensorflow/tfjs");
  tf.enableProdMode(); // Without its banners.
  if (engine === "wasm") await optional("@tensorflow/tfjs-backend-wasm");
  if (!(await tf.setBackend(names[engine]))) throw new Error(`its ${engine} backend does not start`);
  return tf;
}

/** Imports a package that may be absent: its name in a variable, so that the compiler does not ask for it. */
async function optional(name: string): Promise<TensorFlow> {
  const module = (await import(name)) as Partial<TensorFlow> & { default?: TensorFlow };
  return module.tensor2d === undefined && module.default !== undefined
    ? module.default
    : (module as TensorFlow);
}
