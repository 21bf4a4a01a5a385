import { sha256 } from "../kit/sha256.js";
import { heuristic } from "../policy/catalogue.js";
import type { Policy } from "../policy/policy.js";
import { type Head, neuralPolicy } from "../policy/runtime/neural-policy.js";
import { type DecisionTable, tabularPolicy } from "../policy/runtime/table/index.js";

/** How to make a policy, as plain data that can cross to another thread. */
export type PolicySource =
  | { readonly kind: "heuristic"; readonly spec: string }
  | { readonly kind: "learned"; readonly name: string; readonly heads: readonly Head[] }
  | {
      readonly kind: "table";
      readonly name: string;
      readonly table: DecisionTable;
      /** The heuristic that decides where the table is silent. */
      readonly otherwise: string;
    };

export function makePolicy(source: PolicySource): Policy {
  switch (source.kind) {
    case "heuristic":
      return heuristic(source.spec);
    case "learned":
      return neuralPolicy(source.name, source.heads);
    case "table":
      return tabularPolicy(source.name, source.table, heuristic(source.otherwise));
  }
}

/** The name under which a source's policy stands in results. */
export function policyName(source: PolicySource): string {
  return source.kind === "heuristic" ? heuristic(source.spec).name : source.name;
}

/** Of all that a policy decides by, weights to the bit: equal digests mean equal decisions. */
export function policyDigest(source: PolicySource): string {
  return sha256(
    JSON.stringify(source, (_, value: unknown) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
        : value,
    ),
  );
}
