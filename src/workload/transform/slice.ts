import { moved, type Transform, transform } from "./transform.js";

/** What was submitted from `from` on and before `until`, seconds on the trace's clock; `from` becomes time 0. */
export function slice(from: number, until: number): Transform {
  return transform(
    "slice",
    { from, ...(until < Number.POSITIVE_INFINITY ? { until } : {}) },
    async function* (flows) {
      for await (const flow of flows) {
        if (flow.submitted < from) continue;
        if (flow.submitted >= until) return;
        yield moved(flow, flow.submitted - from);
      }
    },
    { originShift: from },
  );
}
