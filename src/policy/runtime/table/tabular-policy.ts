import type { DecisionKind } from "../../../model/scenario.js";
import type { Policy } from "../../policy.js";
import { StateIndex } from "./state-index.js";
import { ViewKey } from "./view-key.js";

/** What a table decides, as plain data. */
export interface DecisionTable {
  readonly kinds: readonly DecisionKind[];
  readonly known: { readonly types: readonly string[]; readonly candidates: readonly string[] };
  /** Figures of a state, and the code of the candidate to take in it. */
  readonly entries: readonly { readonly figures: readonly number[]; readonly code: number }[];
}

/**
 * A policy that looks its decisions up. In states that are not in the table another policy decides: those are rare ones,
 * where little can be lost.
 */
export function tabularPolicy(name: string, table: DecisionTable, otherwise: Policy): Policy {
  const index = new StateIndex();
  const codes: number[] = [];
  for (const { figures, code } of table.entries) codes[index.numberOf(figures)] = code;
  const key = new ViewKey(table.known);
  return {
    ...otherwise,
    name,
    kinds: table.kinds,
    scores(view, scores) {
      key.read(view);
      // The table knows what to do, not what the rest would have been worth.
      return index.find(key.figures) < 0 ? (otherwise.scores?.(view, scores) ?? null) : null;
    },
    decide(view) {
      key.read(view);
      const state = index.find(key.figures);
      const candidate = state < 0 ? -1 : key.candidate(codes[state]!);
      return candidate >= 0 ? candidate : otherwise.decide(view);
    },
  };
}
