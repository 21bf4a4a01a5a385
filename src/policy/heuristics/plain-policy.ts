import type { DecisionView } from "../../model/decision-view.js";
import type { DecisionKind } from "../../model/scenario.js";
import type { Policy } from "../policy.js";

/** A policy without memory or chance, for one kind of decision. */
export const plainPolicy = (
  name: string,
  kind: DecisionKind,
  decide: (view: DecisionView) => number,
  scores?: NonNullable<Policy["scores"]>,
): Policy => ({ name, kinds: [kind], reset() {}, decide, ...(scores === undefined ? {} : { scores }) });
