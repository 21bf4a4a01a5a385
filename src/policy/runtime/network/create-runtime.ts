import { FailureError } from "../../../kit/errors.js";
import { simdPresent } from "../kernels/kernels.js";
import { plainRuntime } from "./plain-runtime.js";
import type { NetworkRuntime } from "./runtime.js";
import { simdRuntime } from "./simd-runtime.js";
import { checkNetworkSpec, type NetworkSpec } from "./spec.js";

/**
 * A runtime for a network, its parameters all zero until they are set.
 * @param kernel left out: `simd` where this machine has it, else `plain`
 * @throws {InputErrors} NETWORK_SPEC
 * @throws {FailureError} SIMD_ABSENT where `simd` is demanded and this machine lacks it
 */
export function createRuntime(spec: NetworkSpec, kernel?: "simd" | "plain"): NetworkRuntime {
  checkNetworkSpec(spec);
  kernel ??= simdPresent() ? "simd" : "plain";
  if (kernel === "plain") return plainRuntime(spec);
  if (!simdPresent()) throw simdAbsent();
  return simdRuntime(spec);
}

export function simdAbsent(): FailureError {
  return new FailureError("SIMD_ABSENT", {
    what: "this machine's JavaScript engine has no WebAssembly SIMD",
    mend: "use the plain kernel, or Node 16.4 or newer",
  });
}
