import { KeyedStream } from "../../../kit/random.js";
import type { SingleArrivals } from "../../../model/arrivals.js";
import { arrivalProcess } from "../../arrivals/arrival-process.js";
import type { Instants } from "./models.js";

/** Windows in which arrivals are counted, in mean gaps; of each there must be so many. */
const SCALES = [5, 25, 125, 625];
const LEAST_WINDOWS = 16;
const RUNS = 9;

/**
 * By what factor, at the worst scale, the counts of a model vary more or less than those of the trace it was fitted to: the
 * median index of dispersion of traces drawn from it, as long as the trace, by the trace's own. Likelihoods see gaps; it is
 * the counts over long windows that fill queues (Heffes and Lucantoni 1986), and heavy gaps or a branching near 1 may be
 * right about the ones and far off in the others.
 * @param model of the trace's own rate
 * @returns at least 1; 1 where the trace is too short to tell
 */
export function dispersionMismatch(model: SingleArrivals, at: Instants): number {
  const m = at.length - 1;
  const span = at[m]!;
  const scales = SCALES.filter((scale) => m / scale >= LEAST_WINDOWS);
  if (scales.length === 0) return 1;
  const windows = scales.map((scale) => Math.floor(m / scale));
  const own = windows.map((count) => dispersion(at, span, count));
  const runs = Array.from({ length: RUNS }, (_, run) => {
    const drawn = draw(model, span, 5 * m, run);
    return windows.map((count) => dispersion(drawn, span, count));
  });
  return scales.reduce((worst, _, s) => {
    const middle = runs.map((run) => run[s]!).sort((a, b) => a - b)[(RUNS - 1) / 2]!;
    const factor = middle / own[s]!;
    return Math.max(worst, factor, 1 / factor);
  }, 1);
}

function draw(model: SingleArrivals, span: number, most: number, run: number): Float64Array {
  const process = arrivalProcess(model, KeyedStream.named(0, "fit/predictive-check", run));
  const at: number[] = [];
  while (at.length < most) {
    const next = process.next();
    if (next > span) break;
    at.push(next);
  }
  return Float64Array.from(at);
}

/** Variance of the counts by their mean. */
function dispersion(at: Float64Array, span: number, windows: number): number {
  const counts = new Float64Array(windows);
  for (const t of at) counts[Math.min(windows - 1, Math.floor((t / span) * windows))]!++;
  const mean = at.length / windows;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / windows / mean;
}
