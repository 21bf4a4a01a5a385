import { heuristic } from "../policy/catalogue.js";
import type { Policy } from "../policy/policy.js";
import { type Head, neuralPolicy } from "../policy/runtime/neural-policy.js";

/** How to make a policy, as plain data that can cross to another thread. */
export type PolicySource =
  | { readonly kind: "heuristic"; readonly spec: string }
  | { readonly kind: "learned"; readonly name: string; readonly heads: readonly Head[] };

export function makePolicy(source: PolicySource): Policy {
  return source.kind === "heuristic" ? heuristic(source.spec) : neuralPolicy(source.name, source.heads);
}

/** The name under which a source's policy stands in results. */
export function policyName(source: PolicySource): string {
  return source.kind === "heuristic" ? heuristic(source.spec).name : source.name;
}
