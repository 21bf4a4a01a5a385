import type { ChartSpec } from "./chart-spec.js";

/**
 * One policy may be picked, in a chart or by its button on the page: it stays as it is and the others fade. Every chart of a
 * scenario has this parameter, and the page sets it in all of them at once.
 */
export const PICKED: ChartSpec = { name: "picked", value: null };

const FADED = 0.12;

/** Opacity of what belongs to a policy. */
export const faded = (opacity = 1): ChartSpec => ({
  condition: { test: "picked === null || datum.policy === picked", value: opacity },
  value: FADED * opacity,
});
