import { InputError, suggest } from "../../kit/errors.js";
import { simdAbsent, simdPresent } from "../../policy/runtime/network/index.js";
import type { GradientBackend } from "./gradient-backend.js";
import { plainBackend } from "./plain.js";
import { simdBackend } from "./simd.js";
import { tensorflowBackend } from "./tensorflow.js";

export type BackendName = "auto" | "simd" | "plain" | "tensorflow";

export const backendNames: readonly BackendName[] = ["auto", "simd", "plain", "tensorflow"];

/**
 * The backend of that name; `auto` is simd where this machine has it, else plain.
 * @throws {InputError} UNKNOWN_BACKEND
 * @throws {FailureError} SIMD_ABSENT, TENSORFLOW_ABSENT
 */
export async function chooseBackend(name: BackendName): Promise<GradientBackend> {
  switch (name) {
    case "auto":
      return simdPresent() ? simdBackend : plainBackend;
    case "simd":
      if (!simdPresent()) throw simdAbsent();
      return simdBackend;
    case "plain":
      return plainBackend;
    case "tensorflow":
      return tensorflowBackend();
    default:
      throw new InputError("UNKNOWN_BACKEND", {
        what: `no gradient backend is called "${String(name)}"`,
        mend: suggest("backends", String(name), backendNames),
      });
  }
}
