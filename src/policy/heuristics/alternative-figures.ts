import type { DecisionView } from "../../model/decision-view.js";
import { delayOf } from "./delay.js";

/** A figure of a candidate's alternative in a pool that may run it, given the seconds that an attempt takes there. */
export type AlternativeFigure = (view: DecisionView, pool: number, service: number, tries: number) => number;

/**
 * The least of a figure over the pools that may run a candidate's alternative; Infinity where it is a workflow of its own.
 * `tries` is the number of attempts until one succeeds, expected.
 */
export function leastOverPools(view: DecisionView, i: number, figure: AlternativeFigure): number {
  const { tasks, pools } = view;
  const [task, variant] = [view.task(i), view.option(i)];
  const size = tasks.variantSize(task, variant);
  let least = Number.POSITIVE_INFINITY;
  for (let p = 0; p < pools.count; p++) {
    const speed = pools.speed(p) * tasks.variantAffinity(task, variant, p);
    if (!(speed > 0)) continue;
    const value = figure(view, p, size / speed, 1 / (1 - tasks.variantFailure(task, variant, p)));
    if (value < least) least = value;
  }
  return least;
}

/** Seconds until an alternative would have succeeded at its best pool, were every attempt to queue anew. */
export const alternativeDelay = (view: DecisionView, i: number): number =>
  leastOverPools(view, i, (v, pool, service, tries) => tries * delayOf(v, service, pool));
