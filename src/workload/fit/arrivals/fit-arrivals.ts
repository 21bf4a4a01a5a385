import { assert } from "../../../kit/assert.js";
import { moments } from "../../../kit/moments.js";
import { arrivalRate } from "../../../model/arrival-rate.js";
import type { BatchSize, OpenArrivals, SingleArrivals } from "../../../model/arrivals.js";
import { scaledLaw } from "../laws/families.js";
import type { Criterion, Score } from "../score.js";
import {
  type FittedArrivals,
  fitDiurnal,
  fitHawkes,
  fitMmpp,
  fitPiecewise,
  fitPoisson,
  fitRenewals,
  type Instants,
} from "./models.js";
import { dispersionMismatch } from "./predictive-check.js";

export interface ArrivalFit {
  readonly model: OpenArrivals;
  /** Every model tried, best first. Empty where there was nothing to choose. */
  readonly candidates: readonly Score[];
  /** What was done besides, in words. */
  readonly notes: readonly string[];
}

const DAY = 86_400;
/** Instants beyond which the kind is chosen by the first so many: likelihoods take time. */
const MOST_INSTANTS = 30_000;
/** Instants below which nothing but a Poisson stream can be told. */
const LEAST_INSTANTS = 20;

/**
 * The arrival process of a trace, chosen by an information criterion. Workflows that come at the same instant are batches of
 * a process of instants. What is chosen is scaled in time so that it has the trace's own rate: a likelihood alone may miss
 * it by some percent, and the load with it.
 * @param submitted ascending, seconds
 */
export function fitArrivals(submitted: Float64Array, by: Criterion = "bic"): ArrivalFit {
  assert(submitted.length > 0, "arrivals are fitted to one at least");
  const notes: string[] = [];
  const { instants, sizes } = batches(submitted);
  const m = instants.length - 1;
  const of = (single: SingleArrivals): OpenArrivals =>
    instants.length === submitted.length ? single : { kind: "batch", of: single, size: sizeLaw(sizes) };
  if (instants.length < submitted.length)
    notes.push(`${submitted.length} workflows came at ${instants.length} instants: batches`);
  if (m < 1) {
    notes.push("all came at once: the time between batches is made up, one second");
    return { model: of({ kind: "poisson", rate: 1 }), candidates: [], notes };
  }
  const rate = m / instants[m]!;
  const gaps = instants.subarray(1).map((at, i) => at - instants[i]!);
  if (m > 1 && gaps.every((gap) => Math.abs(gap * rate - 1) < 1e-9)) {
    notes.push("all gaps are the same");
    return {
      model: of({ kind: "renewal", gap: { kind: "deterministic", value: 1 / rate } }),
      candidates: [],
      notes,
    };
  }
  const seen = instants.subarray(0, MOST_INSTANTS + 1);
  if (seen.length < instants.length)
    notes.push(`chosen by the first ${seen.length} of ${instants.length} instants; the rate is that of all`);
  const candidates = candidatesFor(seen);
  if (m < LEAST_INSTANTS) notes.push(`${m} gaps tell nothing but a rate`);
  const sorted = candidates.toSorted((a, b) => a.score[by] - b.score[by]);
  const chosen = likest(sorted, seen, notes);
  return { model: of(atRate(chosen.model, rate)), candidates: sorted.map(({ score }) => score), notes };
}

/** A model whose counts vary more or less than the trace's by more than this is passed over. */
const MOST_MISMATCH = 1.6;

/** The first, by the criterion, whose counts over long windows vary as the trace's do; or else the one that comes nearest. */
function likest(sorted: readonly FittedArrivals[], seen: Instants, notes: string[]): FittedArrivals {
  const m = seen.length - 1;
  let nearest = { fit: sorted[0]!, mismatch: Number.POSITIVE_INFINITY };
  for (const fit of sorted) {
    if (!Number.isFinite(fit.score.logLikelihood)) continue;
    const mismatch = dispersionMismatch(atRate(fit.model, m / seen[m]!), seen);
    if (mismatch < nearest.mismatch) nearest = { fit, mismatch };
    if (mismatch <= MOST_MISMATCH) break;
  }
  if (nearest.fit !== sorted[0]) {
    notes.push(
      `${sorted[0]!.score.name} has the best score, but its counts over long windows vary otherwise than the trace's; ${nearest.fit.score.name} comes nearer (x ${nearest.mismatch.toFixed(2)})`,
    );
  }
  return nearest.fit;
}

function candidatesFor(at: Instants): readonly FittedArrivals[] {
  const m = at.length - 1;
  const span = at[m]!;
  if (m < LEAST_INSTANTS) return [fitPoisson(at)];
  return [
    fitPoisson(at),
    ...fitRenewals(at),
    ...[2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
      .filter((intervals) => intervals * 10 <= m)
      .map((k) => fitPiecewise(at, k)),
    ...(span >= 1.5 * DAY ? [fitDiurnal(at, DAY, false)] : []),
    ...[1, 2, 3, 4, 6].map((k) => fitDiurnal(at, span / k, true)),
    fitMmpp(at),
    fitHawkes(at),
  ];
}

/** Distinct instants, from 0, and how many came at each. */
function batches(submitted: Float64Array): {
  readonly instants: Instants;
  readonly sizes: readonly number[];
} {
  const instants: number[] = [];
  const sizes: number[] = [];
  let last = Number.NaN;
  for (const at of submitted) {
    if (at === last) sizes[sizes.length - 1]!++;
    else {
      instants.push(at - submitted[0]!);
      sizes.push(1);
      last = at;
    }
  }
  return { instants: Float64Array.from(instants), sizes };
}

/** Sizes as they were, or geometric where they reach too far for a list. */
function sizeLaw(sizes: readonly number[]): BatchSize {
  const most = sizes.reduce((a, b) => Math.max(a, b), 1);
  if (sizes.every((size) => size === most)) return { kind: "fixed", size: most };
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  if (most > 1000) return { kind: "geometric", p: 1 / mean };
  const shares = new Array<number>(most).fill(0);
  for (const size of sizes) shares[size - 1]! += 1 / sizes.length;
  return { kind: "shares", shares };
}

/** The same process in a time that runs so that its rate is the one given. */
function atRate(model: SingleArrivals, rate: number): SingleArrivals {
  const factor = rate / arrivalRate(model);
  switch (model.kind) {
    case "poisson":
      return { ...model, rate };
    case "renewal":
      return { ...model, gap: scaledLaw(model.gap, 1 / rate / moments(model.gap).mean) };
    case "mmpp":
      assert("leave" in model, "phases are fitted as a ring");
      return {
        ...model,
        rates: model.rates.map((each) => each * factor),
        leave: model.leave.map((each) => each * factor),
      };
    case "hawkes":
      return { ...model, base: model.base * factor };
    case "diurnal":
      return { ...model, mean: rate };
    case "piecewise":
      return { ...model, rates: model.rates.map((each) => each * factor) };
    case "flashCrowd":
    case "onOff":
      return model;
  }
}
