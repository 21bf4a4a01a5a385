import { AT_THE_DOOR, GONE } from "./flow-table.js";
import type { EngineState } from "./state.js";

/** A run is over: what is overdue and still in the system has missed its deadline too, and is late by so much already. */
export function chargeOverdue({ flows, meter }: EngineState): void {
  for (let f = 0; f < flows.extent; f++) {
    if (flows.state[f] === GONE || flows.state[f] === AT_THE_DOOR || flows.parent[f]! >= 0) continue;
    const late = meter.now - flows.dueAt[f]!;
    if (!(late > 0)) continue;
    meter.missesOf[flows.source[f]!]!++;
    meter.tardiness += late;
  }
}
