import type { DecisionView } from "../../model/decision-view.js";
import type { Policy } from "../policy.js";
import { label, type Weights } from "../weights.js";
import { leastInTurn, type Score } from "./choose.js";
import { hasIdleServer, tasksPerServer } from "./delay.js";
import { plainPolicy } from "./plain-policy.js";

/**
 * Overflow routing (Erlang's graded multiple): pools in a fixed order, the next one where those before have no idle server;
 * where none has, the shortest queue. In order of `rank`, the least first, and of their numbers among equals.
 */
export function overflow(rank: Weights): Policy {
  const best = new Float64Array(2);
  const idle = (view: DecisionView, i: number) => hasIdleServer(view, view.pool(i));
  const scores: readonly Score[] = [
    (view, i) => (idle(view, i) ? 0 : 1),
    (view, i) =>
      idle(view, i) ? rank.of(view.pools.name(view.pool(i))) : tasksPerServer(view, view.pool(i)),
  ];
  return plainPolicy(label("overflow", {}, ["", rank]), "route", (view) =>
    leastInTurn(view, scores, null, best),
  );
}
